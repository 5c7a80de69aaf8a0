"""Which segments contacts belong in as they are now, and which they are kept in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from app.compile.clause import Clause, write
from app.queries.live.claims import Held


@dataclass(frozen=True, slots=True)
class Cases:
    """Conditions of segments as SQL: written once, they are asked again and again. $1 and $2 say of whom."""

    text: str = ""
    values: tuple[object, ...] = (None, None)

    def then(self, conditions: Mapping[int, Clause]) -> "Cases":
        """With more conditions, by their segments' ids, behind those that there are."""
        values = list(self.values)
        texts = (f"CASE WHEN {write(each, values)} THEN {id:d}::bigint END" for id, each in conditions.items())
        return Cases(", ".join(filter(None, (self.text, *texts))), tuple(values))


@dataclass(frozen=True, slots=True)
class Judged:
    """The segments in which a contact belongs, and when time may change that.

    `near` are the moments in its fields, by key, that may do so before `due_at`, where there are such.
    """

    segment_ids: frozenset[int]
    due_at: datetime | None
    near: Mapping[str, str] | None


async def judge(
    held: Held, contact_ids: Sequence[int], cases: Cases, due_at: Clause, near: Clause
) -> dict[int, Judged]:
    """The contacts that there are, by id; those that are missing are gone."""
    values = [held.workspace_id, list(contact_ids), *cases.values[2:]]
    text = (
        f"SELECT contact.id, array_remove(ARRAY[{cases.text}]::bigint[], NULL), {write(due_at, values)}, "
        f"{write(near, values)} FROM contact WHERE contact.workspace_id = $1 AND contact.id = ANY($2::bigint[])"
    )
    rows = await held.borrowed.fetch(text, *values)
    return {row[0]: Judged(frozenset(row[1]), row[2], row[3] and orjson.loads(row[3])) for row in rows}


async def kept_segments(held: Held, contact_ids: Sequence[int]) -> dict[int, set[int]]:
    """The ids of the dynamic segments that contacts are kept in, by contact."""
    rows = await held.borrowed.fetch(
        "SELECT contact_id, array_agg(segment_id) FROM segment_member "
        "WHERE workspace_id = $1 AND contact_id = ANY($2::bigint[]) GROUP BY 1",
        held.workspace_id,
        list(contact_ids),
    )
    return {row[0]: set(row[1]) for row in rows}
