"""Tokens, as admins see them: what each opens and until when, never the token itself."""

from enum import Enum

import strawberry

from app.filters.ids import to_global
from app.filters.problems import Refused
from app.graphql.context import Context
from app.graphql.paging import PageInfo, cursor_maker, page_info, read_window
from app.graphql.scalars import DateTime, moment
from app.graphql.types.node import Node
from app.queries.tokens import NEWEST_FIRST, TokenRow, find_token, token_row, tokens_page


@strawberry.enum(
    description="What a token may do: READ nothing more than that, WRITE change contacts, fields, labels and "
    "segments, IMPORT bring files in and see what they held, EXPORT take contacts out in files, ADMIN all of these, "
    "make and revoke tokens, and read the audit log."
)
class TokenScope(Enum):
    """What a token may do."""

    READ = "read"
    WRITE = "write"
    IMPORT = "import"
    EXPORT = "export"
    ADMIN = "admin"


@strawberry.type(description="A key to the workspace. It was shown when it was made, and is kept as a hash.")
class Token(Node):
    """A key to the workspace."""

    name: str = strawberry.field(description="What it is for.")
    prefix: str = strawberry.field(description="How it begins, to tell it apart from others.")
    scopes: list[TokenScope]
    created_at: DateTime
    expires_at: DateTime | None = strawberry.field(description="When it ends by itself; null where it doesn't.")
    last_used_at: DateTime | None = strawberry.field(description="Right to the minute; null where it never was.")
    revoked_at: DateTime | None


@strawberry.type(description="A token in a page.")
class TokenEdge:
    """A token in a page."""

    cursor: str
    node: Token


@strawberry.type(description="A page of tokens.")
class TokenConnection:
    """A page of tokens."""

    edges: list[TokenEdge]
    nodes: list[Token]
    page_info: PageInfo


async def token_connection(
    context: Context, first: int | None, after: str | None, last: int | None, before: str | None
) -> TokenConnection:
    """The page that the arguments ask for, newest first; raises Refused, and FORBIDDEN without the scope."""
    context.require("admin")
    page = await tokens_page(context.workspace_id, read_window(first, after, last, before, NEWEST_FIRST, "token"))
    nodes = [token_type(token_row(row)) for row in page.rows]
    cursors = map(cursor_maker(NEWEST_FIRST, "token"), page.rows)
    return TokenConnection(
        edges=[TokenEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
        nodes=nodes,
        page_info=page_info(page, NEWEST_FIRST, "token"),
    )


async def token_by_number(context: Context, number: int) -> Token | None:
    """The token of this number; None where the workspace has none. Raises FORBIDDEN without the scope."""
    context.require("admin")
    try:
        return token_type(await find_token(context.workspace_id, number))
    except Refused:
        return None


def token_type(row: TokenRow) -> Token:
    """A token as the world sees it."""
    return Token(
        id=strawberry.ID(to_global("Token", row.id)),
        name=row.name,
        prefix=row.prefix,
        scopes=[TokenScope(scope) for scope in row.scopes],
        created_at=DateTime(row.created_at),
        expires_at=moment(row.expires_at),
        last_used_at=moment(row.last_used_at),
        revoked_at=moment(row.revoked_at),
    )
