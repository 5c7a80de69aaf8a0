"""A piece of SQL with its values apart: the one place where text becomes SQL.

Only literals of this package stand in a clause's text; every key and value is `Bound` and leaves as a parameter.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pypika_tortoise.context import SqlContext
from pypika_tortoise.terms import Criterion, NodeT


@dataclass(frozen=True, slots=True)
class Bound:
    """A value that travels as a parameter, with its PostgreSQL type."""

    value: object
    type: str


class Clause(Criterion):
    """A condition, or an expression in one, that Tortoise's query builder takes: texts, values, clauses in a row."""

    def __init__(self, *parts: "str | Bound | Clause") -> None:
        super().__init__()
        self.parts = parts

    def nodes_(self) -> Iterator[NodeT]:
        """Itself alone: it names no table that the builder would have to rename."""
        yield self  # type: ignore[misc]

    def get_sql(self, ctx: SqlContext) -> str:
        """The text, with a placeholder for each value, which goes to the builder's parameters."""
        if ctx.parameterizer is None:
            raise TypeError("a clause is written with parameters only")
        return write(self, ctx.parameterizer.values)


def write(clause: Clause, values: list[Any]) -> str:
    """A clause's text for asyncpg; its values are put behind those that are in `values`."""
    return "".join(_write(part, values) for part in clause.parts)


def _write(part: str | Bound | Clause, values: list[Any]) -> str:
    match part:
        case str():
            return part
        case Bound(value, type):
            values.append(value)
            return f"${len(values)}::{type}"
        case Clause():
            return write(part, values)


def parameters(clause: Clause) -> int:
    """How many parameters a clause takes; a statement has 32,767 at most."""
    return sum(parameters(part) if isinstance(part, Clause) else isinstance(part, Bound) for part in clause.parts)


EVERYONE = Clause("TRUE")
NO_ONE = Clause("FALSE")


def both(clauses: Iterable[Clause]) -> Clause:
    """All of the clauses; TRUE where there is none."""
    return _joined(tuple(clauses), " AND ", EVERYONE)


def either(clauses: Iterable[Clause]) -> Clause:
    """At least one of the clauses; FALSE where there is none."""
    return _joined(tuple(clauses), " OR ", NO_ONE)


def negated(clause: Clause) -> Clause:
    """The clause's complement, since no clause is ever NULL."""
    return Clause("NOT ", clause)


def certain(*parts: "str | Bound | Clause") -> Clause:
    """A comparison that may be NULL, made FALSE there."""
    return Clause("((", *parts, ") IS TRUE)")


def _joined(clauses: tuple[Clause, ...], word: str, empty: Clause) -> Clause:
    if not clauses:
        return empty
    parts: list[str | Clause] = ["("]
    for place, clause in enumerate(clauses):
        parts += [word, clause] if place else [clause]
    return Clause(*parts, ")")
