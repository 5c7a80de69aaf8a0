"""Values, spreads and labels are told as they are counted by hand over the oracle's people."""

from collections import Counter
from datetime import UTC, date, datetime
from fractions import Fraction
from math import ceil
from typing import Any

import pytest

from app.compile import Scope, condition
from app.compile.clause import Clause
from app.filters.catalog import Catalog
from app.filters.check import check
from app.filters.clock import Clock
from app.filters.folding import fold
from app.filters.insight.distributions import MOST_BUCKETS, PERCENTS, filled_up
from app.queries.catalogs import current_catalog
from app.queries.insight.labels import label_counts
from app.queries.insight.spread import spread
from app.queries.insight.suggesting import suggest
from app.queries.insight.values import LONGEST_TOLD, values
from tests.compile.peopled import Peopled, peopled
from tests.oracle.meaning import compared, entered, everyone, members
from tests.oracle.world import Moment

TEXTS = ("city", "note", "tier", "member", "name", "source", "external_id", "email")
LINES = ("spend", "score", "birthday", "last_visit", "created_at", "last_opened_at")
FILTERS: tuple[Any, ...] = (
    None,
    {"status": ["ACTIVE", "PENDING"]},
    {"field": {"key": "city", "test": {"isEmpty": True}}},
    {"and": [{"status": ["ACTIVE"]}, {"not": {"status": ["ACTIVE"]}}]},
)


@pytest.fixture(scope="module")
async def there(pool: None) -> Peopled:
    """A workspace of hostile people."""
    return await peopled("Asia/Jakarta", "insight")


async def asked(there: Peopled, document: Any) -> tuple[Catalog, list[Clause], frozenset[int]]:
    """The catalog, the conditions, and who is meant."""
    catalog, at = await current_catalog(there.workspace), there.about[0]
    if document is None:
        return catalog, [], everyone(there.world)
    holds = condition(check(document, catalog), Scope(there.workspace, Clock(at, catalog.zone)))
    return catalog, [holds], members(document, Moment(there.world, at))


@pytest.mark.parametrize("document", FILTERS, ids=["everyone", "some", "without-city", "no-one"])
@pytest.mark.parametrize("key", TEXTS)
async def test_values_are_counted_as_compared(there: Peopled, key: str, document: Any) -> None:
    catalog, conditions, meant = await asked(there, document)
    found = await values(there.workspace, catalog.fields[key], conditions)
    held = {number: value for number, value in compared(there.world, key).items() if number in meant}
    counts = Counter(str(value).lower()[:LONGEST_TOLD] if key != "email" else value for value in held.values())
    assert (found.filled, found.empty, found.distinct) == (len(held), len(meant) - len(held), len(counts))
    assert [each.contacts for each in found.values] == sorted(counts.values(), reverse=True)[:100]


async def test_value_is_shown_as_most_often_entered(there: Peopled) -> None:
    catalog, conditions, _ = await asked(there, None)
    found = await values(there.workspace, catalog.fields["city"], conditions)
    spelled: dict[str, Counter[str]] = {}
    for number, text in entered(there.world, "city").items():
        value = compared(there.world, "city")[number][:LONGEST_TOLD]
        spelled.setdefault(value, Counter())[text[:LONGEST_TOLD]] += 1
    expected = sorted((spellings.total(), max(spellings.values())) for spellings in spelled.values())
    told = [(each.contacts, max(counter[each.shown] for counter in spelled.values())) for each in found.values]
    assert len(spelled) > 20
    assert sorted(told) == expected


async def test_some_tell_how_values_are_entered(there: Peopled) -> None:
    catalog, conditions, _ = await asked(there, None)
    every = await values(there.workspace, catalog.fields["city"], conditions)
    some = await values(there.workspace, catalog.fields["city"], conditions, most_tell=0)
    assert [each.contacts for each in some.values] == [each.contacts for each in every.values]
    assert [fold(each.shown) for each in some.values] == [fold(each.shown) for each in every.values]


async def test_sample_suggests_and_else_all(there: Peopled) -> None:
    catalog, conditions, _ = await asked(there, None)
    for key, prefix in (("city", ""), ("city", "j"), ("city", "nowhere"), ("note", "100%")):
        field = catalog.fields[key]
        every = await suggest(there.workspace, field, prefix, conditions, 100)
        assert await suggest(there.workspace, field, prefix, conditions, 100, fewest=0) == every
        told = sum(str(value).startswith(prefix) for value in compared(there.world, key).values())
        assert sum(each.contacts for each in every) == told


def place(value: Any) -> Fraction:
    """Where a value lies on its line."""
    match value:
        case datetime():
            return Fraction(value.replace(tzinfo=UTC).timestamp() // 3600)
        case date():
            return Fraction((value - date(1970, 1, 1)).days)
        case _:
            return Fraction(value)


@pytest.mark.parametrize("document", FILTERS, ids=["everyone", "some", "without-city", "no-one"])
@pytest.mark.parametrize("key", LINES)
async def test_spread_is_that_of_the_values(there: Peopled, key: str, document: Any) -> None:
    catalog, conditions, meant = await asked(there, document)
    found = await spread(there.workspace, catalog.fields[key], conditions)
    held = sorted(place(value) for number, value in compared(there.world, key).items() if number in meant)
    assert (found.filled, found.empty, found.distinct) == (len(held), len(meant) - len(held), len(set(held)))
    if not held:
        assert (found.least, found.greatest, found.quantiles, found.buckets) == (None, None, (), {})
        return
    assert [found.least, found.greatest] == [held[0], held[-1]]
    assert [*found.quantiles] == [held[ceil(len(held) * percent / 100) - 1] for percent in PERCENTS]
    for start, contacts in found.buckets.items():
        assert contacts == sum(start <= each < Fraction(start) + Fraction(found.step) for each in held)
    assert sum(found.buckets.values()) == len(held)
    shown = filled_up(catalog.fields[key].type, found.step, found.buckets)
    assert len(shown) <= MOST_BUCKETS
    assert sum(bucket.contacts for bucket in shown) == len(held)
    assert len({bucket.start for bucket in shown}) == len(shown)


@pytest.mark.parametrize("document", FILTERS, ids=["everyone", "some", "without-city", "no-one"])
async def test_labels_are_counted(there: Peopled, document: Any) -> None:
    catalog, conditions, meant = await asked(there, document)
    known = [*catalog.labels][:5]
    found = await label_counts(there.workspace, known, conditions)
    people = [person for person in there.world.people if person.id in meant]
    expected = {id: sum(id in person.labels for person in people) for id in known}
    assert found.by_label == {id: contacts for id, contacts in expected.items() if contacts}
    assert (found.contacts, found.labelled) == (len(people), sum(bool({*known} & person.labels) for person in people))
