"""The workspace that the token opens."""

import strawberry
from strawberry.types.info import Info

from app.filters.ids import to_global
from app.graphql.context import Context
from app.graphql.scalars import DateTime
from app.graphql.types.node import Node
from app.queries.do_not_contact import count_unwanted
from app.queries.workspaces import WorkspaceRow


@strawberry.type(description="One tenant: everything that a token can see belongs to it.")
class Workspace(Node):
    """One tenant."""

    name: str
    time_zone: str = strawberry.field(description="An IANA name; days in filters begin at its midnight.")
    created_at: DateTime

    @strawberry.field(description="How many e-mail addresses are on the do-not-contact list.")
    async def do_not_contact_count(self, info: Info[Context, None]) -> int:
        """How many e-mail addresses are on the do-not-contact list."""
        return await count_unwanted(info.context.workspace_id)


def workspace_type(row: WorkspaceRow) -> Workspace:
    """A workspace as the world sees it."""
    return Workspace(
        id=strawberry.ID(to_global("Workspace", row.id)),
        name=row.name,
        time_zone=row.time_zone,
        created_at=DateTime(row.created_at),
    )
