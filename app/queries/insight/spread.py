"""How a field's numbers, dates or moments are spread: all of it in one pass over the contacts.

Alike values are counted together first, moments of one hour, and everything is told of those.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.compile.clause import Bound, Clause, both, write
from app.compile.shelves import folded, folded_json
from app.filters.catalog import Field
from app.filters.insight.distributions import MOST_BUCKETS, PERCENTS
from app.filters.vocabulary import FieldType
from app.queries.connections import connection
from app.queries.insight.grouping import grouped


@dataclass(frozen=True, slots=True)
class Spread:
    """Places on a line: the value itself of a number, days or hours since 1970 of others.

    `step` is a bucket's width; `buckets` have the contacts of each that is not empty, by its first place. The ends
    are null where no contact has a value.
    """

    filled: int
    empty: int
    distinct: int
    least: Decimal | None
    greatest: Decimal | None
    quantiles: tuple[Decimal, ...]
    step: Decimal
    buckets: dict[Decimal, int]


# A round width: 1, 2 or 5 with noughts, so wide that one bucket less than the most, and a started one, hold them all.
_WIDE = f"(greatest - least) / {MOST_BUCKETS - 1}"
_TEN = f"('1e' || floor(log({_WIDE})))::numeric"
_ROUND = (
    f"CASE WHEN greatest = least THEN 1 WHEN {_WIDE} <= {_TEN} THEN {_TEN} WHEN {_WIDE} <= 2 * {_TEN} "
    f"THEN 2 * {_TEN} WHEN {_WIDE} <= 5 * {_TEN} THEN 5 * {_TEN} ELSE 10 * {_TEN} END"
)
_WHOLE = f"ceil((greatest - least + 1) / {MOST_BUCKETS})"
_TOLD = (
    "counted AS MATERIALIZED (SELECT {place} AS place, contacts FROM entry WHERE value IS NOT NULL), "
    "ends AS (SELECT min(place) AS least, max(place) AS greatest, coalesce(sum(contacts), 0)::bigint AS filled, "
    "count(*) AS kinds FROM counted), "
    "width AS (SELECT {step} AS step, {origin} AS origin FROM ends), "
    "reached AS MATERIALIZED (SELECT place, sum(contacts) OVER (ORDER BY place) AS so_far FROM counted), "
    "bucket AS MATERIALIZED (SELECT origin + floor((place - origin) / step) * step AS start, "
    "sum(contacts)::bigint AS contacts FROM counted CROSS JOIN width GROUP BY 1) "
    "SELECT filled, (SELECT coalesce(sum(contacts), 0)::bigint FROM entry WHERE value IS NULL), kinds, "
    "least, greatest, step, "
    "ARRAY(SELECT (SELECT min(place) FROM reached WHERE so_far * 100 >= percent * filled) "
    "FROM unnest({percents}) WITH ORDINALITY AS asked(percent, number) WHERE filled > 0 ORDER BY number), "
    "ARRAY(SELECT start FROM bucket ORDER BY start), ARRAY(SELECT contacts FROM bucket ORDER BY start) "
    "FROM ends CROSS JOIN width"
)


async def spread(workspace_id: int, field: Field, conditions: Sequence[Clause]) -> Spread:
    """How the values of a NUMBER, DATE or DATETIME field are spread among the contacts that conditions hold for."""
    values: list[Any] = [workspace_id]
    value = write(_value(field), values)
    held = write(both((Clause("contact.workspace_id = $1"), *conditions)), values)
    is_number = field.type is FieldType.NUMBER
    told = _TOLD.format(
        place=_place(field),
        step=_ROUND if is_number else _WHOLE,
        origin="0::numeric" if is_number else "least",
        percents=write(Clause(Bound(list(PERCENTS), "int[]")), values),
    )
    text = f"WITH {grouped(('value',), f'SELECT {value} AS value FROM contact WHERE {held}')}, {told}"
    async with connection() as borrowed:
        [(filled, empty, kinds, least, greatest, step, quantiles, starts, counts)] = await borrowed.fetch(
            text, *values
        )
    buckets = dict(zip(starts, counts, strict=True))
    return Spread(filled, empty, kinds, least, greatest, tuple(quantiles), step or Decimal(1), buckets)


def _value(field: Field) -> Clause:
    """What is counted together: a number, a day, or the hour of a moment, as text that sorts or as it is."""
    if field.type is FieldType.NUMBER:
        return folded_json(field)
    if field.type is FieldType.DATE:
        return folded(field)
    if field.is_system:
        return Clause("date_trunc('hour', ", folded(field), ")")
    return Clause("left(", folded(field), ", 13)")


def _place(field: Field) -> str:
    if field.type is FieldType.NUMBER:
        return "(value #>> '{}')::numeric"
    if field.type is FieldType.DATE:
        return "(value::date - date '1970-01-01')::numeric"
    moment = "value" if field.is_system else "(value || ':00Z')::timestamptz"
    return f"floor(extract(epoch FROM {moment}) / 3600)"
