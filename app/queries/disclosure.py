"""All that is held about one person, as JSON."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from asyncpg import Record

from app.compile import Scope, condition
from app.filters.catalog import Catalog
from app.filters.check import segment_filter
from app.filters.ids import to_global
from app.queries import traces
from app.queries.connections import Connection, transaction
from app.queries.contacts import conditions_met
from app.queries.emails import fold_email, read_email_at
from app.queries.sought import Sought, sought_by
from app.queries.spellings import address_of, contacts_with
from app.queries.status_events import not_found

_CONTACT = (
    "SELECT id, email, name, source, external_id, status, label_ids, fields, created_at, updated_at, subscribed_at, "
    "last_sent_at, last_opened_at, last_clicked_at FROM contact WHERE workspace_id = $1 AND id = ANY($2::bigint[]) "
    "ORDER BY id"
)
_HISTORY = (
    "SELECT previous, status, cause, note, import_id, changed_at FROM status_change "
    "WHERE workspace_id = $1 AND contact_id = ANY($2::bigint[]) ORDER BY id"
)
_CHANGES = (
    "SELECT file_import.id AS import_id, file_import.name AS file, file_import.created_at AS imported_at, "
    "before, after FROM imported_change AS change "
    "JOIN file_import ON file_import.workspace_id = $1 AND file_import.id = change.import_id "
    "WHERE change.workspace_id = $1 AND change.contact_id = ANY($2::bigint[]) ORDER BY 1"
)
_LISTED = "SELECT cause, added_at FROM do_not_contact WHERE workspace_id = $1 AND hash = $2"
_UNLISTED = (
    "SELECT cause, consent, added_at, removed_at FROM do_not_contact_removal "
    "WHERE workspace_id = $1 AND hash = $2 ORDER BY id"
)
_MEMBERSHIPS = (
    "SELECT segment.name AS segment, entered_at FROM segment_member AS member "
    "JOIN segment ON segment.workspace_id = $1 AND segment.id = member.segment_id "
    "WHERE member.workspace_id = $1 AND member.contact_id = ANY($2::bigint[]) ORDER BY entered_at, segment.id"
)
_MOVES = (
    "SELECT segment.name AS segment, is_entering, reason, changed_at FROM membership_change AS change "
    "JOIN segment ON segment.workspace_id = $1 AND segment.id = change.segment_id "
    "WHERE change.workspace_id = $1 AND change.contact_id = ANY($2::bigint[]) ORDER BY change.id"
)
_PINS = (
    "SELECT segment.name AS segment, is_included, pinned_at FROM segment_pin AS pin "
    "JOIN segment ON segment.workspace_id = $1 AND segment.id = pin.segment_id "
    "WHERE pin.workspace_id = $1 AND pin.contact_id = ANY($2::bigint[]) ORDER BY pinned_at, segment.id"
)
_MESSAGES = (
    "SELECT webhook.name AS webhook, message.type, message.created_at FROM webhook_message AS message "
    "JOIN webhook ON webhook.workspace_id = $1 AND webhook.id = message.webhook_id "
    "WHERE message.workspace_id = $1 AND message.contact_ids && $2::bigint[] ORDER BY message.id"
)
_LABELS = "SELECT name FROM label WHERE workspace_id = $1 AND id = ANY($2::bigint[]) ORDER BY id"
_LAST_IMPORT = 2**63 - 1


async def disclose(catalog: Catalog, scope: Scope, contact_id: int | None, email: str | None) -> dict[str, Any]:
    """What is held about the person with an id, or else with an address, contact or not; raises Refused.

    `contact` is null where there is none; `otherContacts` have the same address in another spelling of its domain;
    `refusedRows` are as they stood in the files.
    """
    workspace_id = catalog.workspace_id
    folded = None if email is None else fold_email(read_email_at(email, "email"))
    async with transaction(snapshot=True) as borrowed:
        address = folded or await address_of(borrowed, workspace_id, contact_id)
        if address is None:
            raise not_found("id")
        ids = await contacts_with(borrowed, workspace_id, address)
        salt = await borrowed.fetchval("SELECT salt FROM workspace WHERE id = $1", workspace_id)
        sought = sought_by(salt, address)
        rows = await borrowed.fetch(_CONTACT, workspace_id, ids)
        contacts = [await _contact(borrowed, workspace_id, row) for row in rows]
        held = {
            "contact": contacts[0] if contacts else None,
            "otherContacts": contacts[1:],
            "statusHistory": await _told(borrowed, _HISTORY, workspace_id, ids),
            "memberships": await _told(borrowed, _MEMBERSHIPS, workspace_id, ids),
            "membershipChanges": await _told(borrowed, _MOVES, workspace_id, ids),
            "pins": await _told(borrowed, _PINS, workspace_id, ids),
            "webhookMessages": await _told(borrowed, _MESSAGES, workspace_id, ids),
            "importedChanges": await _told(borrowed, _CHANGES, workspace_id, ids),
            "refusedRows": await _refused(borrowed, workspace_id, sought),
            "doNotContact": await _told(borrowed, _LISTED, workspace_id, sought.hash),
            "takenOffDoNotContact": await _told(borrowed, _UNLISTED, workspace_id, sought.hash),
        }
    return held | {"segments": await _segments(catalog, scope, ids)}


async def _contact(borrowed: Connection, workspace_id: int, row: Record) -> dict[str, Any]:
    labels = [name for (name,) in await borrowed.fetch(_LABELS, workspace_id, row["label_ids"])]
    told = _as_json({key: value for key, value in row.items() if key not in ("id", "label_ids")})
    return {"id": to_global("Contact", row["id"]), **told, "labels": labels}


async def _refused(borrowed: Connection, workspace_id: int, sought: Sought) -> list[dict[str, Any]]:
    rows = traces.refused_rows_with(borrowed, workspace_id, _LAST_IMPORT, sought)
    return [_as_json(dict(row)) async for row in rows]


async def _segments(catalog: Catalog, scope: Scope, ids: Sequence[int]) -> list[dict[str, Any]]:
    segments = list(catalog.segments.values())
    clauses = [condition(segment_filter(segment, catalog), scope) for segment in segments]
    met = await conditions_met(catalog.workspace_id, ids, clauses) if ids else {}
    found = [segments[place] for place in sorted({place for places in met.values() for place in places})]
    return [{"id": to_global("Segment", segment.id), "name": segment.name} for segment in found]


async def _told(borrowed: Connection, text: str, *values: Any) -> list[dict[str, Any]]:
    return [_as_json(dict(row)) for row in await borrowed.fetch(text, *values)]


def _as_json(row: dict[str, Any]) -> dict[str, Any]:
    return {_camel(key): _plain(key, value) for key, value in row.items()}


def _plain(key: str, value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case str() if key in ("fields", "before", "after"):
            return orjson.loads(value)
        case int() if key == "import_id":
            return to_global("Import", value)
        case Sequence() if not isinstance(value, str):
            return list(value)
        case _:
            return value


def _camel(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(word.title() for word in rest)
