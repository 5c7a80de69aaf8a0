"""Who asks, as far as it shows before anything was looked up."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from app.queries.token_format import read_text
from app.queries.turns import Asker

DOTS: Final = 2  # between the header, the claims and the signature of a JWT


@dataclass(frozen=True, slots=True)
class Caller:
    """A digest of the token that was shown, the workspace that it claims to open, and the address it came from.

    It `may_be_known` where the token is written as ours are, checksum and all, or as those of identity providers.
    """

    key: str
    address: str
    claimed: str = ""
    may_be_known: bool = False

    def asker(self, owner: str = "", workspace_id: int | None = None) -> Asker:
        """The caller as one who waits for connections, once it is known in whose name and of which workspace."""
        return Asker(owner or self.key, self.claimed or self.address, workspace_id)


def caller_of(authorization: str | None, address: str = "") -> Caller:
    """The caller with this Authorization header. However its token is written there, it is the same caller."""
    shown = (authorization or "").split()[-1:] or [""]
    token = read_text(shown[0])
    digest = blake2b(shown[0].encode(), digest_size=16).hexdigest()
    if token is None:
        return Caller(digest, address, may_be_known=shown[0].count(".") == DOTS)
    return Caller(digest, address, str(token.workspace_id), may_be_known=True)
