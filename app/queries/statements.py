"""Statements that read a workspace's rows: columns, conditions, and their text and values."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from pypika_tortoise.dialects.postgresql import PostgreSQLQuery
from pypika_tortoise.queries import QueryBuilder, Selectable, Table
from pypika_tortoise.terms import Parameterizer, PseudoColumn
from tortoise.models import Model

from app.compile.clause import Bound, Clause, both, parameters


@dataclass(frozen=True, slots=True)
class Query:
    """Columns of a table's rows for which all conditions hold; of the nearest so many alone, where that is given."""

    table: str
    columns: tuple[str | Clause, ...]
    conditions: tuple[Clause, ...]
    nearest: "Nearest | None" = None

    def select(self, column: Clause) -> "Query":
        """The query with one column more."""
        return replace(self, columns=(*self.columns, column))

    def where(self, condition: Clause) -> "Query":
        """The query with one condition more."""
        return replace(self, conditions=(*self.conditions, condition))

    def first(self, rows: int, order: str) -> "Query":
        """The query of its first rows in an order: conditions from now on are asked of those alone."""
        return replace(self, nearest=Nearest(self.conditions, order, rows), conditions=())


@dataclass(frozen=True, slots=True)
class Nearest:
    """The first rows, in an order, of those for which the conditions hold."""

    conditions: tuple[Clause, ...]
    order: str
    rows: int


def select(model: type[Model], columns: Iterable[str], workspace_id: int) -> Query:
    """A query for a workspace's rows of a table; `columns` are this package's own SQL, never a caller's."""
    table = model._meta.db_table  # noqa: SLF001 - `describe` takes longer than the rest of a request
    within = Clause(f"{table}.workspace_id = ", Bound(workspace_id, "bigint"))
    return Query(table, tuple(columns), (within,))


def render(query: Query) -> tuple[str, list[Any]]:
    """The statement's text, by Tortoise's query builder, and its parameters, for asyncpg."""
    source: Selectable = Table(query.table)
    if query.nearest is not None:
        rows = _built(source, ["*"], query.nearest.conditions)
        source = rows.orderby(PseudoColumn(query.nearest.order)).limit(query.nearest.rows).as_(query.table)
    parameterizer = Parameterizer()
    context = PostgreSQLQuery.SQL_CONTEXT.copy(parameterizer=parameterizer)
    return _built(source, query.columns, query.conditions).get_sql(context), parameterizer.values


def _built(source: Selectable, columns: Iterable[str | Clause], conditions: tuple[Clause, ...]) -> QueryBuilder:
    terms = [PseudoColumn(column) if isinstance(column, str) else column for column in columns]
    query = PostgreSQLQuery.from_(source).select(*terms)
    return query.where(both(conditions)) if conditions else query


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
