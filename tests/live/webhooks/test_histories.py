"""Whatever happens, webhooks are told what the ledger says, once and in each contact's order."""

import os
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import orjson
import pytest

from app.queries.connections import connection
from app.queries.webhooks.events import EventType
from app.queries.webhooks.registry import Wanted, create_webhook
from tests.compile.peopled import peopled
from tests.live.histories import history_of

SEED = os.environ.get("PILAH_SEED", "pilah")
ENTERED, LEFT, STATUS = (
    type.value for type in (EventType.SEGMENT_ENTERED, EventType.SEGMENT_LEFT, EventType.STATUS_CHANGED)
)

# The edits of a history are not announced.
LEDGER = (
    "SELECT contact_id, is_entering, segment_id, reason, detail FROM membership_change "
    "WHERE workspace_id = $1 AND reason NOT IN ('SEGMENT_EDITED', 'REPAIRED') AND id > $2 ORDER BY id"
)
STATUSES = (
    "SELECT contact_id, previous, status, cause FROM contact_change CROSS JOIN unnest(contact_ids) AS contact_id "
    "WHERE workspace_id = $1 AND status IS NOT NULL AND id > $2 ORDER BY id"
)
DRAFTS = "SELECT type, segment_id, content FROM webhook_draft WHERE workspace_id = $1 ORDER BY id"
LAST = "SELECT coalesce(max(id), 0) FROM {} WHERE workspace_id = $1"


def by_contact(told: Iterable[tuple[int, tuple[Any, ...]]]) -> dict[int, list[tuple[Any, ...]]]:
    """What is told of each contact, in its order."""
    found = defaultdict[int, list[tuple[Any, ...]]](list)
    for contact, what in told:
        found[contact].append(what)
    return dict(found)


async def drafted(workspace: int) -> tuple[list[tuple[int, tuple[Any, ...]]], list[tuple[int, tuple[Any, ...]]]]:
    """What webhooks are to be told: of memberships, and of statuses."""
    moves, statuses = [], []
    async with connection() as borrowed:
        drafts = await borrowed.fetch(DRAFTS, workspace)
    for type, segment, content in drafts:
        for one in orjson.loads(content):
            if type == STATUS:
                statuses.append((one["contact"], (one["previous"], one["status"], one["cause"])))
            else:
                moves.append((one["contact"], (type, segment, one["reason"], one["detail"])))
    return moves, statuses


@pytest.mark.parametrize("number", range(2))
async def test_webhooks_are_told_what_the_ledger_says(pool: None, number: int) -> None:
    seed = f"{SEED} webhooks {number}"
    history = history_of(await peopled("Asia/Jakarta", seed, people=40, segments=6), seed)
    for _ in range(8):
        await history.create_segment()
    for _ in range(20):
        await history.change()
    await history.settle()
    workspace = history.workspace
    await create_webhook(workspace, Wanted("all", "https://example.invalid/", tuple(EventType)))
    async with connection() as borrowed:
        since, changed_since = [
            await borrowed.fetchval(LAST.format(table), workspace)
            for table in ("membership_change", "contact_change")
        ]
    for _ in range(80):
        await history.act()
    await history.settle()
    async with connection() as borrowed:
        ledger = await borrowed.fetch(LEDGER, workspace, since)
        changes = await borrowed.fetch(STATUSES, workspace, changed_since)
    kept = [
        (row[0], (ENTERED if row[1] else LEFT, row[2], row[3], row[4] and orjson.loads(row[4]))) for row in ledger
    ]
    moves, statuses = await drafted(workspace)
    assert by_contact(moves) == by_contact(kept)
    assert by_contact(statuses) == by_contact((row[0], tuple(row)[1:]) for row in changes)
    assert all((history.kills, kept, changes))
