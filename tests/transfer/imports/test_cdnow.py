"""23,570 real customers, and counts that somebody else counted."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from app.compile import Scope, condition
from app.filters.check import check
from app.filters.clock import Clock
from app.queries.catalogs import current_catalog
from app.queries.connections import connection
from app.queries.contacts import count_contacts
from tests.conftest import WorkspaceMaker
from tests.transfer.imports.loading import Dock

DATA = Path(__file__).parents[4] / "shared" / "data"
CUSTOMERS, ANSWERS = DATA / "cdnow-customers.csv", DATA / "cdnow-answers.txt"
AT = datetime(1998, 6, 30, 12, tzinfo=UTC)

needs_data = pytest.mark.skipif(not CUSTOMERS.exists(), reason="the customers' file is not here")


def field(key: str, **test: Any) -> dict[str, Any]:
    return {"field": {"key": key, "test": test}}


INACTIVE = field("last_purchase", moreThanAgo={"amount": 30, "unit": "DAY"})
LARGE = {"or": [field("total_spent", greaterThan="500"), field("cds", atLeast=30)]}
ONE_DAY = "first_purchase = last_purchase"

QUESTIONS = {
    "last_purchase more than 30 days": INACTIVE,
    "orders >= 5": field("orders", atLeast=5),
    "orders >= 5 and last_purchase before": {
        "and": [field("orders", atLeast=5), field("last_purchase", before="1998-05-31")]
    },
    "total_spent > 500 or cds >= 30": LARGE,
    "not (total_spent > 500 or cds >= 30)": {"not": LARGE},
    "total_spent between 50 and 100": field("total_spent", between={"from": 50, "to": 100}),
    "customer_id (text) ends with 7": field("customer_id", endsWith="7"),
    "customer_id (text) contains 99": field("customer_id", contains="99"),
}


def answers() -> dict[str, int]:
    found = (re.fullmatch(r"(.+?): (\d+)", line) for line in ANSWERS.read_text().splitlines())
    return {match[1]: int(match[2]) for match in found if match}


@needs_data
async def test_the_counts_are_right(make_workspace: WorkspaceMaker, dock: Dock) -> None:
    workspace = await make_workspace("UTC")
    done = await dock.load(CUSTOMERS.read_bytes(), into=workspace)
    expected = answers()
    assert done.numbers == (expected.pop("rows"), 0, 0, 0)
    catalog = await current_catalog(workspace)
    scope = Scope(workspace, Clock(AT, catalog.zone))
    for words, count in expected.items():
        if words.startswith(ONE_DAY):
            assert await one_day_buyers(workspace) == count
            continue
        question = max((known for known in QUESTIONS if words.startswith(known)), key=len)
        found = await count_contacts(workspace, [condition(check(QUESTIONS[question], catalog), scope)])
        assert found == count, words
    assert len(expected) == len(QUESTIONS) + 1


async def one_day_buyers(workspace: int) -> int:
    """Two fields against each other, which no filter asks: whether the dates arrived as they were."""
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            "SELECT folded ->> 'first_purchase', folded ->> 'last_purchase' FROM contact WHERE workspace_id = $1",
            workspace,
        )
    return sum(date.fromisoformat(row[0]) == date.fromisoformat(row[1]) for row in rows)
