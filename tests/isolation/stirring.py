"""Something happens in both workspaces, again and again: whoever follows one has something to hear, of it alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.queries.connections import connection
from app.queries.live.pulse import seen

SECONDS_BETWEEN = 0.05
STIRRED = frozenset({"membership_change", "contact_change"})

_OF_TWINS = "workspace_id IN (SELECT id FROM workspace WHERE name LIKE 'qz%')"
_MOVES = (
    "INSERT INTO membership_change (workspace_id, segment_id, contact_id, is_entering, reason, changed_at) "
    "SELECT workspace_id, id, (SELECT max(id) FROM contact WHERE contact.workspace_id = segment.workspace_id), TRUE, "
    f"'CONTACT_CHANGED', now() FROM segment WHERE kind = 'DYNAMIC' AND deleted_at IS NULL AND {_OF_TWINS}"
)
_CHANGES = (
    "INSERT INTO contact_change (workspace_id, contact_ids, cause, field_keys, label_ids, noted_at) "
    f"SELECT workspace_id, array_agg(id), 'UPDATED', '{{}}', '{{}}', now() FROM contact WHERE {_OF_TWINS} GROUP BY 1"
)


@asynccontextmanager
async def stirred(kind: str) -> AsyncIterator[None]:
    """Within, something happens for operations of the kind to tell of, which is so for subscriptions alone."""
    task = asyncio.create_task(_stir() if kind == "subscription" else asyncio.sleep(0))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled() or task.exception() is None, task.exception()


async def _stir() -> None:
    while True:
        await asyncio.sleep(SECONDS_BETWEEN)
        async with connection() as borrowed:
            await borrowed.execute(_MOVES)
            await borrowed.execute(_CHANGES)
        seen.ring_all()
