"""The values of a text, choice or truth, with how many contacts have each: all of it in one pass over them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.compile.clause import Clause, both, write
from app.compile.shelves import entered, folded, is_missing
from app.filters.catalog import Field
from app.queries.connections import connection
from app.queries.insight.census import Census, census
from app.queries.insight.grouping import grouped

MOST_VALUES = 100
# What begins alike for so long counts as one: millions of long texts would fill the disk while they are sorted out.
LONGEST_TOLD = 200
# In large workspaces every eighth contact tells how a value is entered: to look costs as much as to count.
MOST_TELL = 100_000
_SOME = 7


@dataclass(frozen=True, slots=True)
class Value:
    """A value as most contacts have entered it, of many contacts most of some, and how many have it in any way."""

    shown: str
    contacts: int


@dataclass(frozen=True, slots=True)
class Values:
    """How many contacts have a value and how many don't, how many values there are, and the most frequent ones."""

    filled: int
    empty: int
    distinct: int
    values: tuple[Value, ...]


_TOLD = (
    "counted AS MATERIALIZED (SELECT value, sum(contacts)::bigint AS contacts FROM entry WHERE value IS NOT NULL "
    "GROUP BY value), "
    "foremost AS (SELECT value, contacts FROM counted ORDER BY contacts DESC, value LIMIT {most}), "
    "spelled AS (SELECT DISTINCT ON (value) value, shown, someone, foremost.contacts FROM foremost "
    "JOIN entry USING (value) ORDER BY value, shown IS NULL, entry.contacts DESC, shown) "
    "SELECT (SELECT coalesce(sum(contacts), 0)::bigint FROM counted), "
    "(SELECT coalesce(sum(contacts), 0)::bigint FROM entry WHERE value IS NULL), (SELECT count(*) FROM counted), "
    "ARRAY(SELECT coalesce(shown, (SELECT {entered} FROM contact WHERE workspace_id = $1 AND id = someone)) "
    "FROM spelled ORDER BY contacts DESC, value), "
    "ARRAY(SELECT contacts FROM spelled ORDER BY contacts DESC, value)"
)


async def values(
    workspace_id: int,
    field: Field,
    conditions: Sequence[Clause],
    most: int = MOST_VALUES,
    source: Clause | None = None,
    *,
    most_tell: int = MOST_TELL,
) -> Values:
    """The values of a TEXT, CHOICE or BOOLEAN field among the contacts for which all conditions hold.

    `source` are the contacts, where not all of the workspace are meant. Values are grouped as they are compared;
    beyond `most_tell` contacts of the workspace every eighth tells how they are entered.
    """
    if is_unique(field):
        return await _unique(workspace_id, field, conditions, most)
    bound: list[Any] = [workspace_id]
    value, shown = write(folded(field), bound), write(_shown(field, await census(workspace_id), most_tell), bound)
    rows = write(source or Clause("contact"), bound)
    held = write(both((Clause("contact.workspace_id = $1"), *conditions)), bound)
    seen = f"SELECT {value} AS value, {shown} AS shown, contact.id FROM {rows} WHERE {held}"
    columns = (f"{_cut('value')} AS value", f"{_cut('shown')} AS shown")
    told = _TOLD.format(most=int(most), entered=_cut(write(entered(field), bound)))
    text = f"WITH {grouped(columns, seen, 'min(id) AS someone')}, {told}"
    async with connection() as borrowed:
        [(filled, empty, distinct, texts, counts)] = await borrowed.fetch(text, *bound)
    return Values(filled, empty, distinct, tuple(map(Value, texts, counts)))


def is_unique(field: Field) -> bool:
    """Whether no two contacts have the same value, so that there is nothing to count together."""
    return field.is_system and field.key == "email"


async def _unique(workspace_id: int, field: Field, conditions: Sequence[Clause], most: int) -> Values:
    bound: list[Any] = [workspace_id]
    held = write(both((Clause("contact.workspace_id = $1"), *conditions)), bound)
    missing = write(is_missing(field), bound)
    counted = (
        f"SELECT count(*) FILTER (WHERE NOT {missing}), count(*) FILTER (WHERE {missing}) FROM contact WHERE {held}"
    )
    async with connection() as borrowed:
        [(filled, empty)] = await borrowed.fetch(counted, *bound)
    return Values(filled, empty, filled, await first_addresses(workspace_id, conditions, most))


async def first_addresses(workspace_id: int, conditions: Sequence[Clause], most: int) -> tuple[Value, ...]:
    """The first addresses in their order among the contacts for which all conditions hold."""
    bound: list[Any] = [workspace_id]
    held = write(both((Clause("contact.workspace_id = $1"), *conditions)), bound)
    text = f"SELECT email FROM contact WHERE {held} ORDER BY email_folded LIMIT {int(most)}"
    async with connection() as borrowed:
        return tuple(Value(row[0], 1) for row in await borrowed.fetch(text, *bound))


def _shown(field: Field, known: Census, most_tell: int) -> Clause:
    mask = _SOME if known.contacts > most_tell else 0
    return Clause(f"CASE WHEN contact.id & {mask} = 0 THEN ", entered(field), " END")


def _cut(text: str) -> str:
    """The beginning of a text; to count its characters takes longer than its bytes."""
    return f"CASE WHEN octet_length({text}) <= {LONGEST_TOLD} THEN {text} ELSE left({text}, {LONGEST_TOLD}) END"
