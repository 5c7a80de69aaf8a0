"""Why somebody is not let in, or not now."""

from math import ceil
from typing import Self


class RequestError(Exception):
    """A refusal that the caller may read: a code of the API and a sentence, which has nothing of the token."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class NotLetIn(RequestError):
    """The token doesn't open what is asked for."""

    @classmethod
    def unknown(cls, message: str) -> Self:
        """The token says nothing that could be trusted: UNAUTHENTICATED."""
        return cls("UNAUTHENTICATED", message)

    @classmethod
    def forbidden(cls, message: str) -> Self:
        """The token is good, and opens nothing here: FORBIDDEN."""
        return cls("FORBIDDEN", message)


class TooOften(RequestError):
    """The caller asks too much, and may come again in so many seconds."""

    def __init__(self, message: str, seconds: float = 1) -> None:
        super().__init__("RATE_LIMITED", message)
        self.seconds = ceil(seconds)


class NotNow(RequestError):
    """The server can't serve anybody more just now, which is not the caller's doing; in so many seconds it may."""

    def __init__(self, message: str, seconds: int = 5) -> None:
        super().__init__("RATE_LIMITED", message)
        self.seconds = seconds
