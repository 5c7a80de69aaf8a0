"""The statements that take an import back: of workspace $1 and import $2, a few thousand contacts at a time."""

from app.queries.changes import Cause, change_of, noting
from app.queries.contact_values import SYSTEM_TEXTS
from app.queries.do_not_contact import hashed
from app.queries.lookups import WITHIN

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
REMOVE = f"""
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
    RETURNING contact.id
), {noting(change_of("removed", Cause.DELETED), import_id="$2", is_bulk=True)}
INSERT INTO kept_by_undo (workspace_id, import_id, contact_id) SELECT $1, $2, id FROM made WHERE NOT is_untouched
ON CONFLICT DO NOTHING
"""

MADE = (
    "SELECT contact_id FROM status_change WHERE workspace_id = $1 AND import_id = $2 AND previous IS NULL "
    "AND contact_id > $3 ORDER BY contact_id LIMIT $4"
)

LOCK = (
    "SELECT id FROM contact JOIN imported_change AS change ON change.contact_id = contact.id "
    f"WHERE contact.{WITHIN} AND change.workspace_id = $1 AND change.import_id = $2 "
    "ORDER BY contact.id LIMIT $3 FOR UPDATE OF contact"
)


# Told of a batch as a whole.
_KEYS = "ARRAY(SELECT DISTINCT unnest(returning_keys) FROM undone ORDER BY 1)"
_LABELS = "ARRAY(SELECT DISTINCT unnest(labels_added || labels_removed) FROM change ORDER BY 1)"


def _returned(condition: str, **told: str) -> str:
    return change_of(f"undone WHERE {condition}", Cause.IMPORT_UNDONE, fields=_KEYS, labels=_LABELS, **told)


_NOTED_CHANGES = noting(
    _returned("status = row ->> 'status'"),
    _returned(
        "status <> row ->> 'status'",
        previous="status",
        status="(row ->> 'status')",
        by="status, (row ->> 'status')",
    ),
    import_id="$2",
    is_bulk=True,
)


def _columns(prefix: str) -> str:
    return ", ".join(f"'{key}', {prefix}{key}" for key in (*SYSTEM_TEXTS, "status"))


# A value returns where it is still what the import made of it; `mine` are the keys for which that holds. A status to
# which anything has happened since does not, though it be the same again: the person may have said so.
RETURN = f"""
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
        AND EXISTS (SELECT FROM contact AS owner WHERE owner.workspace_id = $1
            AND owner.external_id = before -> 'row' ->> 'external_id')
        AND NOT EXISTS (SELECT FROM contact AS owner WHERE owner.workspace_id = $1
            AND owner.external_id = after -> 'released' ->> 'row')
        AND NOT EXISTS (SELECT FROM imported_change AS other WHERE other.workspace_id = $1 AND other.import_id = $2
            AND other.before -> 'row' ->> 'external_id' = after -> 'released' ->> 'row')
        THEN jsonb_build_object('row', jsonb_build_object('external_id', after -> 'released' -> 'row'),
            'folded', jsonb_build_object('external_id', after -> 'released' -> 'folded'))
        ELSE '{{"row": {{}}, "folded": {{}}}}' END AS again FROM found
), undone AS MATERIALIZED (
    SELECT id, status, is_untouched, ARRAY(
            SELECT key FROM (SELECT jsonb_object_keys(before -> 'fields') UNION
                SELECT jsonb_object_keys(after -> 'fields')) AS keys (key) WHERE key <> ALL(mine)
            UNION SELECT key FROM jsonb_object_keys(after -> 'row') AS key
            WHERE key <> 'updated_at' AND key <> ALL(mine_row)
        ) AS kept,
        mine || array_remove(mine_row, 'status') AS returning_keys,
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
), {_NOTED_CHANGES}
DELETE FROM imported_change WHERE workspace_id = $1 AND import_id = $2 AND contact_id = ANY($3::bigint[])
"""


# What an import made of external ids goes before any returns, for contacts may have handed theirs on. It comes back
# where the earlier one is somebody else's by now.
_RELEASED = noting(change_of("released", Cause.IMPORT_UNDONE, fields="'{external_id}'"), import_id="$2", is_bulk=True)
RELEASE = f"""
WITH change AS MATERIALIZED (
    SELECT contact_id, after -> 'row' ->> 'external_id' AS given FROM imported_change
    WHERE workspace_id = $1 AND import_id = $2 AND contact_id > $3
        AND after -> 'row' ->> 'external_id' IS NOT NULL
    ORDER BY contact_id LIMIT $4
), released AS (
    UPDATE contact SET external_id = NULL, folded = folded - 'external_id' FROM change
    WHERE contact.{WITHIN} AND contact.id = change.contact_id AND contact.external_id = change.given
    RETURNING contact.id
), {_RELEASED}, noted AS (
    UPDATE imported_change
    SET after = jsonb_set(after #- '{{folded,external_id}}', '{{row,external_id}}', 'null')
        || jsonb_build_object('released', jsonb_build_object('row', after -> 'row' -> 'external_id',
            'folded', after -> 'folded' -> 'external_id'))
    WHERE workspace_id = $1 AND import_id = $2 AND contact_id = ANY(ARRAY(SELECT id FROM released))
)
SELECT max(contact_id) FROM change
"""
