"""A filter names what it uses itself, and nothing that only its segments use."""

import pytest

from app.filters.check import check
from app.filters.references import References, references
from tests.filters.catalogs import field, in_any, with_segments

CATALOG = with_segments(
    {10: field("spend", equals=1), 11: {"and": [in_any(10), {"label": {"containsAny": ["VIP"]}}]}}
)


@pytest.mark.parametrize(
    ("document", "fields", "labels", "segments"),
    [
        ({"status": ["ACTIVE"]}, set(), set(), set()),
        ({"sample": {"percent": 5, "seed": "s"}}, set(), set(), set()),
        ({"label": {"isEmpty": True}}, set(), set(), set()),
        (in_any(11, 9), set(), set(), {11, 9}),
        ({"and": [field("city", contains="a"), {"not": {"or": [field("email", isEmpty=True), field("city",
         matches="b")]}}]},
         {"city", "email"}, set(), set()),
        ({"or": [{"label": {"containsAny": ["VIP"]}}, {"not": {"label": {"containsAll": ["None", 2]}}}, in_any(10)]},
         set(), {1, 2, 3}, {10}),
    ],
)  # fmt: skip
def test_refers_to(document: object, fields: set[str], labels: set[int], segments: set[int]) -> None:
    expected = References(frozenset(fields), frozenset(labels), frozenset(segments))
    assert references(check(document, CATALOG)) == expected
