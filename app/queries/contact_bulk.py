"""Contacts, written many at a time: labels added and removed, values set."""

from collections.abc import Sequence

from app.compile.clause import Clause, write
from app.queries.changes import Cause, change_of, labels_moved, noting
from app.queries.connections import transaction
from app.queries.contact_values import Patch, to_json

# The keys of values that are not yet what they will be.
_OTHER_KEYS = (
    "ARRAY(SELECT key FROM jsonb_each($5::jsonb) WHERE (fields -> key) IS DISTINCT FROM value "
    "UNION SELECT key FROM unnest($4::text[]) AS key WHERE fields ? key)"
)
_CHANGE = change_of("changed", Cause.UPDATED, fields="other_keys", labels="moved_ids", by="moved_ids, other_keys")


async def update_contacts(
    workspace_id: int, condition: Clause, add: Sequence[int], remove: Sequence[int], patch: Patch
) -> int:
    """How many contacts changed, of those for which the condition holds; what has it already is left alone."""
    entered, folded = to_json(patch.entered), to_json(patch.folded)
    values: list[object] = [workspace_id, list(add), list(remove), patch.cleared, entered, folded]
    # Locked in the order of ids, as imports do: so that none waits for another in a circle.
    text = (
        f"WITH meant AS (SELECT id, {labels_moved('$2', '$3')} AS moved_ids, {_OTHER_KEYS} AS other_keys "
        "FROM contact "
        "WHERE contact.workspace_id = $1 AND (NOT label_ids @> $2::bigint[] "
        "OR label_ids && $3::bigint[] OR fields ?| $4::text[] OR NOT fields @> $5::jsonb) "
        f"AND {write(condition, values)} ORDER BY id FOR UPDATE), "
        "changed AS (UPDATE contact SET "
        "label_ids = ARRAY(SELECT DISTINCT label FROM unnest(label_ids || $2::bigint[]) AS label "
        "WHERE label <> ALL($3::bigint[]) ORDER BY label), "
        "fields = (fields - $4::text[]) || $5::jsonb, folded = (folded - $4::text[]) || $6::jsonb, "
        "updated_at = now() FROM meant WHERE contact.workspace_id = $1 AND contact.id = meant.id "
        "RETURNING contact.id, moved_ids, other_keys), "
        f"{noting(_CHANGE)} "
        "SELECT count(*) FROM changed"
    )
    async with transaction() as borrowed:
        return int(await borrowed.fetchval(text, *values))
