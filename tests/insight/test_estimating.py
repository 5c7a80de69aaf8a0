"""An estimate's interval holds whatever the population is like, and its sample is the same at each asking."""

from collections.abc import Callable
from itertools import accumulate
from random import Random

import pytest

from app.compile.clause import Clause, write
from app.filters.insight.estimates import Estimate, Run, counted, estimate
from app.queries.connections import connection
from app.queries.insight.census import Census, census
from app.queries.insight.estimating import estimate_contacts
from app.queries.insight.sampling import sampled, sampled_share, stretches
from tests.conftest import WorkspaceMaker

CONTACTS = 200_000
SAMPLES = 200
LEAST_HELD = 0.93

Matches = Callable[[Random, int], bool]


def share(of: float) -> Matches:
    """So many, each by itself."""
    return lambda random, _: random.random() < of


def imported(every: int, of: int) -> Matches:
    """Whole imports in order: of each `every` contacts the first `of`."""
    return lambda _, id: id % every < of


POPULATIONS: dict[str, Matches] = {
    "half": share(0.5),
    "tenth": share(0.1),
    "one-in-a-thousand": share(0.001),
    "five-in-all": share(5 / CONTACTS),
    "all-but-few": share(0.9995),
    "first-third": lambda _, id: id < CONTACTS // 3,
    "more-and-more": lambda random, id: random.random() < id / CONTACTS,
    "imports-of-thousands": imported(10_000, 3_000),
    "imports-of-hundreds": imported(1_000, 300),
    "imports-of-tens": imported(100, 30),
    "one-small-import": lambda _, id: 123_400 <= id < 123_500,
    "rare-small-imports": imported(40_000, 20),
    "one-import-mixed": lambda random, id: id > 170_000 and random.random() < 0.3,
}


@pytest.mark.parametrize("name", list(POPULATIONS))
def test_interval_holds_93_of_100_times(name: str) -> None:
    random = Random(f"people {name}")
    matches = POPULATIONS[name]
    before = [0, *accumulate(int(matches(random, id)) for id in range(CONTACTS))]
    found = [estimate(_runs(before, random), CONTACTS) for _ in range(SAMPLES)]
    held = sum(each.low <= before[-1] <= each.high for each in found)
    assert held >= LEAST_HELD * SAMPLES, f"{held} of {SAMPLES}"


def _runs(before: list[int], random: Random) -> list[Run]:
    cut = stretches(Census(CONTACTS, 0, CONTACTS - 1, 0))
    found = []
    for stretch in range(cut.first, cut.last + 1):
        start = min(stretch * cut.length + random.randrange(0, cut.length, cut.run), CONTACTS)
        end = min(start + cut.run, CONTACTS)
        found.append(Run(end - start, before[end] - before[start]))
    return found


def test_nothing_seen_proves_nothing() -> None:
    assert estimate([Run(0, 0)] * 9, 1_000) == Estimate(0, 0, 1_000, 0, 1_000)


@pytest.fixture
async def arrived(workspace: int) -> int:
    """A workspace of 3,000 contacts, of whom each third one is PENDING."""
    await _arrive(workspace, 1, 3_000)
    return workspace


async def _arrive(workspace: int, first: int, last: int) -> None:
    async with connection() as borrowed:
        await borrowed.execute(
            "INSERT INTO contact (workspace_id, email, email_folded, status, label_ids, fields, folded, created_at, updated_at) "
            "SELECT $1, address, address, CASE WHEN number % 3 = 0 THEN 'PENDING' ELSE 'ACTIVE' END, '{}', '{}', '{}', "
            "now(), now() "
            "FROM generate_series($2::int, $3::int) AS number CROSS JOIN LATERAL (SELECT number || '@x.example') AS a(address)",
            workspace,
            first,
            last,
        )


PENDING = Clause("contact.status = 'PENDING'")


async def test_few_contacts_are_counted(arrived: int) -> None:
    assert await estimate_contacts(arrived, PENDING) == counted(1_000, 3_000)


async def test_many_contacts_are_sampled_alike_each_time(arrived: int) -> None:
    found = await estimate_contacts(arrived, PENDING, fewest=0)
    assert found == await estimate_contacts(arrived, PENDING, fewest=0)
    assert found.low <= 1_000 <= found.high
    assert (found.sampled, found.of) == (3_000, 3_000)


async def test_sample_is_of_the_workspace_alone(arrived: int, make_workspace: WorkspaceMaker) -> None:
    await _arrive(await make_workspace(), 1, 500)
    await _arrive(arrived, 3_001, 3_500)
    known = await census(arrived)
    values: list[object] = []
    source = write(sampled(arrived, known), values)
    async with connection() as borrowed:
        rows = await borrowed.fetch(f"SELECT contact.workspace_id, contact.id FROM {source}", *values)
    assert {row[0] for row in rows} == {arrived}
    assert len({*rows}) == len(rows)
    assert 0.5 < len(rows) / (sampled_share(known) * known.contacts) < 2


async def test_census_grows_with_the_workspace(arrived: int) -> None:
    before = await census(arrived)
    await _arrive(arrived, 3_001, 3_200)
    after = await census(arrived)
    assert (before.contacts, after.contacts) == (3_000, 3_200)
    assert (after.first, after.last > before.last) == (before.first, True)
