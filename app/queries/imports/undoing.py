"""The way back: what an import made goes and what it changed returns, unless somebody changed it since."""

from functools import partial

from asyncpg import Record

from app.queries.catalogs import announce_change
from app.queries.connections import Connection, connection, transaction
from app.queries.contact_values import SYSTEM_TEXTS
from app.queries.do_not_contact import hashed, hold_list
from app.queries.imports.ledger import ImportState
from app.queries.imports.staging import SETTINGS, await_parts, hold
from app.queries.lookups import WITHIN
from app.queries.tries import undisturbed

AT_ONCE = 2_000
DISTURBED = "contacts of this import keep being changed by somebody else; undo it again"

# Whose refusal of mail a later import said again.
_REPEATED = """repeated AS MATERIALIZED (
    SELECT DISTINCT said.id FROM file_import_part AS later
    JOIN file_import ON file_import.workspace_id = $1 AND file_import.id = later.import_id
        AND file_import.state <> 'UNDONE'
    CROSS JOIN unnest(later.repeated) AS said (id) JOIN unnest($3::bigint[]) AS asked (id) ON asked.id = said.id
    WHERE later.workspace_id = $1 AND later.import_id <> $2 AND later.repeated IS NOT NULL
)"""
_IS_REPEATED = "EXISTS (SELECT FROM repeated WHERE repeated.id = {id})"

# Whose address is on the do-not-contact list by now.
_LISTED = (
    "EXISTS (SELECT FROM workspace JOIN do_not_contact AS unwanted ON unwanted.workspace_id = $1 "
    f"AND unwanted.hash = {hashed('found.email_folded')} WHERE workspace.id = $1)"
)

# What the import made is as it was for as long as nothing was written to it after that moment.
_REMOVE = f"""
WITH {_REPEATED}, made AS MATERIALIZED (
    SELECT contact.id, contact.updated_at = made.changed_at AND NOT {_IS_REPEATED.format(id="contact.id")}
        AS is_untouched
    FROM contact
    JOIN status_change AS made ON made.workspace_id = $1 AND made.import_id = $2 AND made.previous IS NULL
        AND made.contact_id = contact.id
    WHERE contact.{WITHIN} AND contact.id = ANY($3::bigint[])
    ORDER BY contact.id FOR UPDATE OF contact
), removed AS (
    DELETE FROM contact USING made WHERE contact.{WITHIN} AND contact.id = made.id AND made.is_untouched
)
INSERT INTO kept_by_undo (workspace_id, import_id, contact_id) SELECT $1, $2, id FROM made WHERE NOT is_untouched
ON CONFLICT DO NOTHING
"""

_MADE = (
    "SELECT contact_id FROM status_change WHERE workspace_id = $1 AND import_id = $2 AND previous IS NULL "
    "AND contact_id > $3 ORDER BY contact_id LIMIT $4"
)

_LOCK = (
    "SELECT id FROM contact JOIN imported_change AS change ON change.contact_id = contact.id "
    f"WHERE contact.{WITHIN} AND change.workspace_id = $1 AND change.import_id = $2 "
    "ORDER BY contact.id LIMIT $3 FOR UPDATE OF contact"
)


def _columns(prefix: str) -> str:
    return ", ".join(f"'{key}', {prefix}{key}" for key in (*SYSTEM_TEXTS, "status"))


# A value returns where it is still what the import made of it; `mine` are the keys for which that holds. A status to
# which anything has happened since does not, though it be the same again: the person may have said so.
_RETURN = f"""
WITH {_REPEATED}, change AS MATERIALIZED (
    SELECT * FROM imported_change WHERE workspace_id = $1 AND import_id = $2 AND contact_id = ANY($3::bigint[])
), found AS MATERIALIZED (
    SELECT contact.id, contact.email_folded, contact.fields, contact.folded, contact.label_ids, contact.status,
        change.before, change.after, change.labels_added, change.labels_removed,
        jsonb_build_object({_columns("contact.")}) AS now_row,
        contact.updated_at = (change.after -> 'row' ->> 'updated_at')::timestamptz AS is_untouched
    FROM change JOIN contact ON contact.{WITHIN} AND contact.id = change.contact_id
), judged AS MATERIALIZED (
    SELECT found.*, ARRAY(
        SELECT key FROM (SELECT jsonb_object_keys(before -> 'fields') UNION
            SELECT jsonb_object_keys(after -> 'fields')) AS keys (key)
        WHERE fields -> key IS NOT DISTINCT FROM after -> 'fields' -> key
    ) AS mine, ARRAY(
        SELECT key FROM jsonb_object_keys(after -> 'row') AS key
        WHERE key <> 'updated_at' AND now_row -> key IS NOT DISTINCT FROM after -> 'row' -> key
        AND NOT (key = 'external_id' AND EXISTS (SELECT FROM contact AS owner WHERE owner.workspace_id = $1
            AND owner.external_id = before -> 'row' ->> 'external_id' AND owner.id <> found.id))
        AND NOT (key = 'status' AND ({_IS_REPEATED.format(id="found.id")} OR {_LISTED}))
        AND NOT (key = 'status' AND EXISTS (SELECT FROM status_change AS since WHERE since.workspace_id = $1
            AND since.contact_id = found.id AND since.cause <> 'ADDRESS_CHANGED' AND since.id > ALL (
                SELECT id FROM status_change WHERE workspace_id = $1 AND contact_id = found.id AND import_id = $2)))
    ) AS mine_row, CASE WHEN after ? 'released' AND now_row ->> 'external_id' IS NULL
        AND NOT EXISTS (SELECT FROM contact AS owner WHERE owner.workspace_id = $1
            AND owner.external_id = after -> 'released' -> 'row' ->> 'external_id')
        AND NOT EXISTS (SELECT FROM imported_change AS other WHERE other.workspace_id = $1 AND other.import_id = $2
            AND other.before -> 'row' ->> 'external_id' = after -> 'released' -> 'row' ->> 'external_id')
        THEN after -> 'released' ELSE '{{"row": {{}}, "folded": {{}}}}' END AS again FROM found
), undone AS MATERIALIZED (
    SELECT id, status, is_untouched, ARRAY(
            SELECT key FROM (SELECT jsonb_object_keys(before -> 'fields') UNION
                SELECT jsonb_object_keys(after -> 'fields')) AS keys (key) WHERE key <> ALL(mine)
            UNION SELECT key FROM jsonb_object_keys(after -> 'row') AS key
            WHERE key <> 'updated_at' AND key <> ALL(mine_row)
        ) AS kept,
        (fields - mine) || (SELECT coalesce(jsonb_object_agg(key, value), '{{}}')
            FROM jsonb_each(before -> 'fields') WHERE key = ANY(mine)) AS fields,
        (((again -> 'folded') || folded) - (mine || mine_row))
            || (SELECT coalesce(jsonb_object_agg(key, value), '{{}}')
                FROM jsonb_each(before -> 'folded') WHERE key = ANY(mine || mine_row)) AS folded,
        now_row || (again -> 'row')
            || (SELECT coalesce(jsonb_object_agg(key, value), '{{}}') FROM jsonb_each(before -> 'row')
                WHERE key = ANY(mine_row)) AS row,
        ARRAY(SELECT DISTINCT label FROM unnest(label_ids || labels_removed) AS label
            WHERE label <> ALL(labels_added) ORDER BY label) AS label_ids,
        (before -> 'row' ->> 'updated_at')::timestamptz AS updated_at
    FROM judged
), returned AS (
    UPDATE contact SET fields = undone.fields, folded = undone.folded, label_ids = undone.label_ids,
        name = row ->> 'name', source = row ->> 'source', external_id = row ->> 'external_id',
        status = row ->> 'status', updated_at = CASE WHEN is_untouched THEN undone.updated_at ELSE now() END
    FROM undone WHERE contact.{WITHIN} AND contact.id = undone.id
), noted AS (
    INSERT INTO status_change (workspace_id, contact_id, previous, status, cause, changed_at)
    SELECT $1, id, status, row ->> 'status', 'IMPORT_UNDONE', now() FROM undone WHERE status <> row ->> 'status'
), told AS (
    INSERT INTO kept_by_undo (workspace_id, import_id, contact_id, keys)
    SELECT $1, $2, id, kept FROM undone WHERE kept <> '{{}}' ON CONFLICT DO NOTHING
)
DELETE FROM imported_change WHERE workspace_id = $1 AND import_id = $2 AND contact_id = ANY($3::bigint[])
"""


# What an import made of external ids goes before any returns, for contacts may have handed theirs on. It comes back
# where the earlier one is somebody else's by now.
_RELEASE = f"""
WITH change AS MATERIALIZED (
    SELECT contact_id, after -> 'row' ->> 'external_id' AS given FROM imported_change
    WHERE workspace_id = $1 AND import_id = $2 AND after -> 'row' ->> 'external_id' IS NOT NULL
    ORDER BY contact_id LIMIT $3
), released AS (
    UPDATE contact SET external_id = NULL, folded = folded - 'external_id' FROM change
    WHERE contact.{WITHIN} AND contact.id = change.contact_id AND contact.external_id = change.given
)
UPDATE imported_change
SET after = jsonb_set(after #- '{{folded,external_id}}', '{{row,external_id}}', 'null')
    || jsonb_build_object('released', jsonb_build_object('row', jsonb_build_object('external_id', given),
        'folded', jsonb_build_object('external_id', after -> 'folded' -> 'external_id')))
FROM change WHERE imported_change.workspace_id = $1 AND import_id = $2
    AND imported_change.contact_id = change.contact_id
"""


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
        ids = [row[0] for row in await borrowed.fetch(_MADE, workspace_id, import_id, after, AT_ONCE)]
        await borrowed.execute(_REMOVE, workspace_id, import_id, ids)
    return int(ids[-1]) if ids else None


async def release_external_ids(workspace_id: int, import_id: int) -> bool:
    """Take the next few external ids back that the import gave; False where there were no more. Raises Stopped."""
    return await undisturbed(partial(_release, workspace_id, import_id), DISTURBED, "id")


async def _release(workspace_id: int, import_id: int) -> bool:
    async with transaction() as borrowed:
        await _begin(borrowed, workspace_id, import_id)
        released = await borrowed.execute(_RELEASE, workspace_id, import_id, AT_ONCE)
    return not released.endswith(" 0")


async def return_changed(workspace_id: int, import_id: int) -> bool:
    """Give the next few contacts that the import changed their values back; False where there were no more."""
    return await undisturbed(partial(_return_changed, workspace_id, import_id), DISTURBED, "id")


async def _return_changed(workspace_id: int, import_id: int) -> bool:
    async with transaction() as borrowed:
        await _begin(borrowed, workspace_id, import_id)
        await hold_list(borrowed, workspace_id)
        ids = [row[0] for row in await borrowed.fetch(_LOCK, workspace_id, import_id, AT_ONCE)]
        if ids:
            await borrowed.execute(_RETURN, workspace_id, import_id, ids)
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

    What the undoing of another import would bring back stays.
    """
    async with transaction() as borrowed:
        await announce_change(borrowed, workspace_id)
        await borrowed.execute("SET LOCAL statement_timeout = '10min'")
        await borrowed.execute(
            "DELETE FROM field WHERE workspace_id = $1 AND key = ANY($2::text[]) AND NOT EXISTS ("
            "SELECT FROM contact WHERE contact.workspace_id = $1 AND contact.folded ? field.key) AND NOT EXISTS ("
            "SELECT FROM segment WHERE segment.workspace_id = $1 AND field.key = ANY(segment.field_keys)) "
            "AND NOT EXISTS (SELECT FROM imported_change AS change WHERE change.workspace_id = $1 "
            "AND change.before -> 'fields' ? field.key)",
            workspace_id,
            field_keys,
        )
        await borrowed.execute(
            "DELETE FROM label WHERE workspace_id = $1 AND id = ANY($2::bigint[]) AND NOT EXISTS ("
            "SELECT FROM contact WHERE contact.workspace_id = $1 AND contact.label_ids @> ARRAY[label.id]) "
            "AND NOT EXISTS (SELECT FROM segment WHERE segment.workspace_id = $1 "
            "AND label.id = ANY(segment.label_ids)) AND NOT EXISTS (SELECT FROM imported_change AS change "
            "WHERE change.workspace_id = $1 AND label.id = ANY(change.labels_removed))",
            workspace_id,
            label_ids,
        )


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
