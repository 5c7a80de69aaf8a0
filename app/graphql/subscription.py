"""The subscriptions."""

import asyncio
from collections.abc import AsyncGenerator

import strawberry
from strawberry.types.info import Info

from app.filters.ids import number_of
from app.graphql.contact_changes import ContactChangesSubscription
from app.graphql.context import Context
from app.graphql.limits.looks import look
from app.graphql.lookahead import selected
from app.graphql.segment_changes import SegmentChangesSubscription
from app.graphql.types.file_import import Import, import_type, wanted_of
from app.queries.imports.listing import listed_import
from app.queries.imports.watching import Glimpse, glimpse

SECONDS_BETWEEN_LOOKS = 0.3


@strawberry.type(description="What can be followed, over WebSocket by graphql-transport-ws or as server-sent events.")
class Subscription(ContactChangesSubscription, SegmentChangesSubscription):
    """What can be followed."""

    @strawberry.subscription(description="An import as it is, and again whenever that has changed, until it is over.")
    async def import_progress(self, info: Info[Context, None], id: strawberry.ID) -> AsyncGenerator[Import, None]:
        """An import as it is, and again whenever that has changed; between looks no connection is held."""
        workspace_id, number = info.context.workspace_id, number_of(id, "Import")
        wanted = wanted_of(selected(info))
        before: Glimpse | None = None
        while before is None or before.finished_at is None:
            async with look():
                now = await glimpse(workspace_id, number)
                found = None if now == before else await listed_import(workspace_id, number, wanted)
            if found is None:
                await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
                continue
            before = now
            yield import_type(found)
