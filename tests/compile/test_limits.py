"""What is just within the language's limits is within PostgreSQL's too."""

from datetime import UTC, datetime
from functools import reduce
from typing import Any

import pytest

from app.queries.segments import create_dynamic
from tests.compile.peopled import Peopled, found, peopled
from tests.oracle.meaning import members
from tests.oracle.world import Moment

AT = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
async def few(pool: None) -> Peopled:
    return await peopled("Asia/Jakarta", "limits", people=40, segments=1)


def texts(count: int, about: str) -> list[str]:
    return [f"{about} {number}" for number in range(count - 1)] + ["Jakarta"]


def field(key: str, **test: Any) -> dict[str, Any]:
    return {"field": {"key": key, "test": test}}


WIDEST = {
    "containsAny": {"or": [field("city", containsAny=texts(1000, f"c{place}")) for place in range(100)]},
    "matchesAny": {"or": [field("note", matchesAny=texts(1000, f"m{place}")) for place in range(100)]},
    "look-ups": {"or": [field("note", matchesAny=texts(50, f"m{place}")) for place in range(100)]},
    "e-mails": {"or": [field("email", matchesAny=texts(1000, f"m{place}")) for place in range(100)]},
    "long texts": {"or": [field("city", contains=chr(97 + place % 26) * 1000) for place in range(100)]},
    "deep": reduce(
        lambda inner, _: {"or": [{"not": inner}] * 2}, range(3), {"or": [field("city", contains="a")] * 12}
    ),
    "during": {"and": [field("last_visit", during={"from": "0001-01-01", "to": "9999-12-31"})] * 100},
}


@pytest.mark.parametrize("name", WIDEST)
async def test_the_widest_filters_run(few: Peopled, name: str) -> None:
    assert await found(few, WIDEST[name], AT) == members(WIDEST[name], Moment(few.world, AT))


async def test_the_most_conditions_in_segments_run(few: Peopled) -> None:
    inner = [
        {"or": [field("note", matchesAny=texts(50, f"{segment} {place}")) for place in range(100)]}
        for segment in range(10)
    ]
    ids = [await create_dynamic(few.workspace, f"wide {place}", document) for place, document in enumerate(inner)]
    meant = members(field("note", matches="Jakarta"), Moment(few.world, AT))
    assert await found(few, {"segment": {"inAny": ids}}, AT) == meant
