"""The statement that merges a part: what rows make of the contacts that are there, what is written, what is told."""

from dataclasses import dataclass

from app.queries.changes import Cause, change_of, noting
from app.queries.contact_values import SYSTEM_TEXTS
from app.queries.do_not_contact import OPTED_OUT
from app.queries.lookups import IN_PLACE, own

MOST_SAMPLES = 10


@dataclass(frozen=True, slots=True)
class Merging:
    """How rows become contacts.

    `status` is for new contacts whose row has none, `consent` is kept of new ones that may be mailed. `fill` are the
    keys of fields and system texts that only come where there is no value, `clear` those that an empty cell clears.
    `labels` is ADD, OVERWRITE or FILL. `keys` are those of all fields and system texts that rows may have values of.
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
    keys: tuple[str, ...] = ()


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
), counted AS (
    SELECT jsonb_object_agg(status, contacts) AS statuses FROM (
        SELECT status, count(*) AS contacts FROM (
            SELECT new_status AS status FROM known UNION ALL SELECT first_status FROM fresh
        ) AS each GROUP BY 1
    ) AS by_status
)
"""

_APPLY = """, created AS (
    INSERT INTO contact (workspace_id, email, email_folded, name, source, external_id, status, label_ids, fields,
        folded, created_at, updated_at, subscribed_at)
    SELECT $1, email, email_folded, name, source, external_id, first_status, label_ids, fields, folded,
        least(created_at, now()), now(),
        CASE WHEN subscribed_at < now() THEN subscribed_at WHEN first_status = 'ACTIVE' THEN now() END
    FROM fresh ORDER BY line
    RETURNING id, status
), changed AS (
    UPDATE contact SET name = new_name, source = new_source, external_id = new_external_id, status = new_status,
        label_ids = new_label_ids, fields = new_fields, folded = new_folded, updated_at = now()
    FROM differing WHERE {in_place} = differing.row
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
    ON CONFLICT (workspace_id, import_id, contact_id) DO UPDATE SET before = {all_before}, after = {all_after},
        labels_added = {all_added}, labels_removed = {all_removed}
    RETURNING labels_added || labels_removed AS label_ids
), {noted_changes}
SELECT (SELECT count(*) FROM created), (SELECT count(*) FROM changed),
    (SELECT count(*) FROM known) - (SELECT count(*) FROM differing), (SELECT statuses FROM counted),
    ARRAY(SELECT id FROM known WHERE says_no AND status NOT IN ('ACTIVE', 'PENDING')),
    (SELECT count(*) FROM differing)
"""

# Told of the part as a whole, since it costs too much to tell of each contact.
_PARTS_LABELS = "ARRAY(SELECT DISTINCT unnest(label_ids) FROM kept ORDER BY 1)"

_CONSENT = "CASE WHEN status = 'ACTIVE' THEN {consent} END"

_TELL = """
SELECT (SELECT count(*) FROM fresh), (SELECT count(*) FROM differing),
    (SELECT count(*) FROM known) - (SELECT count(*) FROM differing), (SELECT statuses FROM counted),
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


def merge_statement(stage: str, merging: Merging, import_id: int, is_dry_run: bool) -> tuple[str, list[object]]:
    """The text, and its values behind the workspace, the part's number and the first status.

    It tells how many contacts are made, changed and left alone, and what the rows' contacts are then, by status, as
    JSON; then, of a dry run, the first few rows before and
    after as JSON, else the contacts that had opted out already where their rows say so again, and how many contacts
    there were to change.
    """
    values: list[object] = []

    def bound(value: object, type: str) -> str:
        values.append(value)
        return f"${len(values) + 3}::{type}"

    filled = bound(list(merging.fill), "text[]") if merging.fill else ""
    cleared = bound(list(merging.clear), "text[]") if merging.clear else ""
    text = _MERGE.format(
        stage=stage,
        own=own("ctid AS row, *", "email_folded", "part.email_folded"),
        # Who refuses mail is kept, whatever the mode.
        creates="TRUE" if merging.creates else f"part.status IN {OPTED_OUT}",
        labels=_labels(merging),
        fields=_values("fields", filled, cleared),
        folded=_values("folded", filled, cleared),
        **{key: _text(key, merging) for key in SYSTEM_TEXTS},
    )
    if is_dry_run:
        return text + _TELL.format(samples=bound(MOST_SAMPLES, "int")), values
    consent = _CONSENT.format(consent=bound(merging.consent, "text")) if merging.consent else "NULL"
    given = {"in_place": IN_PLACE, "import_id": (import_number := bound(import_id, "bigint")), "consent": consent}
    noted = _noted(bound(list(merging.keys), "text[]"), import_number)
    return text + _APPLY.format(**given, noted_changes=noted, **_DIFFERENCES), values


def _noted(keys: str, import_id: str) -> str:
    def changed(condition: str, **told: str) -> str:
        source = f"differing WHERE {condition}"
        return change_of(source, Cause.IMPORTED, fields=keys, labels=_PARTS_LABELS, **told)

    return noting(
        change_of("created", Cause.IMPORTED, status="status", by="status"),
        changed("new_status = status"),
        changed("new_status <> status", previous="status", status="new_status", by="status, new_status"),
        import_id=import_id,
        is_bulk=True,
    )


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


def _joined(base: str, side: str, other_side: str, over: str) -> str:
    """A side of a contact's two changes by one import as of a single one, for its address may have changed meanwhile.

    What one of them found, or left, where the other one had nothing yet, or any more, is of neither side.
    """
    pieces = (
        f"'{key}', (({base}.{side} -> '{key}') - ARRAY(SELECT jsonb_object_keys({over}.{other_side} -> '{key}'))) "
        f"|| ({over}.{side} -> '{key}')"
        for key in ("fields", "folded", "row")
    )
    return f"jsonb_build_object({', '.join(pieces)})"


def _still(one: str, other: str) -> str:
    """The labels that one of two changes added (or removed) and the other did not take back."""
    pairs = (("imported_change", "excluded"), ("excluded", "imported_change"))
    kept = " UNION ".join(f"(SELECT unnest({a}.{one}) EXCEPT SELECT unnest({b}.{other}))" for a, b in pairs)
    return f"ARRAY({kept})"


_DIFFERENCES = {
    "all_before": _joined("excluded", "before", "after", "imported_change"),
    "all_after": _joined("imported_change", "after", "before", "excluded"),
    "all_added": _still("labels_added", "labels_removed"),
    "all_removed": _still("labels_removed", "labels_added"),
    "fields_before": _differing("fields", "new_fields"),
    "fields_after": _differing("new_fields", "fields"),
    "folded_before": _differing("folded", "new_folded"),
    "folded_after": _differing("new_folded", "folded"),
    "row_before": f"{_differing(_row(''), _row('new_'))} || jsonb_build_object('updated_at', updated_at)",
    "row_after": f"{_differing(_row('new_'), _row(''))} || jsonb_build_object('updated_at', now())",
}
