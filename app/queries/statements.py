"""Statements that read a workspace's rows: columns, conditions, and their text and values."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from tortoise.models import Model

from app.compile.clause import Bound, Clause, both, parameters, write


@dataclass(frozen=True, slots=True)
class Query:
    """Columns of a table's rows for which all conditions hold."""

    table: str
    columns: tuple[str | Clause, ...]
    conditions: tuple[Clause, ...]
    source: Clause

    def select(self, column: Clause) -> "Query":
        """The query with one column more."""
        return replace(self, columns=(*self.columns, column))

    def where(self, condition: Clause) -> "Query":
        """The query with one condition more."""
        return replace(self, conditions=(*self.conditions, condition))

    def first(self, rows: int, order: str) -> "Query":
        """The query of its first rows in an order: conditions from now on are asked of those alone."""
        ordered = f" ORDER BY {order} LIMIT {rows}) AS {self.table}"
        source = Clause("(SELECT * FROM ", self.source, " WHERE ", both(self.conditions), ordered)
        return replace(self, source=source, conditions=())


def select(model: type[Model], columns: Iterable[str], workspace_id: int) -> Query:
    """A query for a workspace's rows of a table; `columns` are this package's own SQL, never a caller's."""
    table = model._meta.db_table  # noqa: SLF001 - `describe` takes longer than the rest of a request
    within = Clause(f"{table}.workspace_id = ", Bound(workspace_id, "bigint"))
    return Query(table, tuple(columns), (within,), Clause(table))


def render(query: Query) -> tuple[str, list[Any]]:
    """The statement's text and its parameters, for asyncpg."""
    values: list[Any] = []
    columns = [column if isinstance(column, str) else write(column, values) for column in query.columns]
    source, holds = write(query.source, values), write(both(query.conditions), values)
    return f"SELECT {', '.join(columns)} FROM {source} WHERE {holds}", values


MOST_PARAMETERS = 30_000
MOST_TOGETHER = 50


def batches(clauses: Iterable[Clause]) -> Iterator[list[Clause]]:
    """The clauses, in order, in as many together as one statement takes."""
    batch: list[Clause] = []
    room = MOST_PARAMETERS
    for clause in clauses:
        taken = parameters(clause)
        if batch and (taken > room or len(batch) == MOST_TOGETHER):
            yield batch
            batch, room = [], MOST_PARAMETERS
        batch.append(clause)
        room -= taken
    if batch:
        yield batch
