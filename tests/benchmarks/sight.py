"""What it takes to break a filter down, advise on it, lay segments over each other, compare and explain.

Ratios are to one exact count of the same contacts in the same run. Advice looks at the segments that are kept: two
hundred once tests.benchmarks.live has run.

    uv run python -m tests.benchmarks.sight --contacts 1000000
"""

import argparse
import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks.caller import Caller, request
from tests.benchmarks.ground import Ground, database, ground
from tests.benchmarks.rounds import figure, medians
from tests.benchmarks.serving import served

COUNT = "query ($filter: FilterInput!) { previewSegment(filter: $filter) { count } }"
BREAKDOWN = """query ($filter: FilterInput!) {
  previewSegment(filter: $filter) { breakdown { path summary count remaining removed added empties } }
}"""
ADVICE = """query ($filter: FilterInput!) {
  previewSegment(filter: $filter) { advice { code message path filter count segment { name } } }
}"""
OVERLAP = """query ($filters: [FilterInput!]) {
  overlap(filters: $filters) { count sets { count } pairs { count } regions { count filter } }
}"""
COMPARE = """query ($from: FilterInput!, $to: FilterInput!) {
  compareFilters(from: $from, to: $to) { entering { count } leaving { count } staying { count } }
}"""
EXPLAIN = """query ($filter: FilterInput!, $id: ID!) {
  previewSegment(filter: $filter) { explain(contactId: $id) { isIn reason changesAt nodes { path holds reason } } }
}"""
CONTACTS = "query { contacts(first: 1) { nodes { id } } }"

Document = dict[str, Any]


def _field(key: str, **test: Any) -> Document:
    return {"field": {"key": key, "test": test}}


YEAR = {"amount": 365, "unit": "DAY"}
JAKARTA = _field("city", contains="Jakarta")
SEGMENTS: tuple[Document, ...] = (
    JAKARTA,
    {"label": {"containsAny": ["VIP"]}},
    _field("orders", atLeast=2),
    _field("last_purchase", withinLast=YEAR),
    {"and": [{"status": ["ACTIVE"]}, _field("plan", matches="Business")]},
)
TEN_NODES: Document = {
    "and": [
        {"or": [JAKARTA, _field("city", matchesAny=["Bandung", "Surabaya"]), {"label": {"containsAny": ["VIP"]}}]},
        {"not": _field("favourite_category", matches="Toys")},
        {"status": ["ACTIVE"]},
        _field("last_purchase", withinLast=YEAR),
        _field("orders", atLeast=2),
    ]
}


@dataclass(frozen=True, slots=True)
class Compared:
    """What is asked, beside what it is compared to, and how many times its time it may take."""

    name: str
    query: str
    variables: Mapping[str, Any]
    beside: Document
    most: float


ASKED = (
    Compared("breakdown_10_nodes", BREAKDOWN, {"filter": TEN_NODES}, TEN_NODES, 2),
    Compared("advice_10_nodes", ADVICE, {"filter": TEN_NODES}, TEN_NODES, 4),
    Compared("overlap_5", OVERLAP, {"filters": SEGMENTS}, {"or": list(SEGMENTS)}, 3),
    Compared("compare", COMPARE, {"from": TEN_NODES, "to": {"and": [TEN_NODES, JAKARTA]}}, TEN_NODES, 2),
)
MOST_EXPLAIN_MS = 20


async def main(contacts: int) -> None:
    """Fills, serves, asks, shows."""
    with database() as dsn:
        async with ground(dsn, contacts) as on:
            with served("tests.benchmarks.serving:pilah", dsn) as port:
                await _ask(on, await Caller.to(port))


async def _ask(on: Ground, caller: Caller) -> None:
    table = Table("asked", "ms", "count ms", "compared", "most", "")
    for each in ASKED:
        asked = request("/graphql", on.token, each.query, dict(each.variables))
        count = request("/graphql", on.token, COUNT, {"filter": each.beside})
        await caller.data(asked)
        taken, beside = await medians([lambda a=asked: caller.ask(a), lambda c=count: caller.ask(c)])  # type: ignore[misc]
        ratio = taken / beside
        holds = "ok" if ratio <= each.most else "over"
        table.add_row(each.name, f"{taken:.1f}", f"{beside:.1f}", f"{ratio:.2f} ×", f"{each.most} ×", holds)
        figure(each.name, taken, "ms")
        figure(f"{each.name}_ratio", ratio, "x")
    explained = await _explain(on, caller)
    holds = "ok" if explained <= MOST_EXPLAIN_MS else "over"
    table.add_row("explain", f"{explained:.1f}", "", "", f"{MOST_EXPLAIN_MS} ms", holds)
    figure("explain", explained, "ms")
    Console(width=120).print(table)


async def _explain(on: Ground, caller: Caller) -> float:
    [found] = (await caller.data(request("/graphql", on.token, CONTACTS, {})))["contacts"]["nodes"]
    asked = request("/graphql", on.token, EXPLAIN, {"filter": TEN_NODES, "id": found["id"]})
    await caller.data(asked)
    return (await medians([lambda: caller.ask(asked)]))[0]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    asyncio.run(main(parser.parse_args().contacts))
