"""What happened becomes messages, one for each webhook that wants it, a few at a time, apart from the live engine."""

from app.queries.connections import connection, transaction

MOST_TOGETHER = 200

_DRAFTED = "SELECT DISTINCT workspace_id FROM webhook_draft"
# Whoever has the first draft has them all: so messages are numbered in the order of drafts.
_FIRST = (
    "SELECT id FROM webhook_draft WHERE workspace_id = $1 "
    "AND id = (SELECT min(id) FROM webhook_draft WHERE workspace_id = $1) FOR UPDATE SKIP LOCKED"
)
_SPREAD = f"""
WITH next AS (
    SELECT id, sum(webhooks) OVER (ORDER BY id) - webhooks AS before FROM (
        SELECT id, cardinality(webhook_ids) AS webhooks FROM webhook_draft WHERE workspace_id = $1
        ORDER BY id LIMIT {MOST_TOGETHER}
    ) AS draft
), taken AS (
    DELETE FROM webhook_draft
    WHERE workspace_id = $1 AND id = ANY(ARRAY(SELECT id FROM next WHERE before < {MOST_TOGETHER}))
    RETURNING *, ARRAY(
        SELECT DISTINCT (told ->> 'contact')::bigint FROM jsonb_array_elements(content) AS told
    ) AS contact_ids
), made AS (
    INSERT INTO webhook_message (
        workspace_id, webhook_id, type, segment_id, contact_ids, order_keys, content, state, attempts, epoch, due_at,
        created_at
    )
    SELECT $1, webhook.id, type, segment_id, contact_ids,
        ARRAY(SELECT (webhook.id << 40) # contact_id FROM unnest(contact_ids) AS contact_id),
        content, 'WAITING', '[]', epoch, taken.created_at, taken.created_at
    FROM taken JOIN webhook ON webhook.workspace_id = $1 AND webhook.id = ANY(webhook_ids) AND deleted_at IS NULL
    ORDER BY taken.id, webhook.id
)
SELECT count(*) FROM taken
"""


async def drafted_workspaces() -> list[int]:
    """The workspaces in which something happened that has yet to become messages."""
    async with connection() as borrowed:
        return [row[0] for row in await borrowed.fetch(_DRAFTED)]


async def spread_drafts(workspace_id: int) -> int:
    """Make messages of the next few drafts of a workspace; how many drafts. None where another process does so."""
    async with transaction() as borrowed:
        if await borrowed.fetchval(_FIRST, workspace_id) is None:
            return 0
        return int(await borrowed.fetchval(_SPREAD, workspace_id))
