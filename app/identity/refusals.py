"""Why somebody is not let in."""

from typing import Self


class NotLetIn(Exception):
    """A code of the API and a sentence that the caller may read; neither has anything of the token."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    @classmethod
    def unknown(cls, message: str) -> Self:
        """The token says nothing that could be trusted: UNAUTHENTICATED."""
        return cls("UNAUTHENTICATED", message)

    @classmethod
    def forbidden(cls, message: str) -> Self:
        """The token is good, and opens nothing here: FORBIDDEN."""
        return cls("FORBIDDEN", message)
