"""How long insight, estimates and forecasts take over HTTP, beside one exact count in the same rounds.

uv run python -m tests.benchmarks.insight --contacts 1000000
"""

import argparse
import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from app.compile import Scope, condition
from app.filters.check import check
from app.filters.clock import Clock
from app.queries.contacts import count_contacts
from app.queries.insight.estimating import estimate_contacts
from tests.benchmarks.caller import Caller, request
from tests.benchmarks.ground import Ground, database, ground
from tests.benchmarks.questions import questions
from tests.benchmarks.rounds import figure, medians
from tests.benchmarks.serving import served

SEEDS = 100
COUNT = "query ($filter: FilterInput!) { previewSegment(filter: $filter) { count } }"
ESTIMATE = "query ($filter: FilterInput!) { previewSegment(filter: $filter) { count(mode: ESTIMATE) } }"
ALL = "{ contacts(first: 1) { totalCount } }"
FIELD = """query ($key: String!) { fieldInsight(key: $key) {
  filled empty distinct values { value contacts } range { least histogram { contacts } quantiles { value } } } }"""
LABELS = "{ labelInsight { labelled labels { contacts } } }"
SUGGESTIONS = """query ($key: String!, $prefix: String!) {
  valueSuggestions(key: $key, prefix: $prefix) { value contacts } }"""
SERIES = """query ($filter: FilterInput!, $points: Int!) {
  previewSegment(filter: $filter) { forecastSeries(points: $points) { count } } }"""
FIELDS = (
    "city",
    "plan",
    "favourite_category",
    "newsletter",
    "orders",
    "total_spent",
    "birthday",
    "last_visit",
    "phone",
)
JAKARTA = {"field": {"key": "city", "test": {"contains": "Jakarta"}}}
MONTH = {"amount": 30, "unit": "DAY"}
LAPSED = {"field": {"key": "last_purchase", "test": {"moreThanAgo": MONTH}}}
QUIET = {"field": {"key": "last_visit", "test": {"moreThanAgo": MONTH}}}
ESTIMATED = ("contains_common", "last_purchase_30_days", "or_with_not", "negation", "contains_rare", "label_rare")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the exact count that it is held against."""

    name: str
    query: str
    variables: dict[str, Any]
    count: dict[str, Any]
    most: float | None = None


def asked(on: Ground) -> Iterator[Asked]:
    """All of them; a bound is the times of the exact count that it may take."""
    for key in FIELDS:
        yield Asked(f"field_{key}", FIELD, {"key": key}, JAKARTA, 1.5 if key == "city" else None)
    yield Asked("field_email", FIELD, {"key": "email"}, JAKARTA)
    yield Asked("labels", LABELS, {}, JAKARTA)
    for key, prefix in (("city", "ja"), ("email", "wati.w"), ("name", "zahra w")):
        yield Asked(f"suggest_{key}", SUGGESTIONS, {"key": key, "prefix": prefix}, JAKARTA)
    for question in questions(on):
        if question.name in ESTIMATED[:4]:
            yield Asked(f"estimate_{question.name}", ESTIMATE, {"filter": question.filter}, question.filter, 0.1)
    both = {"and": [{"status": ["ACTIVE"]}, LAPSED, QUIET, JAKARTA]}
    for name, filter in (("date", LAPSED), ("moment", QUIET), ("both", both)):
        yield Asked(f"forecast_30_{name}", SERIES, {"filter": filter, "points": 30}, filter)


async def timed(one: Asked, on: Ground, caller: Caller) -> tuple[float, float, float]:
    """Milliseconds of the question, of the exact count, and of counting all contacts."""
    question = request("/graphql", on.token, one.query, one.variables)
    count = request("/graphql", on.token, COUNT, {"filter": one.count})
    everyone = request("/graphql", on.token, ALL, {})
    await caller.data(question)
    own, exact, bare = await medians(
        [lambda: caller.ask(question), lambda: caller.ask(count), lambda: caller.ask(everyone)]
    )
    return own, exact, bare


async def held(on: Ground) -> list[tuple[str, int, float]]:
    """For each filter, for how many seeds the interval holds, and its mean width as a share of all contacts."""
    scope = Scope(on.workspace, Clock(datetime.now(UTC), on.catalog.zone))
    found = []
    for question in questions(on):
        if question.name in ESTIMATED:
            holds = condition(check(question.filter, on.catalog), scope)
            truth = await count_contacts(on.workspace, [holds])
            estimates = [await estimate_contacts(on.workspace, holds, fewest=0, seed=seed) for seed in range(SEEDS)]
            inside = sum(each.low <= truth <= each.high for each in estimates)
            width = sum(each.high - each.low for each in estimates) / SEEDS / estimates[0].of
            found.append((question.name, inside, width))
    return found


def show(timings: list[tuple[Asked, float, float, float]], intervals: list[tuple[str, int, float]]) -> None:
    """The tables, and the figures."""
    table = Table("question", "ms", "exact count ms", "compared", "", "all contacts ms")
    for one, own, exact, bare in timings:
        verdict = "" if one.most is None else "ok" if own <= one.most * exact else "over"
        table.add_row(one.name, f"{own:.1f}", f"{exact:.1f}", f"{own / exact:.2f} ×", verdict, f"{bare:.1f}")
        figure(one.name, own, "ms")
        figure(f"{one.name}_ratio", own / exact, "x")
    Console(width=120).print(table)
    estimates = Table("filter", f"intervals that hold, of {SEEDS}", "width, % of all")
    for name, inside, width in intervals:
        estimates.add_row(name, f"{inside}", f"{100 * width:.2f}")
        figure(f"estimate_{name}_held", inside, "of 100")
    Console(width=120).print(estimates)


async def main(contacts: int, only: str) -> None:
    """Fills, serves, asks, shows."""
    with database() as dsn:
        async with ground(dsn, contacts) as on:
            with served("tests.benchmarks.serving:pilah", dsn) as port:
                caller = await Caller.to(port)
                timings = [(one, *await timed(one, on, caller)) for one in asked(on) if only in one.name]
            show(timings, await held(on) if only in "estimate" else [])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--only", default="", help="ask what has this in its name")
    options = parser.parse_args()
    asyncio.run(main(options.contacts, options.only))
