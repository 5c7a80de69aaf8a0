"""Tokens: made, shown once, kept as a hash, and looked up at every request."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from secrets import token_bytes

from app.filters.problems import Code, Refused
from app.queries.connections import connection
from app.queries.names import read_name

SCOPES = ("read", "write", "import", "export", "admin")
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who asks: the workspace, its catalog's version, and what the token may do."""

    workspace_id: int
    catalog_version: int
    scopes: frozenset[str]

    def may(self, scope: str) -> bool:
        """Whether the token has the scope; `admin` has all, and every token can read."""
        return scope in self.scopes or "admin" in self.scopes


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as it is kept."""

    id: int
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    revoked_at: datetime | None


async def create_token(workspace_id: int, name: str, scopes: list[str]) -> str:
    """The token itself, which is never seen again: `pilah_<workspace>_<secret>`. Raises Refused."""
    named = read_name(name, "name")
    for scope in scopes:
        if scope not in SCOPES:
            raise Refused.because(Code.NOT_ALLOWED, f"a scope is one of {', '.join(SCOPES)}", "scope")
    secret = urlsafe_b64encode(token_bytes(32)).decode().rstrip("=")
    token = f"pilah_{workspace_id}_{secret}"
    async with connection() as borrowed:
        await borrowed.execute(
            "INSERT INTO token (workspace_id, name, prefix, hash, scopes, created_at) "
            "VALUES ($1, $2, $3, $4, $5, now())",
            workspace_id,
            named,
            token[: -len(secret) + 4],
            _hash(token),
            scopes,
        )
    return token


async def list_tokens(workspace_id: int) -> list[TokenRow]:
    """A workspace's tokens, oldest first."""
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            "SELECT id, name, prefix, scopes, created_at, revoked_at FROM token WHERE workspace_id = $1 ORDER BY id",
            workspace_id,
        )
    return [TokenRow(**dict(row)) for row in rows]


async def revoke_token(workspace_id: int, token_id: int) -> None:
    """From now on it opens nothing; raises Refused where there is no such token."""
    async with connection() as borrowed:
        revoked = await borrowed.fetchval(
            "UPDATE token SET revoked_at = coalesce(revoked_at, now()) "
            "WHERE workspace_id = $1 AND id = $2 RETURNING id",
            workspace_id,
            token_id,
        )
    if revoked is None:
        raise Refused.because(Code.NOT_FOUND, f"there is no token {token_id} in this workspace", "id")


async def find_bearer(token: str) -> Bearer | None:
    """Who shows this token; None where it is wrong or revoked."""
    parts = token.split("_", 2)
    if len(parts) != 3 or parts[0] != "pilah" or not (parts[1].isascii() and parts[1].isdigit()):
        return None
    workspace_id = int(parts[1][:20])
    if workspace_id > LARGEST_ID:
        return None
    async with connection() as borrowed:
        row = await borrowed.fetchrow(
            "SELECT token.scopes, workspace.catalog_version FROM token "
            "JOIN workspace ON workspace.id = token.workspace_id "
            "WHERE token.workspace_id = $1 AND token.hash = $2 AND token.revoked_at IS NULL",
            workspace_id,
            _hash(token),
        )
    return None if row is None else Bearer(workspace_id, row[1], frozenset(row[0]))


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
