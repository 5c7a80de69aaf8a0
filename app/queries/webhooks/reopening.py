"""What was given up is queued anew when an admin says so: a few messages at a time, in their order."""

from datetime import datetime

from app.queries.connections import Connection, connection, transaction

MOST_TOGETHER = 200

_ASKED = (
    "UPDATE webhook SET is_resending = TRUE WHERE workspace_id = $1 AND id = $2 AND NOT is_resending "
    "AND deleted_at IS NULL RETURNING (SELECT count(*) FROM webhook_message "
    "WHERE workspace_id = $1 AND webhook_id = $2 AND state = 'GIVEN_UP')"
)
_HELD = "SELECT id FROM webhook WHERE workspace_id = $1 AND id = $2 AND is_resending FOR NO KEY UPDATE SKIP LOCKED"
_REOPEN = (
    "WITH reopened AS (UPDATE webhook_message SET state = 'WAITING', tries = 0, due_at = $3, finished_at = NULL "
    "WHERE workspace_id = $1 AND id = ANY(ARRAY(SELECT id FROM webhook_message WHERE workspace_id = $1 "
    f"AND webhook_id = $2 AND state = 'GIVEN_UP' ORDER BY id LIMIT {MOST_TOGETHER})) RETURNING id) "
    "SELECT count(*) FROM reopened"
)
_ALL_OPEN = "UPDATE webhook SET is_resending = FALSE WHERE workspace_id = $1 AND id = $2"


async def ask_to_reopen(borrowed: Connection, workspace_id: int, webhook_id: int) -> int:
    """Have all messages of a webhook that were given up sent once more; how many. None where that goes on already.

    Until they all wait again nothing is sent to it, so that nothing later comes before them.
    """
    return int(await borrowed.fetchval(_ASKED, workspace_id, webhook_id) or 0)


async def resending_webhooks() -> list[tuple[int, int]]:
    """The webhooks of all workspaces (workspace, id) whose messages have yet to be reopened."""
    async with connection() as borrowed:
        rows = await borrowed.fetch("SELECT workspace_id, id FROM webhook WHERE is_resending AND deleted_at IS NULL")
    return [(row[0], row[1]) for row in rows]


async def reopen_messages(workspace_id: int, webhook_id: int, at: datetime) -> int:
    """Queue the next few of those that were given up, as of a moment; how many."""
    async with transaction() as borrowed:
        if await borrowed.fetchval(_HELD, workspace_id, webhook_id) is None:
            return 0
        reopened = int(await borrowed.fetchval(_REOPEN, workspace_id, webhook_id, at))
        if reopened < MOST_TOGETHER:
            await borrowed.execute(_ALL_OPEN, workspace_id, webhook_id)
    return reopened
