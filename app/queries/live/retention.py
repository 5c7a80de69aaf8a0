"""For how long the ledger is kept, and since when it is there."""

from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from app.queries.connections import connection
from app.queries.rounds import repeated

SECONDS_BETWEEN_ROUNDS: Final = 3_600.0
FORGOTTEN_AT_ONCE: Final = 10_000
# A round is also made by whoever stops, who isn't to wait for long.
MOST_PORTIONS: Final = 20

# The ids of a workspace are in the order of time: the oldest rows are the first.
_FORGET = (
    "WITH gone AS (DELETE FROM membership_change WHERE workspace_id = $1 AND changed_at < $2 AND id = ANY(ARRAY("
    "SELECT id FROM membership_change WHERE workspace_id = $1 ORDER BY id LIMIT $3)) RETURNING id), "
    "noted AS (UPDATE live_workspace SET ledger_after = (SELECT max(id) FROM gone), ledger_since = $2 "
    "WHERE workspace_id = $1 AND EXISTS (SELECT FROM gone)) SELECT count(*) FROM gone"
)


@dataclass(frozen=True, slots=True)
class LedgerBeginning:
    """The ledger is there behind this id, and all that happened since this moment; without one, all ever."""

    after: int = 0
    since: datetime | None = None


def ledger_kept(days: int) -> AbstractAsyncContextManager[None]:
    """Rows that are older than so many days go, hourly, for as long as the context lasts; of 0 days none does."""
    return repeated("ledger", partial(forget_ledger, days), SECONDS_BETWEEN_ROUNDS) if days else nullcontext()


async def forget_ledger(days: int) -> None:
    """Remove rows of all workspaces that are older than so many days: many of them, the others the next time."""
    before = datetime.now(UTC) - timedelta(days=days)
    async with connection() as borrowed:
        for (workspace_id,) in await borrowed.fetch("SELECT id FROM workspace"):
            for _ in range(MOST_PORTIONS):
                if await borrowed.fetchval(_FORGET, workspace_id, before, FORGOTTEN_AT_ONCE) < FORGOTTEN_AT_ONCE:
                    break


async def ledger_beginning(workspace_id: int) -> LedgerBeginning:
    """What there is of a workspace's ledger."""
    async with connection() as borrowed:
        row = await borrowed.fetchrow(
            "SELECT ledger_after, ledger_since FROM live_workspace WHERE workspace_id = $1", workspace_id
        )
    return LedgerBeginning() if row is None else LedgerBeginning(*row)
