"""What grows old goes: messages after 30 days, and webhooks that were deleted, with theirs."""

from app.queries.connections import connection
from app.queries.webhooks.messages import KEPT_DAYS

MOST_TOGETHER = 10_000

_OLD = f"created_at < now() - interval '{KEPT_DAYS} days'"
_LEFT = (
    "EXISTS (SELECT FROM webhook WHERE webhook.workspace_id = webhook_message.workspace_id "
    "AND webhook.id = webhook_id AND deleted_at IS NOT NULL)"
)
_FORGET = (
    "WITH gone AS (DELETE FROM webhook_message WHERE (workspace_id, id) IN (SELECT workspace_id, id "
    f"FROM webhook_message WHERE {{which}} LIMIT {MOST_TOGETHER}) RETURNING id) SELECT count(*) FROM gone"
)
# Those that waited for one that is forgotten wait no more.
_RELEASE = (
    "UPDATE webhook_message AS message SET blocked_by = NULL WHERE blocked_by IS NOT NULL AND NOT EXISTS ("
    "SELECT FROM webhook_message AS earlier WHERE earlier.workspace_id = message.workspace_id "
    "AND earlier.id = message.blocked_by AND earlier.finished_at IS NULL)"
)
_FORGET_WEBHOOKS = (
    "DELETE FROM webhook WHERE deleted_at IS NOT NULL AND NOT EXISTS (SELECT FROM webhook_message "
    "WHERE webhook_message.workspace_id = webhook.workspace_id AND webhook_id = webhook.id)"
)


async def forget_old_messages() -> None:
    """Forget the messages, of all workspaces, whose days are over, and what is left of deleted webhooks."""
    async with connection() as borrowed:
        for which in (_OLD, _LEFT):
            while await borrowed.fetchval(_FORGET.format(which=which)) == MOST_TOGETHER:
                pass
        await borrowed.execute(_RELEASE)
        await borrowed.execute(_FORGET_WEBHOOKS)
