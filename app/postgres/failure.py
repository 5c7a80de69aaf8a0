"""The one error an embedded server can end in."""


class PostgresFailed(Exception):
    """The embedded server cannot be had; the message says what is wrong and what to do about it."""
