"""The ledger is kept for so many days, and it is known since when it is there."""

from datetime import UTC, datetime, timedelta

import pytest

from app.queries.connections import connection
from app.queries.live.retention import LedgerBeginning, forget_ledger, ledger_beginning, ledger_kept


async def write_ledger(workspace: int, ages: list[int]) -> list[int]:
    """The ids of a row for each age in days."""
    now = datetime.now(UTC)
    async with connection() as borrowed:
        await borrowed.execute("INSERT INTO live_workspace (workspace_id) VALUES ($1)", workspace)
        return [
            await borrowed.fetchval(
                "INSERT INTO membership_change (workspace_id, segment_id, contact_id, is_entering, reason, changed_at) "
                "VALUES ($1, 1, 1, TRUE, 'CONTACT_CHANGED', $2) RETURNING id",
                workspace,
                now - timedelta(days=age),
            )
            for age in ages
        ]


async def left(workspace: int) -> list[int]:
    """The ids of the rows that there are."""
    async with connection() as borrowed:
        rows = await borrowed.fetch("SELECT id FROM membership_change WHERE workspace_id = $1 ORDER BY 1", workspace)
    return [row[0] for row in rows]


@pytest.mark.parametrize(("ages", "removed"), [([], 0), ([9, 1], 0), ([40, 31, 29, 0], 2), ([40, 40], 2)], ids=str)
async def test_old_rows_are_removed(workspace: int, ages: list[int], removed: int) -> None:
    ids = await write_ledger(workspace, ages)
    before = datetime.now(UTC) - timedelta(days=30)
    await forget_ledger(30)
    assert await left(workspace) == ids[removed:]
    beginning = await ledger_beginning(workspace)
    if removed:
        assert beginning.after == ids[removed - 1]
        assert beginning.since is not None
        assert before <= beginning.since <= datetime.now(UTC) - timedelta(days=30)
    else:
        assert beginning == LedgerBeginning()


@pytest.mark.parametrize(("days", "removed"), [(0, 0), (30, 1)])
async def test_no_days_keep_it_for_ever(workspace: int, days: int, removed: int) -> None:
    ids = await write_ledger(workspace, [1_000, 0])
    async with ledger_kept(days):
        pass
    assert await left(workspace) == ids[removed:]


async def test_nothing_known_is_all_there(workspace: int) -> None:
    assert await ledger_beginning(workspace) == LedgerBeginning()
