"""What happened is queued by whoever notices it, in the same transaction: once for all webhooks that want it."""

from collections.abc import Sequence
from datetime import datetime

import orjson

from app.queries.connections import Connection
from app.queries.webhooks.events import Event, drafts

# Whoever listens on it gets the workspace's id when a transaction that queued something has been committed.
WEBHOOK_CHANNEL = "pilah_webhook"

# Ends a statement for workspace $1 whose expression `queued` has what it queued.
CALLED = f"CASE WHEN count(*) > 0 THEN pg_notify('{WEBHOOK_CHANNEL}', $1::bigint::text) END FROM queued"

_WANTED = (
    "is_enabled AND draft.type = ANY(types) "
    "AND (draft.segment_id IS NULL OR segment_ids IS NULL OR draft.segment_id = ANY(segment_ids))"
)
_QUEUE = (
    "WITH queued AS (INSERT INTO webhook_draft (workspace_id, type, segment_id, content, webhook_ids, created_at) "
    "SELECT $1, draft.type, draft.segment_id, draft.content, wanting.ids, $5 "
    "FROM unnest($2::text[], $3::bigint[], $4::jsonb[]) WITH ORDINALITY AS draft (type, segment_id, content, place) "
    "CROSS JOIN LATERAL (SELECT array_agg(id ORDER BY id) AS ids FROM webhook "
    f"WHERE workspace_id = $1 AND {_WANTED}) AS wanting WHERE wanting.ids IS NOT NULL ORDER BY draft.place "
    f"RETURNING cardinality(webhook_ids) AS messages) SELECT coalesce(sum(messages), 0), {CALLED}"
)


async def has_webhooks(borrowed: Connection, workspace_id: int) -> bool:
    """Whether anything that happens in the workspace may be told to anybody: if not, no events need be made."""
    found: bool = await borrowed.fetchval(
        "SELECT EXISTS (SELECT FROM webhook WHERE workspace_id = $1 AND is_enabled)", workspace_id
    )
    return found


async def queue_messages(borrowed: Connection, workspace_id: int, events: Sequence[Event], at: datetime) -> int:
    """Queue what happened at a moment for the webhooks that want it; how many messages that makes.

    The caller holds the workspace's lock, so that drafts are numbered in the order in which they become visible.
    """
    made = [*drafts(events)]
    if not made:
        return 0
    queued: int = await borrowed.fetchval(
        _QUEUE,
        workspace_id,
        [draft.type.value for draft in made],
        [draft.segment_id for draft in made],
        [orjson.dumps(draft.content).decode() for draft in made],
        at,
    )
    return queued
