"""What a person leaves behind beside the contact: in refused rows, samples, kept answers and exports."""

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

import orjson
from asyncpg import Record

from app.queries.connections import Connection
from app.queries.sought import Sought

ERASED = "this row was erased with its person"
UNSAID = "what was said here held the address, and was erased with it"
FETCHED_AT_ONCE = 50

# Letters beyond ASCII have other forms that are the same: those texts are all looked at.
_MAY_HOLD = 'strpos(lower({text} COLLATE "C"), $3) > 0 OR octet_length({text}) > char_length({text})'
_ROW = "concat_ws(' ', reason, array_to_string(cells, ' '))"
_REFUSED = (
    "SELECT import_id, line, reason, cells FROM refused_row WHERE workspace_id = $1 "
    f"AND import_id = ANY(ARRAY(SELECT id FROM file_import WHERE workspace_id = $1 AND id <= $2)) "
    f"AND ({_MAY_HOLD.format(text=_ROW)}) AND reason <> '{ERASED}'"
)
# The line stays, or a part that is read again would bring the row back.
_BLANK = (
    f"UPDATE refused_row SET reason = '{ERASED}', cells = '{{}}' "
    "FROM unnest($2::bigint[], $3::bigint[]) AS given (import_id, line) "
    "WHERE refused_row.workspace_id = $1 AND refused_row.import_id = given.import_id "
    "AND refused_row.line = given.line"
)
_CHANGES = (
    "SELECT import_id, contact_id, before, after FROM imported_change AS change WHERE workspace_id = $1 "
    "AND import_id = ANY(ARRAY(SELECT id FROM file_import WHERE workspace_id = $1 AND id <= $2)) "
    "AND NOT EXISTS (SELECT FROM contact WHERE contact.workspace_id = $1 AND contact.id = change.contact_id) "
    f"AND ({_MAY_HOLD.format(text='concat(before::text, after::text)')})"
)
_EXPORTS = "DELETE FROM export WHERE workspace_id = $1 AND state <> 'QUEUED' RETURNING stored"
_DRY_RUNS = (
    "UPDATE file_import SET state = 'CANCELLED', finished_at = NULL, ending = NULL, samples = NULL "
    "WHERE workspace_id = $1 AND id <= $2 AND state = 'CHECKED' RETURNING id"
)
_RESTATE = "UPDATE do_not_contact SET cause = $3 WHERE workspace_id = $1 AND hash = $2"
_REMOVALS = "SELECT id, cause, consent FROM do_not_contact_removal WHERE workspace_id = $1 AND hash = $2"
_BLANK_REMOVAL = "UPDATE do_not_contact_removal SET cause = $3, consent = $4 WHERE workspace_id = $1 AND id = $2"


async def refused_rows_with(
    borrowed: Connection, workspace_id: int, last_import_id: int, sought: Sought
) -> AsyncIterator[Record]:
    """The refused rows (import_id, line, reason, cells) of imports up to one that hold the address."""
    values = workspace_id, last_import_id, sought.hint
    async for row in borrowed.cursor(_REFUSED, *values, prefetch=FETCHED_AT_ONCE):
        if sought.is_in([row["reason"], *(row["cells"] or ())]):
            yield row


async def blank_refused_rows(borrowed: Connection, workspace_id: int, last_import_id: int, sought: Sought) -> int:
    """How many refused rows held the address, of which the line alone is left."""
    places = [
        (row["import_id"], row["line"])
        async for row in refused_rows_with(borrowed, workspace_id, last_import_id, sought)
    ]
    await borrowed.execute(_BLANK, workspace_id, [one for one, _ in places], [line for _, line in places])
    return len(places)


async def remove_left_changes(borrowed: Connection, workspace_id: int, last_import_id: int, sought: Sought) -> int:
    """How many changes of contacts that are gone held the address, and are gone, too."""
    rows = await borrowed.fetch(_CHANGES, workspace_id, last_import_id, sought.hint)
    found = [row for row in rows if sought.is_in([orjson.loads(row["before"]), orjson.loads(row["after"])])]
    for row in found:
        await borrowed.execute(
            "DELETE FROM imported_change WHERE workspace_id = $1 AND import_id = $2 AND contact_id = $3",
            workspace_id,
            row["import_id"],
            row["contact_id"],
        )
    return len(found)


async def remove_samples(borrowed: Connection, workspace_id: int, last_import_id: int, sought: Sought) -> int:
    """How many samples of dry runs were the person's, and are gone."""
    removed = 0
    for table, key, number in (("file_import", "id", "0"), ("file_import_part", "import_id", "number")):
        rows = await borrowed.fetch(
            f"SELECT {key}, {number}::int, samples FROM {table} "
            f"WHERE workspace_id = $1 AND {key} <= $2 AND samples IS NOT NULL FOR UPDATE",
            workspace_id,
            last_import_id,
        )
        for id, place, samples in rows:
            kept, gone = _parted(orjson.loads(samples), sought)
            removed += len(gone)
            if gone:
                await borrowed.execute(
                    f"UPDATE {table} SET samples = $4 WHERE workspace_id = $1 AND {key} = $2 AND {number} = $3",
                    workspace_id,
                    id,
                    place,
                    orjson.dumps(kept).decode(),
                )
    return removed


async def remove_answers(borrowed: Connection, workspace_id: int, ids: Sequence[str], sought: Sought) -> int:
    """How many kept answers to calls told of the person, by address or by a contact's opaque id, and are gone."""
    rows = await borrowed.fetch(
        "SELECT key, answer FROM idempotent_answer WHERE workspace_id = $1 AND answer IS NOT NULL", workspace_id
    )
    keys = [key for key, answer in rows if sought.is_in(_spelled_out(answer)) or any(id in answer for id in ids)]
    await borrowed.execute(
        "DELETE FROM idempotent_answer WHERE workspace_id = $1 AND key = ANY($2::text[])", workspace_id, keys
    )
    return len(keys)


async def give_up_dry_runs(borrowed: Connection, workspace_id: int, last_import_id: int) -> int:
    """How many dry runs waited to be started with files that may hold the person: they are given up."""
    return len(await borrowed.fetch(_DRY_RUNS, workspace_id, last_import_id))


async def forget_exports(borrowed: Connection, workspace_id: int) -> list[str]:
    """The files of the exports that were begun by now, which are forgotten."""
    return [row[0] for row in await borrowed.fetch(_EXPORTS, workspace_id)]


async def blank_list(borrowed: Connection, workspace_id: int, sought: Sought, cause: str) -> None:
    """Why the address is on the do-not-contact list is the cause from now on: what was said before may hold it."""
    await borrowed.execute(_RESTATE, workspace_id, sought.hash, cause)
    for id, *said in await borrowed.fetch(_REMOVALS, workspace_id, sought.hash):
        blanked = [UNSAID if sought.is_in(text) else text for text in said]
        await borrowed.execute(_BLANK_REMOVAL, workspace_id, id, *blanked)


def _spelled_out(answer: str) -> Any:
    """An answer as JSON has it, also of one that was kept as a text."""
    found = orjson.loads(answer)
    return orjson.loads(found) if isinstance(found, str) else found


def _parted(samples: Iterable[Any], sought: Sought) -> tuple[Sequence[Any], Sequence[Any]]:
    kept: list[Any] = []
    gone: list[Any] = []
    for sample in samples:
        (gone if sought.is_in(sample) else kept).append(sample)
    return kept, gone
