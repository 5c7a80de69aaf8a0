"""The merge of a part: contacts made and changed by set, with their history and with what undoing needs."""

from dataclasses import dataclass, field
from typing import Any

import asyncpg
import orjson

from app.filters.problems import Code, Refused
from app.queries.connections import Connection, transaction
from app.queries.do_not_contact import OPTED_OUT, hold_list
from app.queries.imports.ledger import ImportState
from app.queries.imports.settling import STRIPPED, leave_out_unwanted
from app.queries.imports.staging import SETTINGS, stage_of, take_part

MOST_TRIES = 20
MOST_SAMPLES = 10
SYSTEM_TEXTS = ("name", "source", "external_id")


@dataclass(frozen=True, slots=True)
class Merging:
    """How rows become contacts.

    `status` and `consent` are for new contacts whose row has no status. `fill` are the keys of fields and system
    texts that only come where there is no value, `clear` those that an empty cell clears. `labels` is ADD, OVERWRITE
    or FILL.
    """

    status: str
    consent: str | None = None
    creates: bool = True
    updates: bool = True
    fill: tuple[str, ...] = ()
    clear: tuple[str, ...] = ()
    labels: str = "ADD"
    labels_clear: bool = False
    has_external_ids: bool = True


@dataclass(slots=True)
class Merged:
    """How many contacts a part made, changed and left as they were; and the first few rows, before and after."""

    created: int
    changed: int
    unchanged: int
    samples: list[dict[str, Any]] = field(default_factory=list)


# For PostgreSQL a workspace that is just being filled is an empty one, of which any index that begins with it is as
# good as the right one. So its id is hidden from the planner, each row looks for its own contact in what OFFSET 0
# keeps apart, and a locked row is found again by its place: the `+ 0` keeps the indexes of all from it.
WITHIN = "workspace_id = (SELECT $1::bigint)"
_OWN = (
    f"CROSS JOIN LATERAL (SELECT {{columns}} FROM contact WHERE {WITHIN} "
    "AND email_folded = {row}.email_folded OFFSET 0) AS old"
)

# Apart from the merge, which then sees each contact as it will change it; in the order of ids, as all others lock.
_LOCK = (
    "WITH known AS MATERIALIZED (SELECT old.id FROM {stage} AS staged "
    + _OWN.format(columns="id", row="staged")
    + " WHERE staged.part = $2) SELECT count(*) FROM (SELECT FROM contact "
    f"WHERE {WITHIN} AND id = ANY(ARRAY(SELECT id FROM known)) ORDER BY id FOR UPDATE) AS locked"
)

_LEFT_OUT = (
    "WITH gone AS (SELECT staged.line FROM {stage} AS staged WHERE staged.part = $3 AND NOT staged.refused "
    "AND {condition}), "
    "dropped AS (DELETE FROM {stage} AS staged USING gone WHERE staged.part = $3 AND staged.line = gone.line "
    f"AND (staged.status IN {OPTED_OUT}) IS NOT TRUE), "
    f"stripped AS (UPDATE {{stage}} AS staged SET {STRIPPED} FROM gone WHERE staged.part = $3 "
    f"AND staged.line = gone.line AND staged.status IN {OPTED_OUT}) "
    "INSERT INTO refused_row (workspace_id, import_id, line, reason) SELECT $1, $2, line, $4 FROM gone "
    "ON CONFLICT DO NOTHING"
)
_KNOWN = f"EXISTS (SELECT FROM contact WHERE {WITHIN} AND contact.email_folded = staged.email_folded OFFSET 0)"
_CLAIMED = (
    f"EXISTS (SELECT FROM contact AS owner WHERE {WITHIN} AND owner.external_id = staged.external_id "
    "AND owner.email_folded <> staged.email_folded OFFSET 0)"
)

_MERGE = """
WITH part AS MATERIALIZED (
    SELECT * FROM {stage} WHERE part = $2
), known AS MATERIALIZED (
    SELECT old.id, old.row, old.updated_at, part.email AS address,
        old.name, old.source, old.external_id, old.status, old.label_ids, old.fields, old.folded,
        {name} AS new_name, {source} AS new_source, {external_id} AS new_external_id,
        CASE WHEN old.status IN ('ACTIVE', 'PENDING') AND part.status IN ('UNSUBSCRIBED', 'HARD_BOUNCE')
            THEN part.status ELSE old.status END AS new_status,
        coalesce(part.status IN ('UNSUBSCRIBED', 'HARD_BOUNCE'), FALSE) AS says_no,
        {labels} AS new_label_ids, {fields} AS new_fields, {folded} AS new_folded, part.line, part.email_folded
    FROM part {own}
), differing AS MATERIALIZED (
    SELECT * FROM known WHERE new_fields <> fields OR new_folded <> folded OR new_label_ids <> label_ids
        OR new_status <> status
        OR (new_name, new_source, new_external_id) IS DISTINCT FROM (name, source, external_id)
), fresh AS (
    SELECT part.*, coalesce(part.status, $3) AS first_status FROM part
    WHERE {creates} AND NOT EXISTS (SELECT FROM known WHERE known.email_folded = part.email_folded)
)
"""

_APPLY = """, created AS (
    INSERT INTO contact (workspace_id, email, email_folded, name, source, external_id, status, label_ids, fields,
        folded, created_at, updated_at, subscribed_at)
    SELECT $1, email, email_folded, name, source, external_id, first_status, label_ids, fields, folded,
        least(created_at, now()), now(),
        CASE WHEN subscribed_at < now() THEN subscribed_at WHEN first_status = 'ACTIVE' THEN now() END
    FROM fresh ORDER BY line
    RETURNING id, email_folded, status
), changed AS (
    UPDATE contact SET name = new_name, source = new_source, external_id = new_external_id, status = new_status,
        label_ids = new_label_ids, fields = new_fields, folded = new_folded, updated_at = now()
    FROM differing WHERE contact.workspace_id + 0 = $1 AND contact.ctid = differing.row
    RETURNING contact.id
), noted AS (
    INSERT INTO status_change (workspace_id, contact_id, previous, status, cause, note, import_id, changed_at)
    SELECT $1, id, NULL, status, 'IMPORTED', {consent}, {import_id}::bigint, now() FROM created
    UNION ALL
    SELECT $1, id, status, new_status, 'IMPORTED', NULL, {import_id}::bigint, now() FROM differing
    WHERE new_status <> status
), kept AS (
    INSERT INTO imported_change (workspace_id, import_id, contact_id, before, after, labels_added, labels_removed)
    SELECT $1, {import_id}::bigint, id,
        jsonb_build_object('fields', {fields_before}, 'folded', {folded_before}, 'row', {row_before}),
        jsonb_build_object('fields', {fields_after}, 'folded', {folded_after}, 'row', {row_after}),
        ARRAY(SELECT unnest(new_label_ids) EXCEPT SELECT unnest(label_ids)),
        ARRAY(SELECT unnest(label_ids) EXCEPT SELECT unnest(new_label_ids))
    FROM differing
)
SELECT (SELECT count(*) FROM created), (SELECT count(*) FROM changed),
    (SELECT count(*) FROM known) - (SELECT count(*) FROM differing),
    ARRAY(SELECT id FROM known WHERE says_no AND status NOT IN ('ACTIVE', 'PENDING'))
"""

# Of those alone who were not active by the file's own word.
_CONSENT = (
    "CASE WHEN EXISTS (SELECT FROM fresh WHERE fresh.email_folded = created.email_folded AND fresh.status IS NULL) "
    "THEN {consent} END"
)

_TELL = """
SELECT (SELECT count(*) FROM fresh), (SELECT count(*) FROM differing),
    (SELECT count(*) FROM known) - (SELECT count(*) FROM differing),
    (SELECT jsonb_agg(sample ORDER BY line) FROM (
        SELECT line, jsonb_build_object('line', line, 'before', NULL, 'after', jsonb_build_object('email', email,
            'name', name, 'source', source, 'external_id', external_id, 'status', first_status,
            'label_ids', label_ids, 'fields', fields)) AS sample FROM fresh
        UNION ALL
        SELECT line, jsonb_build_object('line', line, 'before', jsonb_build_object('email', address, 'name', name,
            'source', source, 'external_id', external_id, 'status', status, 'label_ids', label_ids,
            'fields', fields), 'after', jsonb_build_object('email', address, 'name', new_name, 'source', new_source,
            'external_id', new_external_id, 'status', new_status, 'label_ids', new_label_ids,
            'fields', new_fields)) FROM differing
        ORDER BY line LIMIT {samples}) AS samples)
"""


async def merge_part(
    workspace_id: int, import_id: int, number: int, merging: Merging, *, is_dry_run: bool = False
) -> Merged:
    """Make and change the contacts of a part's rows, once and for all; a dry run only tells what it would do.

    Raises Stopped where the import is over, Refused where others keep changing the same contacts.
    """
    for _ in range(MOST_TRIES):
        try:
            return await _merge_part(workspace_id, import_id, number, merging, is_dry_run)
        except (asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError):
            # Somebody made one of the contacts meanwhile: now it is known.
            continue
    message = "contacts of this file keep being changed by somebody else; undo this import and start it again"
    raise Refused.because(Code.TAKEN, message, "file")


async def _merge_part(workspace_id: int, import_id: int, number: int, merging: Merging, is_dry_run: bool) -> Merged:
    stage = stage_of(import_id)
    async with transaction() as borrowed:
        for setting in SETTINGS:
            await borrowed.execute(setting)
        if not await take_part(borrowed, workspace_id, import_id, number, "is_merged", ImportState.MERGING):
            return Merged(0, 0, 0)
        await hold_list(borrowed, workspace_id)
        await leave_out_unwanted(borrowed, workspace_id, import_id, number)
        await _leave_out(borrowed, workspace_id, import_id, number, merging)
        if not is_dry_run:
            await borrowed.execute(_LOCK.format(stage=stage), workspace_id, number)
        text, values = _statement(stage, merging, import_id, is_dry_run)
        row = await borrowed.fetchrow(text, workspace_id, number, merging.status, *values)
        merged, repeated = _told(row, is_dry_run)
        await borrowed.execute(
            "UPDATE file_import_part SET is_merged = TRUE, created = $4, changed = $5, unchanged = $6, repeated = $7 "
            "WHERE workspace_id = $1 AND import_id = $2 AND number = $3",
            workspace_id,
            import_id,
            number,
            merged.created,
            merged.changed,
            merged.unchanged,
            repeated,
        )
    return merged


def _told(row: Any, is_dry_run: bool) -> tuple[Merged, list[int]]:
    """What a part became, and whose refusal of mail it repeats: that stays when another import is undone."""
    created, changed, unchanged, last = row
    if is_dry_run:
        return Merged(created, changed, unchanged, orjson.loads(last or "[]")), []
    return Merged(created, changed, unchanged), last


async def _leave_out(borrowed: Connection, workspace_id: int, import_id: int, number: int, merging: Merging) -> None:
    """Refuse the rows that the mode has no place for, or whose external id is another contact's."""
    reasons: list[tuple[str, str]] = []
    if merging.has_external_ids:
        reasons.append(("another contact has this external id", f"staged.external_id IS NOT NULL AND {_CLAIMED}"))
    if not merging.updates:
        reasons.append(("there is a contact with this address already", _KNOWN))
    if not merging.creates:
        reasons.append(("there is no contact with this address", f"NOT {_KNOWN}"))
    for reason, condition in reasons:
        text = _LEFT_OUT.format(stage=stage_of(import_id), condition=condition)
        await borrowed.execute(text, workspace_id, import_id, number, reason)


def _statement(stage: str, merging: Merging, import_id: int, is_dry_run: bool) -> tuple[str, list[object]]:
    """The merge of a part, and its values behind the workspace, the part and the first status."""
    values: list[object] = []

    def bound(value: object, type: str) -> str:
        values.append(value)
        return f"${len(values) + 3}::{type}"

    filled = bound(list(merging.fill), "text[]") if merging.fill else ""
    cleared = bound(list(merging.clear), "text[]") if merging.clear else ""
    text = _MERGE.format(
        stage=stage,
        own=_OWN.format(columns="ctid AS row, *", row="part"),
        creates="TRUE" if merging.creates else "FALSE",
        labels=_labels(merging),
        fields=_values("fields", filled, cleared),
        folded=_values("folded", filled, cleared),
        **{key: _text(key, merging) for key in SYSTEM_TEXTS},
    )
    if is_dry_run:
        return text + _TELL.format(samples=bound(MOST_SAMPLES, "int")), values
    consent = _CONSENT.format(consent=bound(merging.consent, "text")) if merging.consent else "NULL"
    given = {"import_id": bound(import_id, "bigint"), "consent": consent}
    return text + _APPLY.format(**given, **_DIFFERENCES), values


def _values(column: str, filled: str, cleared: str) -> str:
    old = f"old.{column}"
    if cleared:
        old = f"(old.{column} - ARRAY(SELECT key FROM unnest({cleared}) AS key WHERE NOT part.{column} ? key))"
    new = f"part.{column} || {old} || (part.{column} - {filled})" if filled else f"{old} || part.{column}"
    return f"CASE WHEN part.refused THEN old.{column} ELSE {new} END" if cleared else new


def _text(key: str, merging: Merging) -> str:
    if key in merging.fill:
        return f"coalesce(old.{key}, part.{key})"
    if key in merging.clear:
        return f"CASE WHEN part.refused THEN old.{key} ELSE part.{key} END"
    return f"coalesce(part.{key}, old.{key})"


def _labels(merging: Merging) -> str:
    match merging.labels:
        case "FILL":
            return "CASE WHEN old.label_ids = '{}' THEN part.label_ids ELSE old.label_ids END"
        case "OVERWRITE":
            kept = "part.refused" if merging.labels_clear else "part.refused OR part.label_ids = '{}'"
            return f"CASE WHEN {kept} THEN old.label_ids ELSE part.label_ids END"
        case _:
            return (
                "CASE WHEN old.label_ids @> part.label_ids THEN old.label_ids ELSE "
                "ARRAY(SELECT DISTINCT id FROM unnest(old.label_ids || part.label_ids) AS id ORDER BY id) END"
            )


def _differing(one: str, other: str) -> str:
    """What of a JSON object is otherwise in another."""
    return (
        f"(SELECT coalesce(jsonb_object_agg(key, value), '{{}}') FROM jsonb_each({one}) "
        f"WHERE {other} -> key IS DISTINCT FROM value)"
    )


def _row(prefix: str) -> str:
    return "jsonb_build_object(" + ", ".join(f"'{key}', {prefix}{key}" for key in (*SYSTEM_TEXTS, "status")) + ")"


_DIFFERENCES = {
    "fields_before": _differing("fields", "new_fields"),
    "fields_after": _differing("new_fields", "fields"),
    "folded_before": _differing("folded", "new_folded"),
    "folded_after": _differing("new_folded", "folded"),
    "row_before": f"{_differing(_row(''), _row('new_'))} || jsonb_build_object('updated_at', updated_at)",
    "row_after": f"{_differing(_row('new_'), _row(''))} || jsonb_build_object('updated_at', now())",
}
