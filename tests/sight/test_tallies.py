"""What is too much for one pass is refused."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.compile import Scope
from app.filters.catalog import Catalog
from app.filters.checked import Condition, Sample, StatusIs
from app.filters.clock import Clock
from app.filters.problems import Refused
from app.filters.vocabulary import Status
from app.queries.contact_writes import ContactDraft, create_contact
from app.queries.sight import tallies
from app.queries.sight.tallies import MOST_CONDITIONS, tally_contacts


def _scope(catalog: Catalog) -> Scope:
    return Scope(catalog.workspace_id, Clock(datetime.now(UTC), catalog.zone))


def _samples(number: int) -> list[Condition]:
    return [Sample(Decimal(100), str(place), Decimal(0)) for place in range(number)]


async def _codes(conditions: list[Condition], catalog: Catalog) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        await tally_contacts(conditions, _scope(catalog), "filters")
    return [(problem.code.value, problem.path) for problem in refused.value.problems]


async def test_a_thousand_conditions_are_asked_and_no_more(catalog: Catalog) -> None:
    await create_contact(catalog, ContactDraft("ani@example.com", {}, [], []), Status.ACTIVE, "a form")
    most = _samples(MOST_CONDITIONS)
    counted = await tally_contacts(most, _scope(catalog))
    assert [counted.count(counted.answers[each]) for each in most] == [1] * MOST_CONDITIONS
    assert await _codes(_samples(MOST_CONDITIONS + 1), catalog) == [("TOO_MANY_CONDITIONS", "filters")]


async def test_too_many_ways_to_answer_are_refused(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Condition] = [StatusIs((Status.ACTIVE,)), StatusIs((Status.PENDING,))]
    for number, status in enumerate((Status.ACTIVE, Status.PENDING)):
        await create_contact(catalog, ContactDraft(f"{number}@example.com", {}, [], []), status, "a form")
    monkeypatch.setattr(tallies, "MOST_ANSWERS", 4)
    assert (await tally_contacts(asked, _scope(catalog))).everyone == 0b11
    monkeypatch.setattr(tallies, "MOST_ANSWERS", 3)
    assert await _codes(asked, catalog) == [("TOO_LARGE", "filters")]
