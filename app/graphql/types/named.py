"""What was written down by its number or key, as it is now; what is gone is left out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from strawberry.types.info import Info

from app.filters.ids import to_global
from app.filters.vocabulary import Status
from app.graphql.context import Context
from app.graphql.enums import ContactStatus
from app.graphql.lookahead import Selected
from app.graphql.types.contact import Contact, contact_columns, contacts_from
from app.graphql.types.field import Field, field_type
from app.graphql.types.file_import import Import
from app.graphql.types.file_imports import import_by_id
from app.graphql.types.label import Label, label_type
from app.queries.contacts import contacts_by_ids

if TYPE_CHECKING:
    from app.graphql.types.segment import Segment


async def contacts_named(ids: Sequence[int], wanted: Selected, info: Info[Context, None]) -> dict[int, Contact]:
    """Those of the contacts that still exist, by id, with what is wanted of them; none where nothing is."""
    if not ids or not wanted.below:
        return {}
    rows = await contacts_by_ids(info.context.workspace_id, contact_columns(wanted.below), [*set(ids)])
    return {contact.number: contact for contact in await contacts_from(rows, wanted, info)}


def segment_named(number: int, context: Context) -> "Segment | None":
    """The segment of this number; None where it is deleted."""
    from app.graphql.types.segment import segment_type

    found = context.catalog.segments.get(number)
    return None if found is None else segment_type(found, context.catalog)


def fields_named(keys: Sequence[str], context: Context) -> list[Field]:
    """Those of the fields that still exist."""
    return [field_type(context.catalog.fields[key]) for key in keys if key in context.catalog.fields]


def labels_named(ids: Sequence[int], context: Context) -> list[Label]:
    """Those of the labels that still exist."""
    return [label_type(context.catalog.labels[id]) for id in ids if id in context.catalog.labels]


async def import_named(number: int | None, context: Context) -> Import | None:
    """The import of this number, if there is one."""
    if number is None:
        return None
    return await import_by_id(context.workspace_id, to_global("Import", number))


def status_named(value: str | None) -> ContactStatus | None:
    """The status as it is spelled, or none."""
    return None if value is None else Status(value)
