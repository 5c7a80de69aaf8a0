"""An import's staged rows: a table of its own for as long as it runs, outside the write-ahead log.

Whoever loses it, as PostgreSQL does when it crashes, makes it again from the file: what is staged depends on the file
and the plan alone.
"""

from collections.abc import Sequence

from app.queries.connections import Connection, transaction
from app.queries.imports.ledger import ImportState, storable
from app.queries.imports.refusals import CELLS, cells_as_json

COLUMNS = {
    "part": "int",
    "line": "bigint",
    "email": "text",
    "email_folded": "text",
    "name": "text",
    "source": "text",
    "external_id": "text",
    "status": "text",
    "label_ids": "bigint[]",
    "fields": "jsonb",
    "folded": "jsonb",
    "created_at": "timestamptz",
    "subscribed_at": "timestamptz",
    "refused": "boolean",
}

# Ahead of the connection's own, which are for requests. Of a workspace that has no figures yet, foreign keys would by
# a custom plan be looked up by any index that begins with it; a generic one doesn't know the workspace.
SETTINGS = (
    "SET LOCAL statement_timeout = '30min'",
    "SET LOCAL work_mem = '48MB'",
    "SET LOCAL gin_pending_list_limit = '64MB'",
    "SET LOCAL maintenance_work_mem = '128MB'",
    "SET LOCAL plan_cache_mode = 'auto'",
    "SET LOCAL synchronous_commit = 'off'",
)


# The part of a row that only shows that the table is as it was left.
_MARK = -1


class Stopped(Exception):
    """The import is not to go on: somebody cancelled it, or another process finished it."""


def stage_of(import_id: int) -> str:
    """The name of an import's table."""
    return f"import_stage_{import_id:d}"


async def hold(borrowed: Connection, workspace_id: int, import_id: int, state: ImportState) -> None:
    """Raises Stopped where the import isn't in this state."""
    found = await borrowed.fetchval(
        "SELECT state FROM file_import WHERE workspace_id = $1 AND id = $2", workspace_id, import_id
    )
    if found != state.value:
        raise Stopped


async def take_part(
    borrowed: Connection, workspace_id: int, import_id: int, number: int, column: str, state: ImportState
) -> bool:
    """Whether a part is still to be done by this transaction, which has it alone; raises Stopped.

    The import itself is not locked, else its parts would hold off a cancellation by turns.
    """
    is_done = await borrowed.fetchval(
        f"SELECT {column} FROM file_import_part WHERE workspace_id = $1 AND import_id = $2 AND number = $3 "
        "FOR UPDATE",
        workspace_id,
        import_id,
        number,
    )
    await hold(borrowed, workspace_id, import_id, state)
    return is_done is False


async def await_parts(borrowed: Connection, workspace_id: int, import_id: int) -> None:
    """Let the parts that are being done come to their end; no other one begins once the import is over."""
    await borrowed.execute(
        "SELECT FROM file_import_part WHERE workspace_id = $1 AND import_id = $2 FOR UPDATE", workspace_id, import_id
    )


async def ensure_stage(workspace_id: int, import_id: int) -> None:
    """The import's table; where it isn't there yet, or a crash has emptied it, every part is to be staged anew."""
    stage = stage_of(import_id)
    columns = ", ".join(f"{name} {type}" for name, type in COLUMNS.items())
    async with transaction() as borrowed:
        await borrowed.execute(f"CREATE UNLOGGED TABLE IF NOT EXISTS {stage} ({columns})")
        if await borrowed.fetchval(f"SELECT EXISTS (SELECT FROM {stage} WHERE part = {_MARK})"):
            return
        await borrowed.execute(f"TRUNCATE {stage}")
        await borrowed.execute(f"INSERT INTO {stage} (part) VALUES ({_MARK})")
        await borrowed.execute(
            "UPDATE file_import SET state = 'LOADING' WHERE workspace_id = $1 AND id = $2 AND state = 'MERGING'",
            workspace_id,
            import_id,
        )
        await borrowed.execute(
            "UPDATE file_import_part SET is_staged = FALSE WHERE workspace_id = $1 AND import_id = $2",
            workspace_id,
            import_id,
        )


async def drop_stage(import_id: int) -> None:
    """The table is gone; quiet where it was."""
    async with transaction() as borrowed:
        await borrowed.execute(f"DROP TABLE IF EXISTS {stage_of(import_id)}")


async def stage(
    workspace_id: int,
    import_id: int,
    number: int,
    text: bytes,
    refused: Sequence[tuple[int, str, Sequence[str]]],
) -> None:
    """Take in a part, once: rows as COPY reads them, and those refused (line, reason, cells). Raises Stopped."""
    async with transaction() as borrowed:
        for setting in SETTINGS:
            await borrowed.execute(setting)
        if not await take_part(borrowed, workspace_id, import_id, number, "is_staged", ImportState.LOADING):
            return
        await borrowed.copy_to_table(stage_of(import_id), source=_Text(text), columns=list(COLUMNS), format="text")
        await refuse(borrowed, workspace_id, import_id, refused)
        await borrowed.execute(
            "UPDATE file_import_part SET is_staged = TRUE WHERE workspace_id = $1 AND import_id = $2 AND number = $3",
            workspace_id,
            import_id,
            number,
        )


async def refuse(
    borrowed: Connection, workspace_id: int, import_id: int, rows: Sequence[tuple[int, str, Sequence[str]]]
) -> None:
    """Keep rows that are left out: line, reason, cells. A line that is there already stays as it is."""
    if not rows:
        return
    lines, reasons, cells = zip(*rows, strict=True)
    await borrowed.execute(
        "INSERT INTO refused_row (workspace_id, import_id, line, reason, cells) "
        f"SELECT $1, $2, line, reason, {CELLS} "
        "FROM unnest($3::bigint[], $4::text[], $5::text[]) AS given (line, reason, cells) ON CONFLICT DO NOTHING",
        workspace_id,
        import_id,
        lines,
        [*map(storable, reasons)],
        [*map(cells_as_json, cells)],
    )


class _Text:
    """What asyncpg copies from: pieces of a text, so that it needn't copy the whole."""

    def __init__(self, text: bytes) -> None:
        self._text = memoryview(text)

    def __aiter__(self) -> "_Text":
        return self

    async def __anext__(self) -> bytes:
        if not self._text:
            raise StopAsyncIteration
        piece, self._text = self._text[:500_000], self._text[500_000:]
        return bytes(piece)
