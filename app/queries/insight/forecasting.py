"""How many contacts match a filter as of many moments, in one pass over them."""

from collections.abc import Sequence

from asyncpg import Record

from app.compile import Scope, condition
from app.compile.clause import Bound, Clause, write
from app.compile.forecast import Forecast, forecast
from app.filters.checked import Filter
from app.queries.connections import connection
from app.queries.contacts import count_each_by_status
from app.queries.insight.grouping import grouped

MOST_KINDS = 20_000


async def count_at(tree: Filter, scopes: Sequence[Scope], most_kinds: int = MOST_KINDS) -> list[int]:
    """How many contacts match as of the moment of each scope, all of one workspace and at least one.

    Contacts that time treats alike are counted together; where they are of more kinds than `most_kinds`, each is
    asked about each moment.
    """
    plan = forecast(tree, scopes)
    found = await _kinds(plan, scopes[0].workspace_id, most_kinds)
    if found is None:
        counts = await count_each_by_status(scopes[0].workspace_id, [condition(tree, scope) for scope in scopes])
        return [sum(each.values()) for each in counts]
    totals = [0] * len(scopes)
    for *row, contacts in found:
        matched = plan.matched(row)
        for moment in range(len(scopes)):
            totals[moment] += contacts * (matched >> moment & 1)
    return totals


async def _kinds(plan: Forecast, workspace_id: int, most: int) -> list[Record] | None:
    """The columns of each kind of contacts, and how many those are; None where there are more kinds than `most`."""
    values: list[object] = []
    names = [f"column_{place}" for place, _ in enumerate(plan.columns)]
    columns = [f"{write(column, values)} AS {name}" for column, name in zip(plan.columns, names, strict=True)]
    within = Clause("contact.workspace_id = ", Bound(workspace_id, "bigint"), " AND ", plan.kept)
    seen = f"SELECT {', '.join(columns)} FROM contact WHERE {write(within, values)}"
    text = f"WITH {grouped(names, seen)} SELECT * FROM entry LIMIT {most + 1}"
    async with connection() as borrowed:
        rows: list[Record] = await borrowed.fetch(text, *values)
    return None if len(rows) > most else rows
