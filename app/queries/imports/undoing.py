"""The way back: what an import made goes and what it changed returns, unless somebody changed it since."""

from functools import partial

from asyncpg import Record

from app.queries.catalogs import announce_change
from app.queries.connections import Connection, connection, transaction
from app.queries.do_not_contact import hold_list
from app.queries.imports.ledger import ImportState
from app.queries.imports.staging import SETTINGS, await_parts, hold
from app.queries.imports.undo_statements import LOCK, MADE, RELEASE, REMOVE, RETURN
from app.queries.imports.unused import ARCHIVE_FIELDS, ARCHIVE_LABELS, DELETE_FIELDS, DELETE_LABELS
from app.queries.tries import undisturbed

AT_ONCE = 2_000
DISTURBED = "contacts of this import keep being changed by somebody else; undo it again"


async def begin_undo(workspace_id: int, import_id: int) -> None:
    """Wait for what a worker that lost its claim may still be doing."""
    async with transaction() as borrowed:
        await _begin(borrowed, workspace_id, import_id)
        await await_parts(borrowed, workspace_id, import_id)


async def remove_made(workspace_id: int, import_id: int, after: int) -> int | None:
    """Remove the next few contacts that the import made; the last one's id, None where there were no more.

    Raises Stopped where the import isn't being undone.
    """
    return await undisturbed(partial(_remove_made, workspace_id, import_id, after), DISTURBED, "id")


async def _remove_made(workspace_id: int, import_id: int, after: int) -> int | None:
    async with transaction() as borrowed:
        await _begin(borrowed, workspace_id, import_id)
        ids = [row[0] for row in await borrowed.fetch(MADE, workspace_id, import_id, after, AT_ONCE)]
        await borrowed.execute(REMOVE, workspace_id, import_id, ids)
    return int(ids[-1]) if ids else None


async def release_external_ids(workspace_id: int, import_id: int, after: int) -> int | None:
    """Take the next few external ids back that the import gave; the last contact's id, None where there were no more.

    Raises Stopped where the import isn't being undone.
    """
    return await undisturbed(partial(_release, workspace_id, import_id, after), DISTURBED, "id")


async def _release(workspace_id: int, import_id: int, after: int) -> int | None:
    async with transaction() as borrowed:
        await _begin(borrowed, workspace_id, import_id)
        last: int | None = await borrowed.fetchval(RELEASE, workspace_id, import_id, after, AT_ONCE)
    return last


async def return_changed(workspace_id: int, import_id: int) -> bool:
    """Give the next few contacts that the import changed their values back; False where there were no more."""
    return await undisturbed(partial(_return_changed, workspace_id, import_id), DISTURBED, "id")


async def _return_changed(workspace_id: int, import_id: int) -> bool:
    async with transaction() as borrowed:
        await _begin(borrowed, workspace_id, import_id)
        await hold_list(borrowed, workspace_id)
        ids = [row[0] for row in await borrowed.fetch(LOCK, workspace_id, import_id, AT_ONCE)]
        if ids:
            await borrowed.execute(RETURN, workspace_id, import_id, ids)
        else:
            # Of what is left the contacts are gone.
            await borrowed.execute(
                "DELETE FROM imported_change WHERE workspace_id = $1 AND import_id = $2", workspace_id, import_id
            )
    return bool(ids)


async def _begin(borrowed: Connection, workspace_id: int, import_id: int) -> None:
    for setting in SETTINGS:
        await borrowed.execute(setting)
    await hold(borrowed, workspace_id, import_id, ImportState.UNDOING)


async def remove_unused(workspace_id: int, field_keys: list[str], label_ids: list[int]) -> None:
    """Remove those of the fields and labels that no contact and no segment has, as if they had never been.

    What an earlier version of a segment names is archived instead; what the undoing of another import would bring
    back stays.
    """
    async with transaction() as borrowed:
        await announce_change(borrowed, workspace_id)
        await borrowed.execute("SET LOCAL statement_timeout = '10min'")
        for statement in (ARCHIVE_FIELDS, DELETE_FIELDS):
            await borrowed.execute(statement, workspace_id, field_keys)
        for statement in (ARCHIVE_LABELS, DELETE_LABELS):
            await borrowed.execute(statement, workspace_id, label_ids)


async def kept_contacts(workspace_id: int, import_id: int, most: int) -> list[Record]:
    """What undoing left alone: contacts' ids, and the keys of values (None: the whole contact)."""
    async with connection() as borrowed:
        rows: list[Record] = await borrowed.fetch(
            "SELECT contact_id, keys FROM kept_by_undo WHERE workspace_id = $1 AND import_id = $2 "
            "ORDER BY contact_id LIMIT $3",
            workspace_id,
            import_id,
            most,
        )
    return rows
