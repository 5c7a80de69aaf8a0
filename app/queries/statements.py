"""Tortoise's query builder, its text and its values."""

from collections.abc import Iterable, Iterator
from typing import Any

from pypika_tortoise.dialects.postgresql import PostgreSQLQuery
from pypika_tortoise.queries import QueryBuilder, Table
from pypika_tortoise.terms import Parameterizer, PseudoColumn
from tortoise.models import Model

from app.compile.clause import Bound, Clause, parameters


def select(model: type[Model], columns: Iterable[str], workspace_id: int) -> QueryBuilder:
    """A query for a workspace's rows of a table; `columns` are this package's own SQL, never a caller's."""
    table = model._meta.db_table  # noqa: SLF001 - `describe` takes longer than the rest of a request
    within = Clause(f"{table}.workspace_id = ", Bound(workspace_id, "bigint"))
    return PostgreSQLQuery.from_(Table(table)).select(*(PseudoColumn(column) for column in columns)).where(within)


def render(query: QueryBuilder) -> tuple[str, list[Any]]:
    """The statement's text and its parameters, for asyncpg."""
    parameterizer = Parameterizer()
    return query.get_sql(query.QUERY_CLS.SQL_CONTEXT.copy(parameterizer=parameterizer)), parameterizer.values


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
