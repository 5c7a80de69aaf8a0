"""Tokens: made, shown once, kept as a hash, and looked up at every request."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from asyncpg import Record

from app.filters.folding import fold
from app.filters.problems import Code, Refused
from app.queries.actors import OPERATOR
from app.queries.acts import Actor, made
from app.queries.connections import connection, transaction
from app.queries.keyset import Order, Page, Window, fetch_page
from app.queries.names import read_name
from app.queries.statements import select
from app.queries.token_format import TokenText, new_text, read_text
from app.queries.token_uses import note_use
from app.tables.token import Token

SCOPES: Final = ("read", "write", "import", "export", "admin")
MOST_TOKENS: Final = 1_000
NEWEST_FIRST: Final = Order("token.id", descending=True)

_OPEN: Final = "token.revoked_at IS NULL AND (token.expires_at IS NULL OR token.expires_at > now())"


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who asks: the workspace, its catalog's version, what may be done, and in whose name."""

    workspace_id: int
    catalog_version: int
    scopes: frozenset[str]
    actor: Actor

    def may(self, scope: str) -> bool:
        """Whether the bearer has the scope; `admin` has all, and every bearer can read."""
        return scope in self.scopes or "admin" in self.scopes


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as it is kept; `last_used_at` is right to the minute."""

    id: int
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that has just been made; its text is never seen again."""

    row: TokenRow
    text: str = field(repr=False)


_NAMES: Final = tuple(TokenRow.__dataclass_fields__)
_COLUMNS: Final = ", ".join(_NAMES)


async def create_token(
    workspace_id: int, name: str, scopes: Sequence[str], expires_at: datetime | None = None
) -> str:
    """The text of a new token, which is never seen again; raises Refused."""
    return (await new_token(workspace_id, name, scopes, expires_at)).text


async def new_token(
    workspace_id: int, name: str, scopes: Sequence[str], expires_at: datetime | None = None
) -> NewToken:
    """A new token, which opens the workspace until it expires or is revoked.

    Raises Refused for a scope that there isn't, an end that is over, a name that is kept for the operator, and where
    the workspace has too many.
    """
    named, chosen = read_name(name, "input.name"), _read_scopes(scopes)
    if fold(named) == OPERATOR:
        message = f"the audit log calls the command line {OPERATOR}; give the token another name"
        raise Refused.because(Code.NOT_ALLOWED, message, "input.name")
    if expires_at is not None and expires_at <= datetime.now(UTC):
        raise Refused.because(Code.INVALID_DATE, "this token would have expired already", "input.expiresAt")
    shown = new_text(workspace_id)
    async with transaction() as borrowed:
        row = await borrowed.fetchrow(
            "INSERT INTO token (workspace_id, name, prefix, hash, scopes, created_at, expires_at) "
            "SELECT $1, $2, $3, $4, $5, now(), $6 WHERE (SELECT count(*) FROM token WHERE workspace_id = $1 "
            f"AND {_OPEN}) < {MOST_TOKENS} RETURNING {_COLUMNS}",
            workspace_id,
            named,
            shown.beginning,
            _hash(shown),
            chosen,
            expires_at,
        )
        if row is None:
            message = f"a workspace has at most {MOST_TOKENS:,} tokens; revoke some first"
            raise Refused.because(Code.NOT_ALLOWED, message, "input")
        made("Token", row["id"])
    return NewToken(token_row(row), shown.text)


async def list_tokens(workspace_id: int) -> list[TokenRow]:
    """A workspace's tokens, oldest first."""
    async with connection() as borrowed:
        rows = await borrowed.fetch(f"SELECT {_COLUMNS} FROM token WHERE workspace_id = $1 ORDER BY id", workspace_id)
    return [token_row(row) for row in rows]


async def tokens_page(workspace_id: int, window: Window) -> Page:
    """A page of a workspace's tokens, newest first; `token_row` reads its rows."""
    return await fetch_page(select(Token, [f"token.{name}" for name in _NAMES], workspace_id), NEWEST_FIRST, window)


async def find_token(workspace_id: int, token_id: int) -> TokenRow:
    """A token by its number; raises Refused NOT_FOUND."""
    async with connection() as borrowed:
        row = await borrowed.fetchrow(
            f"SELECT {_COLUMNS} FROM token WHERE workspace_id = $1 AND id = $2", workspace_id, token_id
        )
    if row is None:
        raise _not_found()
    return token_row(row)


async def revoke_token(workspace_id: int, token_id: int) -> None:
    """From now on it opens nothing; raises Refused where there is no such token."""
    async with transaction() as borrowed:
        revoked = await borrowed.fetchval(
            "UPDATE token SET revoked_at = coalesce(revoked_at, now()) "
            "WHERE workspace_id = $1 AND id = $2 RETURNING id",
            workspace_id,
            token_id,
        )
        if revoked is None:
            raise _not_found()


async def find_bearer(text: str) -> Bearer | None:
    """Who shows this token; None where it is wrong, was revoked or has expired.

    It is sought by its hash: how long that takes tells nothing of any token.
    """
    shown = read_text(text)
    if shown is None:
        return None
    async with connection() as borrowed:
        row = await borrowed.fetchrow(
            "SELECT token.id, token.scopes, workspace.catalog_version FROM token "
            "JOIN workspace ON workspace.id = token.workspace_id "
            f"WHERE token.workspace_id = $1 AND token.hash = $2 AND {_OPEN}",
            shown.workspace_id,
            _hash(shown),
        )
    if row is None:
        return None
    note_use(shown.workspace_id, row[0])
    return Bearer(shown.workspace_id, row[2], frozenset(row[1]), Actor(token_id=row[0]))


async def is_open(workspace_id: int, token_id: int) -> bool:
    """Whether a token was neither revoked nor has expired."""
    async with connection() as borrowed:
        found = await borrowed.fetchval(
            f"SELECT EXISTS (SELECT FROM token WHERE workspace_id = $1 AND id = $2 AND {_OPEN})",
            workspace_id,
            token_id,
        )
    return bool(found)


def token_row(row: Record) -> TokenRow:
    """A token out of a row with all its columns."""
    return TokenRow(**{name: row[name] for name in _NAMES})


def _read_scopes(scopes: Sequence[str]) -> list[str]:
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        raise Refused.because(Code.NOT_ALLOWED, f"a scope is one of {', '.join(SCOPES)}", "input.scopes")
    return [scope for scope in SCOPES if scope in scopes]


def _hash(shown: TokenText) -> bytes:
    return sha256(shown.text.encode()).digest()


def _not_found() -> Refused:
    return Refused.because(Code.NOT_FOUND, "there is no such token in this workspace", "input.id")
