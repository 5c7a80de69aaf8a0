"""What happens to contacts, told as it happens."""

from collections.abc import AsyncGenerator
from typing import Final

import strawberry
from strawberry.types.info import Info

from app.filters.ids import to_global
from app.graphql.context import Context
from app.graphql.enums import ContactChangeCause, ContactStatus
from app.graphql.following import MOST_LISTED, check_place, cursor_of, numbers_of, place_of, until_heard
from app.graphql.limits.looks import look
from app.graphql.lookahead import selected
from app.graphql.scalars import DateTime
from app.graphql.types.contact import Contact
from app.graphql.types.field import Field
from app.graphql.types.file_import import Import
from app.graphql.types.label import Label
from app.graphql.types.named import contacts_named, fields_named, import_named, labels_named, status_named
from app.queries.live.pulse import seen
from app.queries.live.reading_changes import KEPT, ContactNews, contact_news, last_contact_change

_TAG: Final = "contactChanges"


@strawberry.type(description="Something that happened to contacts, to a thousand at most.")
class ContactChangeEvent:
    """Something that happened to contacts."""

    news: strawberry.Private[ContactNews]
    cursor: str = strawberry.field(description="Its place: `after` this the subscription misses nothing.")
    contact_ids: list[strawberry.ID] = strawberry.field(description="To whom, of those asked for.")
    cause: ContactChangeCause = strawberry.field(description="What happened.")
    status_before: ContactStatus | None = strawberry.field(description="Null where the status is what it was.")
    status_after: ContactStatus | None = strawberry.field(description="Null where the status is what it was.")
    at: DateTime = strawberry.field(description="When.")

    @strawberry.field(description=f"The first {MOST_LISTED} of the contacts as they are now; not those who are gone.")
    async def contacts(self, info: Info[Context, None]) -> list[Contact]:
        """The first of the contacts as they are now."""
        ids = self.news.contact_ids[:MOST_LISTED]
        found = await contacts_named(ids, selected(info), info)
        return [found[id] for id in ids if id in found]

    @strawberry.field(description="The fields that were written, those that still exist.")
    def fields(self, info: Info[Context, None]) -> list[Field]:
        """The fields that were written."""
        return fields_named(self.news.fields, info.context)

    @strawberry.field(description="The labels that were added or removed, those that still exist.")
    def labels(self, info: Info[Context, None]) -> list[Label]:
        """The labels that were added or removed."""
        return labels_named(self.news.labels, info.context)

    @strawberry.field(name="import", description="The import that did it, if one did.")
    async def file_import(self, info: Info[Context, None]) -> Import | None:
        """The import that did it."""
        return await import_named(self.news.import_id, info.context)


@strawberry.type
class ContactChangesSubscription:
    """What happens to contacts, told as it happens."""

    @strawberry.subscription(
        description="What happens to these contacts, or to all: from now on or, with the cursor of an event, since "
        "then. It is kept for three days."
    )
    async def contact_changes(
        self, info: Info[Context, None], contact_ids: list[strawberry.ID] | None = None, after: str | None = None
    ) -> AsyncGenerator[ContactChangeEvent, None]:
        """What happens to contacts; between looks no connection is held."""
        workspace_id = info.context.workspace_id
        chosen = None if contact_ids is None else numbers_of(list(contact_ids), "Contact", "contactIds")
        asked = None if after is None else place_of(after, _TAG, workspace_id, 1, KEPT)[0]
        with seen.heard_for(workspace_id) as heard:
            async with look():
                last = await last_contact_change(workspace_id)
            place = last if asked is None else asked
            check_place(place, last)
            while True:
                async with look():
                    stretch = await contact_news(workspace_id, chosen, place, MOST_LISTED)
                for one in stretch.news:
                    yield _event(workspace_id, one)
                place = stretch.behind
                if not stretch.is_more:
                    await until_heard(heard)


def _event(workspace_id: int, news: ContactNews) -> ContactChangeEvent:
    return ContactChangeEvent(
        news=news,
        cursor=cursor_of(_TAG, workspace_id, news.seen_at, news.id),
        contact_ids=[strawberry.ID(to_global("Contact", id)) for id in news.contact_ids],
        cause=ContactChangeCause(news.cause),
        status_before=status_named(news.previous),
        status_after=status_named(news.status),
        at=DateTime(news.at),
    )
