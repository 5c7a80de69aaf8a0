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
class Next:
    """When time may change where a contact belongs, where it ever does.

    `near` are the moments in its fields, by key, that may do so before, where there are such.
    """

    due_at: datetime | None
    near: Mapping[str, str] | None


async def judge(held: Held, contact_ids: Sequence[int], cases: Cases) -> dict[int, frozenset[int]]:
    """The segments in which contacts belong as they are, by contact; those that are missing are gone."""
    rows = await held.borrowed.fetch(
        f"SELECT contact.id, array_remove(ARRAY[{cases.text}]::bigint[], NULL) FROM contact "
        "WHERE contact.workspace_id = $1 AND contact.id = ANY($2::bigint[])",
        held.workspace_id,
        list(contact_ids),
        *cases.values[2:],
    )
    return {row[0]: frozenset(row[1]) for row in rows}


async def look_ahead(held: Held, contact_ids: Sequence[int], due_at: Clause, near: Clause) -> dict[int, Next]:
    """When time may change where contacts belong, by contact."""
    values: list[object] = [held.workspace_id, list(contact_ids)]
    rows = await held.borrowed.fetch(
        f"SELECT contact.id, {write(due_at, values)}, {write(near, values)} FROM contact "
        "WHERE contact.workspace_id = $1 AND contact.id = ANY($2::bigint[])",
        *values,
    )
    return {row[0]: Next(row[1], row[2] and orjson.loads(row[2])) for row in rows}


async def kept_segments(held: Held, contact_ids: Sequence[int]) -> dict[int, set[int]]:
    """The ids of the dynamic segments that contacts are kept in, by contact."""
    rows = await held.borrowed.fetch(
        "SELECT contact_id, array_agg(segment_id) FROM segment_member "
        "WHERE workspace_id = $1 AND contact_id = ANY($2::bigint[]) GROUP BY 1",
        held.workspace_id,
        list(contact_ids),
    )
    return {row[0]: set(row[1]) for row in rows}
