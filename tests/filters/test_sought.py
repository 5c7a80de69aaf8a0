"""What segments look for is found in their stored filters."""

from typing import Any

import pytest

from app.filters.sought import MOST_READ, sought_texts
from tests.filters.catalogs import field

CITY: dict[str, Any] = field("city", contains="Jakarta")
CASES: list[tuple[Any, dict[str, set[str]]]] = [
    (CITY, {"city": {"jakarta"}}),
    (
        {"and": [CITY, {"or": [{"not": field("city", matchesAny=["Bandung", "Medan "])}]}]},
        {"city": {"jakarta", "bandung", "medan"}},
    ),
    ({"and": [field("email", exactly="Ani@Example.com"), CITY]}, {"email": {"ani@example.com"}, "city": {"jakarta"}}),
    (field("phone", startsWith="0811"), {"phone": set()}),
    (field("phone", contains="0811"), {"phone": set()}),
    (field("city", contains="JK"), {"city": set()}),
    (field("orders", atLeast="5"), {"orders": set()}),
    ({"label": {"containsAny": [1]}}, {}),
    (None, {}),
]


@pytest.mark.parametrize(("document", "found"), CASES)
def test_sought_texts_are_found(document: Any, found: dict[str, set[str]]) -> None:
    assert sought_texts([document]) == found


def test_very_many_conditions_are_cut() -> None:
    many = ({"or": [field("city", contains=f"City {number}")]} for number in range(2 * MOST_READ))
    assert len(sought_texts(many)["city"]) == MOST_READ
