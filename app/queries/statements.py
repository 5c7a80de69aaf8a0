"""Statements that read rows: what Tortoise's query builder writes of them once, and their conditions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from pypika_tortoise.dialects.postgresql import PostgreSQLQuery
from pypika_tortoise.queries import Table
from pypika_tortoise.terms import PseudoColumn
from tortoise.models import Model

from app.compile.clause import Bound, Clause, both, parameters, write


@dataclass(frozen=True, slots=True)
class Query:
    """Columns of a table's rows for which all conditions hold."""

    model: type[Model]
    columns: tuple[str | Clause, ...]
    conditions: tuple[Clause, ...]

    def select(self, column: Clause) -> "Query":
        """The query with one column more."""
        return replace(self, columns=(*self.columns, column))

    def where(self, condition: Clause) -> "Query":
        """The query with one condition more."""
        return replace(self, conditions=(*self.conditions, condition))


def select(model: type[Model], columns: Iterable[str], workspace_id: int) -> Query:
    """A query for a workspace's rows of a table; `columns` are this package's own SQL, never a caller's."""
    within = Clause(f"{model._meta.db_table}.workspace_id = ", Bound(workspace_id, "bigint"))  # noqa: SLF001
    return Query(model, tuple(columns), (within,))


def render(query: Query) -> tuple[str, list[Any]]:
    """The statement's text and its parameters, for asyncpg."""
    values: list[Any] = []
    columns = tuple(column if isinstance(column, str) else write(column, values) for column in query.columns)
    return f"{_head(query.model, columns)} WHERE {write(both(query.conditions), values)}", values


@lru_cache(maxsize=512)
def _head(model: type[Model], columns: tuple[str, ...]) -> str:
    query = PostgreSQLQuery.from_(Table(model._meta.db_table)).select(*map(PseudoColumn, columns))  # noqa: SLF001
    return query.get_sql(PostgreSQLQuery.SQL_CONTEXT)


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
