"""The statements that take back unused fields and labels: of workspace $1 those of $2, which an import has made."""

from typing import Final

_UNUSED_FIELDS: Final = (
    "workspace_id = $1 AND key = ANY($2::text[]) AND NOT EXISTS ("
    "SELECT FROM contact WHERE contact.workspace_id = $1 AND contact.folded ? field.key) AND NOT EXISTS ("
    "SELECT FROM segment WHERE segment.workspace_id = $1 AND field.key = ANY(segment.field_keys)) "
    "AND NOT EXISTS (SELECT FROM imported_change AS change WHERE change.workspace_id = $1 "
    "AND change.before -> 'fields' ? field.key)"
)
_UNUSED_LABELS: Final = (
    "workspace_id = $1 AND id = ANY($2::bigint[]) AND NOT EXISTS ("
    "SELECT FROM contact WHERE contact.workspace_id = $1 AND contact.label_ids @> ARRAY[label.id]) "
    "AND NOT EXISTS (SELECT FROM segment WHERE segment.workspace_id = $1 "
    "AND label.id = ANY(segment.label_ids)) AND NOT EXISTS (SELECT FROM imported_change AS change "
    "WHERE change.workspace_id = $1 AND label.id = ANY(change.labels_removed))"
)

# A new field of the same key would give the version another meaning.
_NAMED: Final = "EXISTS (SELECT FROM segment_version AS version WHERE version.workspace_id = $1 AND {name})"
_NAMED_FIELDS: Final = _NAMED.format(name="field.key = ANY(version.field_keys)")
_NAMED_LABELS: Final = _NAMED.format(name="label.id = ANY(version.label_ids)")

ARCHIVE_FIELDS: Final = (
    f"UPDATE field SET archived_at = now() WHERE {_UNUSED_FIELDS} AND archived_at IS NULL AND {_NAMED_FIELDS}"
)
ARCHIVE_LABELS: Final = (
    f"UPDATE label SET archived_at = now() WHERE {_UNUSED_LABELS} AND archived_at IS NULL AND {_NAMED_LABELS}"
)
DELETE_FIELDS: Final = f"DELETE FROM field WHERE {_UNUSED_FIELDS} AND NOT {_NAMED_FIELDS}"
DELETE_LABELS: Final = f"DELETE FROM label WHERE {_UNUSED_LABELS} AND NOT {_NAMED_LABELS}"
