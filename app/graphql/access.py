"""The queries about who may enter the workspace, and who did what in it."""

import strawberry
from strawberry.types.info import Info

from app.graphql.context import Context
from app.graphql.errors import told
from app.graphql.types.auditing import AuditConnection, audit_connection
from app.graphql.types.token import TokenConnection, token_connection


@strawberry.type
class AccessQuery:
    """The queries about who may enter the workspace, and who did what in it."""

    @strawberry.field(description="Tokens, newest first, revoked ones too; 50 unless first or last says. For admins.")
    @told
    async def tokens(
        self,
        info: Info[Context, None],
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> TokenConnection:
        """Tokens, newest first."""
        return await token_connection(info.context, first, after, last, before)

    @strawberry.field(
        description="Who did what, newest first, 50 unless first or last says: all, or what an actor did (a token by "
        "its id, somebody else by the subject), or what was done to an object (by its id). For admins."
    )
    @told
    async def audit_log(
        self,
        info: Info[Context, None],
        actor: str | None = None,
        object: strawberry.ID | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> AuditConnection:
        """Who did what, newest first."""
        return await audit_connection(info.context, actor, object, first, after, last, before)
