"""Whatever happens, members, ledger and counts are what the oracle says, once the engine has caught up."""

import os
from collections import defaultdict
from pathlib import Path

import pytest

from app.live.auditing import audit_next
from app.live.pace import Pace
from app.queries.connections import connection
from tests.compile.peopled import peopled
from tests.live.engine import NEXT_IN_TURN
from tests.live.histories import History, history_of
from tests.oracle.meaning import held
from tests.oracle.world import Moment

SEED = os.environ.get("PILAH_SEED", "pilah")
ZONES = ("Asia/Jakarta", "America/Sao_Paulo", "Australia/Lord_Howe", "Europe/Berlin")


async def hold_against_the_oracle(history: History) -> int:
    """How many memberships there are, which are right."""
    moment = Moment(await history.world(), history.at)
    meant = {id: held(id, moment) for id in history.documents}
    async with connection() as borrowed:
        kept = await borrowed.fetch(
            "SELECT segment_id, contact_id FROM segment_member WHERE workspace_id = $1", history.workspace
        )
        counts = await borrowed.fetch(
            "SELECT segment_id, members, ready_at FROM live_segment WHERE workspace_id = $1", history.workspace
        )
        told = await borrowed.fetch(
            "SELECT segment_id, contact_id, is_entering FROM membership_change WHERE workspace_id = $1 ORDER BY id",
            history.workspace,
        )
    found: dict[int, set[int]] = defaultdict(set)
    for row in kept:
        found[row[0]].add(row[1])
    for id, ids in meant.items():
        assert found[id] == ids, f"{SEED} {history.at} {history.documents[id]}"
    assert {row[0]: row[1] for row in counts} == {id: len(ids) for id, ids in meant.items()}
    assert all(row["ready_at"] for row in counts)
    assert _by_ledger([tuple(row) for row in told]) == {id: ids for id, ids in found.items() if ids}
    return len(kept)


def _by_ledger(told: list[tuple[int, int, bool]]) -> dict[int, set[int]]:
    """Who is in by the ledger; nobody enters twice, or leaves before he has entered."""
    inside: dict[int, set[int]] = defaultdict(set)
    for segment, contact, is_entering in told:
        assert (contact in inside[segment]) is not is_entering
        (inside[segment].add if is_entering else inside[segment].discard)(contact)
    return {id: ids for id, ids in inside.items() if ids}


async def live_through(zone: str, seed: str, acts: int, folder: Path) -> History:
    """A history of so many acts and a few imports, looked at now and then; no audit finds anything wrong."""
    there = await peopled(zone, seed, people=60, segments=9)
    history = history_of(there, seed)
    for _ in range(12):
        await history.create_segment()
    for _ in range(40):
        await history.change()
    await history.settle()
    for place in range(acts):
        await (history.load(folder) if place % 40 == 20 else history.act())
        if place % 5 == 4:
            await history.settle()
            assert await hold_against_the_oracle(history)
    assert await repairs(history) == 0
    return history


async def repairs(history: History) -> int:
    """How much audits have mended, one of everything included."""
    told: list[int] = []
    async with connection() as borrowed:
        for _ in history.documents:
            await borrowed.execute(NEXT_IN_TURN, history.workspace)
            told.append(await audit_next(Pace(), history.at))
        repaired = await borrowed.fetchval(
            "SELECT count(*) FROM membership_change WHERE workspace_id = $1 AND reason = 'REPAIRED'",
            history.workspace,
        )
    return int(repaired) + sum(told)


@pytest.mark.parametrize("zone", ZONES)
async def test_kept_membership_is_what_the_oracle_says(pool: None, tmp_path: Path, zone: str) -> None:
    history = await live_through(zone, f"{SEED} lives", 120, tmp_path)
    assert history.kills


@pytest.mark.slow
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("zone", ZONES)
async def test_kept_membership_is_so_for_long(pool: None, tmp_path: Path, zone: str) -> None:
    kills = 0
    for number in range(20):
        kills += (await live_through(zone, f"{SEED} lives {number}", 450, tmp_path)).kills
    print(f"{kills} steps were broken off")
