"""A forecast says of each moment what a count as of that moment says, and the oracle."""

import os
from datetime import timedelta

import pytest

from app.compile import Scope
from app.filters.check import check
from app.filters.clock import Clock
from app.queries.catalogs import current_catalog
from app.queries.insight.forecasting import count_at
from tests.compile.peopled import Peopled, found, peopled
from tests.oracle.meaning import members
from tests.oracle.world import Moment

SEED = os.environ.get("PILAH_SEED", "forecast")
ZONES = ("Asia/Jakarta", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia")
TREES = 60
UNITS = ("HOUR", "DAY", "WEEK", "MONTH", "YEAR")


@pytest.fixture(params=ZONES, scope="module")
async def there(request: pytest.FixtureRequest, pool: None) -> Peopled:
    """A peopled workspace in each of the zones."""
    return await peopled(request.param, SEED)


async def test_agrees_with_the_oracle(there: Peopled) -> None:
    catalog = await current_catalog(there.workspace)
    varied = 0
    for place in range(TREES):
        document = relative(there) if place % 3 else there.filters.tree(4, 12)
        ats = [
            there.random.choice(there.about) + timedelta(hours=there.random.choice((0, 0, 5, -700))) for _ in range(6)
        ]
        scopes = [Scope(there.workspace, Clock(at, catalog.zone)) for at in ats]
        counts = await count_at(check(document, catalog), scopes)
        meant = [len(members(document, Moment(there.world, at))) for at in ats]
        assert counts == meant, f"{SEED} #{place} {there.world.zone} {ats}: {document}"
        varied += len(set(counts)) > 1
    assert varied > TREES / 4


async def test_many_kinds_are_asked_moment_by_moment(there: Peopled) -> None:
    catalog = await current_catalog(there.workspace)
    document = {"or": [relative(there), {"not": relative(there)}, relative(there)]}
    scopes = [Scope(there.workspace, Clock(at, catalog.zone)) for at in there.about[:5]]
    tree = check(document, catalog)
    expected = [len(await found(there, document, at)) for at in there.about[:5]]
    assert await count_at(tree, scopes, most_kinds=0) == await count_at(tree, scopes) == expected


def relative(there: Peopled) -> dict[str, object]:
    """A filter of a few relative tests, and of something else."""
    random = there.random
    parts: list[dict[str, object]] = [asked(there) for _ in range(random.choice((1, 2, 2, 3)))]
    parts = [{"not": part} if random.random() < 0.3 else part for part in parts]
    if random.random() < 0.6:
        parts.append(there.filters.tree(2, 3))
    return {random.choice(("and", "or")): parts}


def asked(there: Peopled) -> dict[str, object]:
    """A relative test of a date or a moment."""
    random = there.random
    key = random.choice(("birthday", "birthday", "last_visit", "created_at", "last_opened_at"))
    word = random.choice(("moreThanAgo", "withinLast", "withinNext", "moreThanFromNow", "period", "anniversary"))
    if word == "period":
        return {
            "field": {
                "key": key,
                "test": {"period": random.choice(("TODAY", "LAST_WEEK", "THIS_MONTH", "THIS_YEAR"))},
            }
        }
    units = UNITS[1:] if key == "birthday" or word == "anniversary" else UNITS
    amount = {"amount": random.choice((0, 1, 2, 30, 365)), "unit": random.choice(units)}
    if word == "anniversary":
        amount = {"amount": random.choice((0, 1, 30, 300)), "unit": "DAY"}
    return {"field": {"key": key, "test": {word: amount}}}
