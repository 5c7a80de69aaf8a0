"""A person is erased: the contact, then every trace; a receipt stays, and a salted hash that keeps them out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from asyncpg import Record

from app.filters.ids import to_global
from app.filters.problems import Code, Refused
from app.queries import traces
from app.queries.acts import made
from app.queries.catalogs import LAST_PIN, announce_lost_pins
from app.queries.changes import Cause, change_of, noting
from app.queries.connections import Connection, connection, transaction
from app.queries.do_not_contact import close_list, list_addresses, read_cause
from app.queries.emails import fold_email, read_email_at
from app.queries.keyset import Order, Page, Window, fetch_page
from app.queries.sought import Sought, sought_by
from app.queries.spellings import address_of, contacts_with
from app.queries.statements import select
from app.queries.status_events import not_found
from app.tables.erasure import Erasure

NEWEST_FIRST = Order("erasure.id", descending=True)
KINDS = (
    *("contacts", "status_changes", "imported_changes", "refused_rows"),
    *("samples", "answers", "dry_runs", "exports"),
)

_COUNT = "SELECT count(*) FROM status_change WHERE workspace_id = $1 AND contact_id = $2"
_DELETE = (
    "WITH deleted AS (DELETE FROM contact WHERE workspace_id = $1 AND id = $2 RETURNING id), "
    f"{noting(change_of('deleted', Cause.DELETED))} SELECT {LAST_PIN}"
)
_FORGET = (
    "DELETE FROM {table} WHERE workspace_id = $1 AND contact_id = $2 "
    "AND import_id = ANY(ARRAY(SELECT id FROM file_import WHERE workspace_id = $1)) RETURNING import_id"
)
_NOTE = (
    "INSERT INTO erasure (workspace_id, hash, last_import_id, files, erased_at) SELECT $1, $2, "
    "(SELECT coalesce(max(id), 0) FROM file_import WHERE workspace_id = $1), '{}', now() RETURNING id"
)
_RUNNING = (
    "EXISTS (SELECT FROM file_import WHERE file_import.workspace_id = erasure.workspace_id "
    "AND file_import.id <= last_import_id AND file_import.finished_at IS NULL)"
)
_COLUMNS = ("erasure.id", "removed", "erased_at", "settled_at")
_SETTLE = (
    "UPDATE erasure SET files = '{}', settled_at = now() "
    f"WHERE workspace_id = $1 AND id = $2 AND settled_at IS NULL AND NOT {_RUNNING}"
)


@dataclass(frozen=True, slots=True)
class ErasureRow:
    """A receipt: when, how much of what, and when the last trace was gone, too; None while one may be left."""

    id: int
    removed: Mapping[str, int]
    erased_at: datetime
    settled_at: datetime | None


async def erase_contact(workspace_id: int, contact_id: int | None, email: str | None, cause: str) -> ErasureRow:
    """Erase the person with an id, or else with an address, contact or not; raises Refused.

    What an unfinished import and the files of exports hold goes later: see `settle_erasure`.
    """
    stated = read_cause(cause, "input.cause")
    folded = None if email is None else fold_email(read_email_at(email, "input.email"))
    async with transaction() as borrowed:
        await close_list(borrowed, workspace_id)
        address = folded or await address_of(borrowed, workspace_id, contact_id)
        if address is None:
            raise not_found()
        contacts = await contacts_with(borrowed, workspace_id, address)
        sought = sought_by(await _salt(borrowed, workspace_id), address)
        if sought.is_in(stated):
            message = "say why without the address itself, for what you say is kept"
            raise Refused.because(Code.NOT_ALLOWED, message, "input.cause")
        removed = await _remove_contacts(borrowed, workspace_id, contacts)
        await list_addresses(borrowed, workspace_id, [address], stated)
        await traces.blank_list(borrowed, workspace_id, sought, stated)
        ids = [to_global("Contact", id) for id in contacts]
        removed["answers"] = await traces.remove_answers(borrowed, workspace_id, ids, sought)
        erasure_id: int = await borrowed.fetchval(_NOTE, workspace_id, sought.hash)
        made("Erasure", erasure_id)
    if removed["last_pins"]:
        await announce_lost_pins(workspace_id)
    files = await _remove_traces(workspace_id, erasure_id, sought, removed)
    if not files:
        await settle_erasure(workspace_id, erasure_id)
    return await find_erasure(workspace_id, erasure_id)


async def _salt(borrowed: Connection, workspace_id: int) -> bytes:
    salt: bytes = await borrowed.fetchval("SELECT salt FROM workspace WHERE id = $1", workspace_id)
    return salt


async def _remove_contacts(borrowed: Connection, workspace_id: int, ids: Sequence[int]) -> Counter[str]:
    """The contacts go, with their history and their places in lists, and with what imports kept of them."""
    removed = Counter[str](contacts=len(ids))
    for id in ids:
        removed["status_changes"] += await borrowed.fetchval(_COUNT, workspace_id, id)
        removed["last_pins"] += await borrowed.fetchval(_DELETE, workspace_id, id)
        for table, kind in (("imported_change", "imported_changes"), ("kept_by_undo", "")):
            removed[kind] += len(await borrowed.fetch(_FORGET.format(table=table), workspace_id, id))
    return removed


async def _remove_traces(workspace_id: int, erasure_id: int, sought: Sought, removed: Mapping[str, int]) -> list[str]:
    """Seek the person in all else, and add to the receipt; the files that are still to be removed.

    In a transaction of its own: what began before the contact was gone has been seen by now, and exports that
    have yet to begin will not see the contact.
    """
    async with transaction() as borrowed:
        [(before, last, files)] = await borrowed.fetch(
            "SELECT removed, last_import_id, files FROM erasure WHERE workspace_id = $1 AND id = $2 FOR UPDATE",
            workspace_id,
            erasure_id,
        )
        found = {
            "imported_changes": await traces.remove_left_changes(borrowed, workspace_id, last, sought),
            "refused_rows": await traces.blank_refused_rows(borrowed, workspace_id, last, sought),
            "samples": await traces.remove_samples(borrowed, workspace_id, last, sought),
            "dry_runs": await traces.give_up_dry_runs(borrowed, workspace_id, last),
        }
        if before is None:
            files = await traces.forget_exports(borrowed, workspace_id)
            found["exports"] = len(files)
        told = [found, removed, orjson.loads(before or "{}")]
        await borrowed.execute(
            "UPDATE erasure SET removed = $3, files = $4 WHERE workspace_id = $1 AND id = $2",
            workspace_id,
            erasure_id,
            orjson.dumps({kind: sum(one.get(kind, 0) for one in told) for kind in KINDS}).decode(),
            files,
        )
    return list(files)


async def unsettled_erasures() -> list[tuple[int, int]]:
    """The erasures of all workspaces (workspace, id) that wait for nothing any more but to be settled."""
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            f"SELECT workspace_id, id FROM erasure WHERE settled_at IS NULL AND NOT {_RUNNING} ORDER BY id"
        )
    return [(row[0], row[1]) for row in rows]


async def seek_again(workspace_id: int, erasure_id: int) -> list[str]:
    """Remove the traces that have come since, by the hash alone; the files that are to be removed."""
    async with connection() as borrowed:
        [(salt, hash)] = await borrowed.fetch(
            "SELECT salt, hash FROM erasure JOIN workspace ON workspace.id = $1 "
            "WHERE erasure.workspace_id = $1 AND erasure.id = $2",
            workspace_id,
            erasure_id,
        )
    return await _remove_traces(workspace_id, erasure_id, Sought(salt, hash), {})


async def settle_erasure(workspace_id: int, erasure_id: int) -> None:
    """Nothing is left, unless an import that was there is still running."""
    async with connection() as borrowed:
        await borrowed.execute(_SETTLE, workspace_id, erasure_id)


async def find_erasure(workspace_id: int, erasure_id: int) -> ErasureRow:
    """A receipt by its id; raises Refused NOT_FOUND."""
    async with connection() as borrowed:
        row = await borrowed.fetchrow(
            f"SELECT {', '.join(_COLUMNS)} FROM erasure WHERE workspace_id = $1 AND id = $2",
            workspace_id,
            erasure_id,
        )
    if row is None:
        raise Refused.because(Code.NOT_FOUND, "there is no such erasure", "id")
    return erasure_row(row)


async def erasures_page(workspace_id: int, window: Window) -> Page:
    """A page of a workspace's receipts, newest first; `erasure_row` reads its rows."""
    return await fetch_page(select(Erasure, _COLUMNS, workspace_id), NEWEST_FIRST, window)


def erasure_row(row: Record) -> ErasureRow:
    """A receipt out of its columns."""
    counts = orjson.loads(row["removed"] or "{}")
    removed = {kind: counts.get(kind, 0) for kind in KINDS}
    return ErasureRow(row["id"], removed, row["erased_at"], row["settled_at"])
