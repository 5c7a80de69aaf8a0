"""Contacts, and the one way from rows to them: with what the answer needs and nothing else."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Annotated

import orjson
import strawberry
from asyncpg import Record
from graphql import FieldNode
from graphql.execution.values import VariableValues, get_argument_values
from strawberry.types.info import Info

from app.filters.ids import to_global
from app.filters.problems import Code, Problem, Refused, did_you_mean
from app.graphql.context import Context
from app.graphql.enums import ContactStatus
from app.graphql.errors import told
from app.graphql.lookahead import Selected, selected
from app.graphql.plain import PREPARED, SHARED, InColumns
from app.graphql.scalars import DateTime
from app.graphql.types.field import Field, FieldValue, field_type
from app.graphql.types.label import Label, label_type
from app.graphql.types.node import Node
from app.queries.contacts import contacts_by_ids
from app.queries.fields import MOST_FIELDS
from app.queries.live.reading_ledger import about_contact

MOST_TOLD = 20

if TYPE_CHECKING:
    from app.graphql.types.membership import Membership, MembershipChangeConnection
    from app.graphql.types.segment import Segment


@strawberry.type(description="A change of a contact's status.")
class StatusChange:
    """A change of a contact's status."""

    previous: ContactStatus | None = strawberry.field(description="Null where the contact was created.")
    status: ContactStatus
    cause: str = strawberry.field(
        description="CREATED, IMPORTED, UPSERTED, CONFIRMED, UNSUBSCRIBED, BOUNCED, RESUBSCRIBED, ADDRESS_CHANGED, "
        "IMPORT_UNDONE or DO_NOT_CONTACT."
    )
    note: str | None = strawberry.field(description="What was stated with it, such as the consent.")
    changed_at: DateTime


@strawberry.type(description="A person, known by e-mail, unique in the workspace.")
class Contact(Node):
    """A person. Only the attributes that an answer asks for are there."""

    number: strawberry.Private[int]
    prepared: strawberry.Private[dict[int, InColumns]]
    email: str
    name: str | None
    status: ContactStatus
    source: str | None = strawberry.field(description="Where the contact came from.")
    external_id: str | None = strawberry.field(description="The id in the workspace's other system; unique.")
    labels: list[Label] = strawberry.field(metadata=SHARED)
    created_at: DateTime
    updated_at: DateTime
    subscribed_at: DateTime | None
    last_sent_at: DateTime | None
    last_opened_at: DateTime | None
    last_clicked_at: DateTime | None

    @strawberry.field(
        description="Values of custom fields: of those named, each once in that order; else of all that have one.",
        metadata=PREPARED,
    )
    def fields(self, info: Info, keys: list[str] | None = None) -> list[FieldValue]:  # noqa: ARG002
        """Values of custom fields."""
        return self.prepared[id(info._raw_info.field_nodes[0])].made()  # noqa: SLF001

    @strawberry.field(description="The segments that the contact is in now.")
    async def segments(
        self, info: Info[Context, None]
    ) -> list[Annotated["Segment", strawberry.lazy("app.graphql.types.segment")]]:
        """The segments that the contact is in now."""
        from app.graphql.types.segment import segment_type

        context = info.context
        ids = await context.loaders.segment_ids_by_contact_id.load(self.number)
        return [segment_type(context.catalog.segments[id], context.catalog) for id in ids]

    @strawberry.field(description="The segments that the contact is in now, each with since when.")
    async def memberships(
        self, info: Info[Context, None]
    ) -> list[Annotated["Membership", strawberry.lazy("app.graphql.types.membership")]]:
        """The segments that the contact is in now, each with since when."""
        from app.graphql.types.membership import Membership

        segments = await self.segments(info)
        since = await info.context.loaders.entered_at_by_contact_id.load(self.number)
        return [Membership(segment=segment, since=since.get(segment.kept.id)) for segment in segments]

    @strawberry.field(
        description="Which segments the contact entered and left, newest first, 50 unless first or last says."
    )
    @told
    async def membership_changes(
        self,
        info: Info[Context, None],
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Annotated["MembershipChangeConnection", strawberry.lazy("app.graphql.types.membership")]:
        """Which segments the contact entered and left."""
        from app.graphql.types.membership import membership_changes_page

        return await membership_changes_page(info, about_contact(self.number), None, first, after, last, before)

    @strawberry.field(description="What happened to the contact's status, newest first.")
    async def status_history(self, info: Info[Context, None]) -> list[StatusChange]:
        """What happened to the contact's status, newest first."""
        rows = await info.context.loaders.status_history_by_contact_id.load(self.number)
        return [
            StatusChange(
                previous=row["previous"] and ContactStatus(row["previous"]),
                status=ContactStatus(row["status"]),
                cause=row["cause"],
                note=row["note"],
                changed_at=row["changed_at"],
            )
            for row in rows
        ]


_PLAIN = {"email": "email", "name": "name", "status": "status", "source": "source", "externalId": "external_id"}
_MOMENTS = {
    "createdAt": "created_at",
    "updatedAt": "updated_at",
    "subscribedAt": "subscribed_at",
    "lastSentAt": "last_sent_at",
    "lastOpenedAt": "last_opened_at",
    "lastClickedAt": "last_clicked_at",
}
# Moments pass through as text; PostgreSQL writes them as fast as it sends them.
_COLUMNS = {name: f"contact.{column}" for name, column in _PLAIN.items()} | {
    name: f"to_json(contact.{column}) #>> '{{}}' AS {column}" for name, column in _MOMENTS.items()
}
_COLUMNS |= {"labels": "contact.label_ids", "fields": "contact.fields AS entered"}


def contact_columns(wanted: Iterable[str]) -> list[str]:
    """The columns that the fields named need; the id always."""
    names = set(wanted)
    return ["contact.id"] + [column for name, column in _COLUMNS.items() if name in names]


async def contacts_from(rows: Sequence[Record], wanted: Selected, info: Info[Context, None]) -> list[Contact]:
    """The rows as contacts, with the labels and field definitions of all of them loaded at once."""
    contacts = [_bare(row) for row in rows]
    if "id" in wanted.below:
        for contact in contacts:
            contact.id = to_global("Contact", contact.number)  # type: ignore[assignment]
    if "labels" in wanted.below:
        await _add_labels(contacts, info.context)
    if "fields" in wanted.below:
        await _add_fields(contacts, wanted.below["fields"].nodes, info)
    return contacts


def _bare(row: Record) -> Contact:
    contact = Contact.__new__(Contact)
    contact.__dict__ = attributes = dict(row)
    attributes["number"] = attributes.pop("id")
    return contact


async def _add_labels(contacts: list[Contact], context: Context) -> None:
    ids = frozenset(chain.from_iterable(contact.__dict__["label_ids"] for contact in contacts))
    found = await context.loaders.labels_by_ids.load(ids)
    labels = {id: label_type(label) for id, label in found.items()}
    for contact in contacts:
        contact.labels = [labels[id] for id in contact.__dict__["label_ids"] if id in labels]


async def _add_fields(contacts: list[Contact], nodes: list[FieldNode], info: Info[Context, None]) -> None:
    values = [orjson.loads(contact.__dict__["entered"]) for contact in contacts]
    for contact in contacts:
        contact.prepared = {}
    for node in nodes:
        keys = _keys(node, info)
        fields = await _fields(keys, info.context)
        for contact, entered in zip(contacts, values, strict=True):
            shown = fields if keys is not None else [field for field in fields if field.key in entered]
            columns = {"field": shown, "value": [entered.get(field.key) for field in shown]}
            contact.prepared[id(node)] = InColumns(FieldValue, columns)


def _keys(node: FieldNode, info: Info[Context, None]) -> list[str] | None:
    definition = info.schema._schema.type_map["Contact"].fields["fields"]  # type: ignore[attr-defined]  # noqa: SLF001
    variables = VariableValues({}, info.variable_values)
    keys: list[str] | None = get_argument_values(definition, node, variables).get("keys")
    return keys


async def _fields(keys: list[str] | None, context: Context) -> list[Field]:
    custom = [field.key for field in context.catalog.fields.values() if not field.is_system]
    wanted = custom if keys is None else list(dict.fromkeys(keys))
    if len(wanted) > MOST_FIELDS:
        raise Refused.because(Code.TOO_MANY_VALUES, f"ask for at most {MOST_FIELDS} fields", "keys")
    unknown = [key for key in wanted if key not in custom]
    if unknown:
        raise Refused(
            Problem(Code.UNKNOWN_FIELD, f'there is no custom field "{key[:100]}"{did_you_mean(key, custom)}', "keys")
            for key in unknown[:MOST_TOLD]
        )
    found = await context.loaders.fields_by_keys.load(tuple(wanted))
    return [field_type(found[key]) for key in wanted]


async def contact_by_number(number: int, info: Info[Context, None], wanted: Selected | None = None) -> Contact | None:
    """The contact with what the answer needs of it."""
    seen = wanted or selected(info)
    rows = await contacts_by_ids(info.context.workspace_id, contact_columns(seen.below), [number])
    contacts = await contacts_from(rows, seen, info)
    return contacts[0] if contacts else None
