"""How long previews and first pages take over HTTP, beside hand-written SQL in the same rounds.

uv run python -m tests.benchmarks.filters --contacts 1000000
"""

import argparse
import asyncio
from dataclasses import dataclass

import asyncpg
from rich.console import Console
from rich.table import Table

from tests.benchmarks.caller import Caller, request
from tests.benchmarks.ground import Ground, database, ground
from tests.benchmarks.questions import Question, questions
from tests.benchmarks.rounds import figure, medians
from tests.benchmarks.serving import served

COUNT = "query ($filter: FilterInput!) { previewSegment(filter: $filter) { count } }"
PAGE = """query ($filter: FilterInput!) {
  contacts(filter: $filter, first: 50) { edges { node { id email name status } } pageInfo { hasNextPage endCursor } }
}"""
SLOW_MS = 20  # from here on the hand-written SQL's share counts, below it the difference


@dataclass(frozen=True, slots=True)
class Timed:
    """One question's milliseconds."""

    question: Question
    matched: int
    count: float
    sql_count: float
    page: float
    sql_page: float

    @property
    def verdict(self) -> tuple[float, str]:
        """How the count compares with SQL's: a ratio, or the milliseconds on top."""
        if self.sql_count >= SLOW_MS:
            return self.count / self.sql_count, "ratio"
        return self.count - self.sql_count, "ms_on_top"

    @property
    def holds(self) -> bool:
        """Whether the count is as near to SQL's as it is meant to be."""
        value, unit = self.verdict
        return value <= (1.2 if unit == "ratio" else 6)


async def timed(question: Question, on: Ground, caller: Caller, sql: asyncpg.Connection) -> Timed:
    """The medians of one question; raises SystemExit where the two ways find different contacts."""
    where = f"workspace_id = {on.workspace} AND {question.sql}"
    count_sql = f"SELECT count(*) FROM contact WHERE {where}"
    page_sql = f"SELECT id, email, name, status FROM contact WHERE {where} ORDER BY id DESC LIMIT 51"
    variables = {"filter": question.filter}
    count, page = (request("/graphql", on.token, query, variables) for query in (COUNT, PAGE))
    found = (await caller.data(count))["previewSegment"]["count"]
    expected = (await sql.fetch(count_sql))[0][0]
    listed = [edge["node"]["email"] for edge in (await caller.data(page))["contacts"]["edges"]]
    if found != expected or listed != [row["email"] for row in await sql.fetch(page_sql)][:50]:
        raise SystemExit(f"{question.name}: {found} contacts over GraphQL, {expected} by SQL, or other pages")
    counts = await medians([lambda: caller.ask(count), lambda: sql.fetch(count_sql)])
    pages = await medians([lambda: caller.ask(page), lambda: sql.fetch(page_sql)])
    return Timed(question, found, *counts, *pages)


def show(timings: list[Timed]) -> None:
    """The table, and the figures."""
    table = Table("filter", "matched", "count ms", "SQL ms", "compared", "", "page ms", "SQL ms")
    for each in timings:
        value, unit = each.verdict
        compared = f"{value:.2f} ×" if unit == "ratio" else f"{value:+.1f} ms"
        numbers = [f"{number:.1f}" for number in (each.count, each.sql_count, each.page, each.sql_page)]
        holds = "ok" if each.holds else "over"
        table.add_row(each.question.name, f"{each.matched:,}", *numbers[:2], compared, holds, *numbers[2:])
    Console(width=120).print(table)
    for each in timings:
        figure(f"count_{each.question.name}", each.count, "ms")
        value, unit = each.verdict
        figure(f"count_{each.question.name}_{unit}", value, unit.replace("ratio", "x").replace("ms_on_top", "ms"))
        figure(f"page_{each.question.name}", each.page, "ms")


async def main(contacts: int, only: str) -> None:
    """Fills, serves, asks, shows."""
    with database() as dsn:
        async with ground(dsn, contacts) as on:
            if on.fill_seconds is not None:
                figure("fill", on.fill_seconds, "s")
            with served("tests.benchmarks.serving:pilah", dsn) as port:
                caller, sql = await Caller.to(port), await asyncpg.connect(dsn, server_settings={"jit": "off"})
                asked = [question for question in questions(on) if only in question.name]
                show([await timed(question, on, caller, sql) for question in asked])
                await sql.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--only", default="", help="ask the filters whose name has this in it")
    options = parser.parse_args()
    asyncio.run(main(options.contacts, options.only))
