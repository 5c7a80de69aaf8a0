"""Opaque ids: outside a text, inside the kind of thing and its number."""

from base64 import urlsafe_b64decode
from binascii import Error, b2a_base64

LARGEST = 2**63 - 1


def to_global(kind: str, number: int) -> str:
    """The id that the world sees."""
    # Letters, digits and a colon: Base64 of these has neither of the signs that URLs spell otherwise.
    return b2a_base64(f"{kind}:{number}".encode(), newline=False).decode()


def from_global(id: str) -> tuple[str, int] | None:
    """The kind and the number; None where it is not an id of ours."""
    try:
        kind, _, digits = urlsafe_b64decode(id.encode()).decode().partition(":")
    except (Error, ValueError):
        return None
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 19) or int(digits) > LARGEST:
        return None
    return (kind, int(digits)) if to_global(kind, int(digits)) == id else None


def number_of(id: str, kind: str) -> int:
    """The number within an id of this kind; for any other text 0, which nothing has."""
    found = from_global(id)
    return found[1] if found is not None and found[0] == kind else 0
