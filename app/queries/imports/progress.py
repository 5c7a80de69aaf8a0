"""What a worker notes of an import: its plan, its parts, its end."""

from collections.abc import Sequence
from typing import Any

import orjson
from asyncpg import Record

from app.queries.connections import Connection, connection, transaction
from app.queries.imports.counting import last_counts
from app.queries.imports.ledger import ImportState, storable


async def forget_parts(borrowed: Connection, workspace_id: int, import_id: int) -> None:
    """Leave nothing of an earlier reading of the file."""
    for table in ("file_import_part", "refused_row"):
        await borrowed.execute(
            f"DELETE FROM {table} WHERE workspace_id = $1 AND import_id = $2", workspace_id, import_id
        )


async def save_plan(
    workspace_id: int, import_id: int, plan: dict[str, Any], parts: Sequence[tuple[int, int, int, int, int]]
) -> bool:
    """Keep what the file will become, with its parts (number, start, end, line, rows); False where it was stopped."""
    async with transaction() as borrowed:
        planned = await borrowed.fetchval(
            "UPDATE file_import SET plan = $3, state = 'LOADING' "
            "WHERE workspace_id = $1 AND id = $2 AND state = 'QUEUED' RETURNING id",
            workspace_id,
            import_id,
            orjson.dumps(plan).decode(),
        )
        if planned is None:
            return False
        await borrowed.executemany(
            "INSERT INTO file_import_part (workspace_id, import_id, number, start_byte, end_byte, line, rows, "
            "is_staged, is_merged, created, changed, unchanged) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, FALSE, FALSE, 0, 0, 0)",
            [(workspace_id, import_id, *part) for part in parts],
        )
    return True


async def save_new_labels(workspace_id: int, import_id: int, labels: dict[str, int]) -> None:
    """Keep the labels that an import makes, by name, with their ids."""
    async with connection() as borrowed:
        await borrowed.execute(
            "UPDATE file_import SET plan = jsonb_set(plan, '{labels}', plan -> 'labels' || $3::jsonb) "
            "WHERE workspace_id = $1 AND id = $2",
            workspace_id,
            import_id,
            orjson.dumps(labels).decode(),
        )


async def pending_parts(workspace_id: int, import_id: int, column: str) -> list[Record]:
    """The parts that are not staged (or not merged) yet, in order: their numbers, bytes and first lines."""
    async with connection() as borrowed:
        rows: list[Record] = await borrowed.fetch(
            "SELECT number, start_byte, end_byte, line FROM file_import_part "
            f"WHERE workspace_id = $1 AND import_id = $2 AND NOT {column} ORDER BY number",
            workspace_id,
            import_id,
        )
    return rows


async def conclude(
    workspace_id: int, import_id: int, ending: ImportState, problem: str | None = None, samples: Any = None
) -> bool:
    """Note how the import ends, and what it has counted, while it still has to clear away.

    False where that is not its end: it was cancelled, or is to be undone by now.
    """
    counts = await last_counts(workspace_id, import_id)
    async with transaction() as borrowed:
        concluded = await borrowed.fetchval(
            "UPDATE file_import SET ending = $3, problem = $4, samples = $5, counts = coalesce(counts, $6) "
            "WHERE workspace_id = $1 AND id = $2 AND finished_at IS NULL AND ending IS NULL AND CASE state "
            "WHEN 'UNDOING' THEN $3 IN ('UNDONE', 'FAILED') WHEN 'CANCELLED' THEN $3 = 'CANCELLED' ELSE TRUE END "
            "RETURNING id",
            workspace_id,
            import_id,
            ending.value,
            problem and storable(problem),
            None if samples is None else orjson.dumps(samples).decode(),
            counts and orjson.dumps(counts).decode(),
        )
        await borrowed.execute(
            "UPDATE file_import_part SET samples = NULL WHERE workspace_id = $1 AND import_id = $2 "
            "AND samples IS NOT NULL",
            workspace_id,
            import_id,
        )
    return concluded is not None


async def note_problem(workspace_id: int, import_id: int, problem: str) -> None:
    """Keep what else went wrong with an import that has concluded."""
    async with connection() as borrowed:
        await borrowed.execute(
            "UPDATE file_import SET problem = concat_ws('; ', problem, $3) WHERE workspace_id = $1 AND id = $2",
            workspace_id,
            import_id,
            problem,
        )


async def finish_import(workspace_id: int, import_id: int) -> bool:
    """The import is over, as it was concluded; False where it was over before, or is to be undone."""
    async with connection() as borrowed:
        finished = await borrowed.fetchval(
            "UPDATE file_import SET state = ending, finished_at = now() "
            "WHERE workspace_id = $1 AND id = $2 AND finished_at IS NULL AND ending IS NOT NULL RETURNING id",
            workspace_id,
            import_id,
        )
    return finished is not None


async def first_samples(workspace_id: int, import_id: int, most: int) -> list[dict[str, Any]]:
    """The first rows of a dry run, before and after."""
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            "SELECT sample FROM file_import_part, "
            "jsonb_array_elements(samples) WITH ORDINALITY AS each (sample, place) "
            "WHERE workspace_id = $1 AND import_id = $2 ORDER BY number, place LIMIT $3",
            workspace_id,
            import_id,
            most,
        )
    return [orjson.loads(sample) for (sample,) in rows]
