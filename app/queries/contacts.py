"""Contacts, read: one, a page, a count."""

from collections.abc import Sequence

from asyncpg import Record

from app.compile import Scope, condition
from app.compile.clause import Clause, write
from app.compile.shelves import folded, folded_json
from app.filters.addresses import fold_address
from app.filters.catalog import SYSTEM_FIELDS, Field
from app.filters.checked import Contains, FieldPasses, Text
from app.filters.folding import fold
from app.filters.tree import Or
from app.filters.vocabulary import FieldType
from app.queries.connections import connection
from app.queries.emails import fold_email
from app.queries.keyset import Order, Page, Window, fetch_page
from app.queries.statements import batches, render, select
from app.tables.contact import Contact

_SEARCHED = tuple(field for field in SYSTEM_FIELDS if field.key in ("email", "name"))


def order_by(field: Field | None, *, descending: bool) -> Order:
    """By a field's value as it is compared, and then by id; without a field, by id: the order of arrival."""
    if field is None:
        return Order("contact.id", descending=descending)
    if field.type in (FieldType.NUMBER, FieldType.BOOLEAN):
        return Order("contact.id", folded_json(field), "jsonb", descending)
    type = "timestamptz" if field.is_system and field.type is FieldType.DATETIME else "text"
    return Order("contact.id", folded(field), type, descending)


def searched(text: str, scope: Scope) -> Clause:
    """The contacts whose e-mail or name contains a text."""
    folded = {"email": fold_address(text), "name": fold(text)}
    sought = (FieldPasses(field, Contains((Text(text, folded[field.key]),))) for field in _SEARCHED)
    return condition(Or(tuple(sought)), scope)


async def contacts_page(
    workspace_id: int, columns: Sequence[str], conditions: Sequence[Clause], order: Order, window: Window
) -> Page:
    """A page of the contacts for which all conditions hold."""
    return await fetch_page(select(Contact, columns, workspace_id), order, window, conditions)


async def count_contacts(workspace_id: int, conditions: Sequence[Clause]) -> int:
    """How many contacts there are for which all conditions hold."""
    query = select(Contact, ["count(*)"], workspace_id)
    for each in conditions:
        query = query.where(each)
    text, values = render(query)
    async with connection() as borrowed:
        # Not fetchval: PostgreSQL sets no parallel workers on a statement of which only so many rows are wanted.
        return int((await borrowed.fetch(text, *values))[0][0])


async def count_by_status(workspace_id: int, conditions: Sequence[Clause]) -> dict[str, int]:
    """How many there are of each status; a status that none has is left out."""
    query = select(Contact, ["contact.status", "count(*)"], workspace_id)
    for each in conditions:
        query = query.where(each)
    text, values = render(query)
    async with connection() as borrowed:
        return {row[0]: row[1] for row in await borrowed.fetch(f"{text} GROUP BY contact.status", *values)}


async def count_each_by_status(workspace_id: int, conditions: Sequence[Clause]) -> list[dict[str, int]]:
    """For each condition how many contacts of each status there are, many of them in one pass over the rows."""
    counts: list[dict[str, int]] = []
    for batch in batches(conditions):
        values: list[object] = [workspace_id]
        columns = ", ".join(f"count(*) FILTER (WHERE {write(each, values)})" for each in batch)
        text = f"SELECT contact.status, {columns} FROM contact WHERE contact.workspace_id = $1 GROUP BY 1"
        async with connection() as borrowed:
            rows = await borrowed.fetch(text, *values)
        counts += [{row[0]: row[place] for row in rows} for place in range(1, len(batch) + 1)]
    return counts


async def contacts_by_ids(workspace_id: int, columns: Sequence[str], ids: Sequence[int]) -> list[Record]:
    """Those of the ids that are contacts of the workspace, in no order."""
    text = (
        f"SELECT {', '.join(columns)} FROM contact WHERE contact.workspace_id = $1 AND contact.id = ANY($2::bigint[])"
    )
    async with connection() as borrowed:
        rows: list[Record] = await borrowed.fetch(text, workspace_id, list(ids))
    return rows


async def contact_id_by_email(workspace_id: int, email: str) -> int | None:
    """The id of the contact with an e-mail address, as it is compared."""
    async with connection() as borrowed:
        found: int | None = await borrowed.fetchval(
            "SELECT id FROM contact WHERE workspace_id = $1 AND email_folded = $2", workspace_id, fold_email(email)
        )
    return found


async def conditions_met(
    workspace_id: int, contact_ids: Sequence[int], conditions: Sequence[Clause]
) -> dict[int, list[int]]:
    """For each contact the places of the conditions that hold for it, many of them asked in one statement."""
    met: dict[int, list[int]] = {}
    start = 0
    for batch in batches(conditions):
        values: list[object] = [workspace_id, list(contact_ids)]
        cases = (f"CASE WHEN {write(each, values)} THEN {place:d} END" for place, each in enumerate(batch, start))
        text = (
            f"SELECT contact.id, array_remove(ARRAY[{', '.join(cases)}]::bigint[], NULL) FROM contact "
            "WHERE contact.workspace_id = $1 AND contact.id = ANY($2::bigint[])"
        )
        async with connection() as borrowed:
            for row in await borrowed.fetch(text, *values):
                met.setdefault(row[0], []).extend(row[1])
        start += len(batch)
    return met


async def status_histories(workspace_id: int, contact_ids: Sequence[int]) -> dict[int, list[Record]]:
    """Each contact's changes of status, newest first."""
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            "SELECT contact_id, previous, status, cause, note, changed_at FROM status_change "
            "WHERE workspace_id = $1 AND contact_id = ANY($2::bigint[]) ORDER BY id DESC",
            workspace_id,
            list(contact_ids),
        )
    histories: dict[int, list[Record]] = {}
    for row in rows:
        histories.setdefault(row["contact_id"], []).append(row)
    return histories
