"""What a token looks like: `pilah_<workspace>_<secret><checksum>`, so that scanners of leaked secrets know one.

The secret has 256 bits in letters and digits, the checksum is the CRC-32 of all before it: a scanner can tell a token
from a text that merely looks like one without asking anybody. Tokens from before had no checksum, and stay good.
"""

from dataclasses import dataclass
from secrets import choice
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Final
from zlib import crc32

PREFIX: Final = "pilah"
ALPHABET: Final = digits + ascii_uppercase + ascii_lowercase
SECRET_LENGTH: Final = 43
CHECKSUM_LENGTH: Final = 6
SHOWN_LENGTH: Final = 4
LONGEST: Final = 100
LARGEST_ID: Final = 2**63 - 1


@dataclass(frozen=True, slots=True, repr=False)
class TokenText:
    """A token as it is shown once, with the workspace that it says it opens."""

    workspace_id: int
    text: str

    @property
    def beginning(self) -> str:
        """Enough of it to tell tokens apart, and too little to use."""
        return self.text[: len(f"{PREFIX}_{self.workspace_id}_") + SHOWN_LENGTH]


def new_text(workspace_id: int) -> TokenText:
    """A token that nobody has had."""
    secret = "".join(choice(ALPHABET) for _ in range(SECRET_LENGTH))
    text = f"{PREFIX}_{workspace_id}_{secret}"
    return TokenText(workspace_id, text + checksum(text))


def read_text(text: str) -> TokenText | None:
    """What somebody shows, read; None where it can't be a token, so that nobody needs to look for it."""
    parts = text.split("_", 2)
    if not text.isascii() or len(text) > LONGEST or len(parts) != 3 or parts[0] != PREFIX:
        return None
    number, secret = parts[1:]
    if not number.isdigit() or int(number) > LARGEST_ID:
        return None
    has_checksum = len(secret) == SECRET_LENGTH + CHECKSUM_LENGTH
    if has_checksum and checksum(text[:-CHECKSUM_LENGTH]) != text[-CHECKSUM_LENGTH:]:
        return None
    return TokenText(int(number), text) if has_checksum or len(secret) == SECRET_LENGTH else None


def checksum(text: str) -> str:
    """The CRC-32 of a text, in six digits to the base of 62."""
    rest, signs = crc32(text.encode()), ""
    for _ in range(CHECKSUM_LENGTH):
        rest, place = divmod(rest, len(ALPHABET))
        signs = ALPHABET[place] + signs
    return signs
