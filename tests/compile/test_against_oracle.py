"""Random filters mean the same people to PostgreSQL as to the oracle, and obey the laws of sets.

The seed of every failure is in its message; PILAH_SEED asks for another population and other filters.
"""

import os
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from tests.compile.peopled import Peopled, found, peopled
from tests.oracle.meaning import everyone, members
from tests.oracle.population import ZONES
from tests.oracle.world import Moment

SEED = os.environ.get("PILAH_SEED", "pilah")
TREES = 2_000
MANY_TREES = 50_000


@pytest.fixture(params=list(ZONES), scope="module")
async def there(request: pytest.FixtureRequest, pool: None) -> Peopled:
    """A peopled workspace in each of the zones."""
    return await peopled(request.param, f"{SEED} {os.getpid()}" if "PILAH_FRESH" in os.environ else SEED)


async def compare(there: Peopled, trees: int) -> None:
    """So many random filters, each at a random moment; a set is rarely empty or full, or this proves little."""
    proper = 0
    for place in range(trees):
        document, at = there.filters.tree(), there.random.choice(there.about)
        meant = members(document, Moment(there.world, at))
        assert await found(there, document, at) == meant, f"{SEED} #{place} {there.world.zone} {at}: {document}"
        proper += 0 < len(meant) < len(there.world.people)
    assert proper > trees / 3


async def test_means_the_same(there: Peopled) -> None:
    await compare(there, TREES // len(ZONES))


@pytest.mark.slow
@pytest.mark.timeout(3_600)
async def test_means_the_same_many_times(there: Peopled) -> None:
    await compare(there, MANY_TREES // len(ZONES))


async def test_obeys_the_laws_of_sets(there: Peopled) -> None:
    all_of_them = everyone(there.world)
    for _ in range(20):
        at = there.random.choice(there.about)

        async def ids(document: Any) -> frozenset[int]:
            return await found(there, document, at)  # noqa: B023 - awaited within the round

        one, other = there.filters.tree(4, 10), there.filters.tree(4, 10)
        has_one, has_other = await ids(one), await ids(other)
        assert await ids({"not": one}) == all_of_them - has_one, one
        assert await ids({"not": {"not": one}}) == has_one, one
        assert await ids({"and": [one, other]}) == has_one & has_other
        assert await ids({"or": [one, other]}) == has_one | has_other
        assert await ids({"not": {"and": [one, other]}}) == await ids({"or": [{"not": one}, {"not": other}]})
        assert await ids({"not": {"or": [one, other]}}) == await ids({"and": [{"not": one}, {"not": other}]})


@pytest.mark.parametrize(
    ("key", "units"),
    [("last_visit", ("HOUR", "DAY", "WEEK")), ("created_at", ("HOUR", "DAY", "WEEK")),
     ("birthday", ("DAY", "WEEK", "MONTH", "YEAR"))],
)  # fmt: skip
async def test_what_was_long_ago_stays_so(there: Peopled, key: str, units: tuple[str, ...]) -> None:
    about = sorted(there.about)
    moments = [*about, *(moment + timedelta(minutes=minutes) for moment in about[:6] for minutes in (20, 40, 60, 90))]
    for unit in units:
        asked = {"field": {"key": key, "test": {"moreThanAgo": {"amount": 1, "unit": unit}}}}
        for earlier, later in pairwise([await found(there, asked, at) for at in sorted(moments)]):
            assert earlier <= later, unit


@pytest.mark.parametrize("key", ["last_visit", "created_at", "birthday"])
async def test_long_ago_and_lately_part_the_past(there: Peopled, key: str) -> None:
    for _ in range(20):
        at = there.random.choice(there.about)
        duration = there.filters.duration(("DAY", "WEEK", "MONTH", "YEAR"))

        async def passing(test: str, asked: Any) -> frozenset[int]:
            return await found(there, {"field": {"key": key, "test": {test: asked}}}, at)  # noqa: B023

        long_ago, lately = await passing("moreThanAgo", duration), await passing("withinLast", duration)
        soon, far = await passing("withinNext", duration), await passing("moreThanFromNow", duration)
        none = {"amount": 0, "unit": "DAY"}
        future, past = await passing("moreThanFromNow", none), await passing("moreThanAgo", none)
        assert not long_ago & lately, duration
        assert not soon & far, duration
        assert long_ago | lately == await passing("isEmpty", False) - future, duration
        assert soon | far == await passing("isEmpty", False) - past, duration


async def test_slices_of_one_seed_part_everyone(there: Peopled) -> None:
    for seed in ("autumn", "Ω", ""):
        slices = [
            await found(there, {"sample": {"percent": 12.5, "seed": seed, "offset": 12.5 * place}}, there.about[0])
            for place in range(8)
        ]
        assert sum(map(len, slices)) == len(there.world.people)
        assert frozenset().union(*slices) == everyone(there.world)
        assert all(10 < len(one) < 80 for one in slices)
