"""Who asks, as far as it shows before anything was looked up."""

from dataclasses import dataclass
from hashlib import blake2b

from app.queries.token_format import read_text
from app.queries.turns import Asker


@dataclass(frozen=True, slots=True)
class Caller:
    """A digest of the token that was shown, the workspace that it claims to open, and the address it came from."""

    key: str
    address: str
    claimed: str = ""

    def asker(self, workspace_id: int | None = None) -> Asker:
        """The caller as one who waits for connections, once it is known of which workspace."""
        return Asker(self.key, self.claimed or self.address, workspace_id)


def caller_of(authorization: str | None, address: str = "") -> Caller:
    """The caller with this Authorization header. However its token is written there, it is the same caller."""
    shown = (authorization or "").split()[-1:] or [""]
    token = read_text(shown[0])
    digest = blake2b(shown[0].encode(), digest_size=16).hexdigest()
    return Caller(digest, address, "" if token is None else str(token.workspace_id))
