"""Which segments contacts belong in as they are now, and which they are kept in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from app.compile.clause import Clause, write
from app.queries.live.claims import Held
from app.queries.statements import batches

CONDITIONS_TOGETHER = 500


@dataclass(slots=True)
class Judged:
    """The places of the conditions that hold for a contact, when it is to be looked at again, and how it stands.

    `near` are the moments in its fields, by key, that may change an answer today, where there are such.
    """

    places: list[int]
    due_at: datetime | None
    near: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of each contact: conditions, and expressions for when time may change their answers."""

    conditions: Sequence[Clause]
    due_at: Clause
    near: Clause


async def judge(held: Held, contact_ids: Sequence[int], asked: Asked) -> dict[int, Judged]:
    """The contacts that there are, by id; those that are missing are gone."""
    found: dict[int, Judged] = {}
    start = 0
    for batch in batches(asked.conditions, CONDITIONS_TOGETHER) or [[]]:
        values: list[object] = [held.workspace_id, list(contact_ids)]
        cases = ", ".join(
            f"CASE WHEN {write(each, values)} THEN {place} END" for place, each in enumerate(batch, start)
        )
        times = f", {write(asked.due_at, values)}, {write(asked.near, values)}" if not start else ", NULL, NULL"
        text = (
            f"SELECT contact.id, array_remove(ARRAY[{cases}]::int[], NULL){times} FROM contact "
            "WHERE contact.workspace_id = $1 AND contact.id = ANY($2::bigint[])"
        )
        for id, places, due_at, near in await held.borrowed.fetch(text, *values):
            if start:
                found[id].places += places
            else:
                found[id] = Judged(places, due_at, near and orjson.loads(near))
        start += len(batch)
    return found


async def kept_segments(held: Held, contact_ids: Sequence[int]) -> dict[int, set[int]]:
    """The ids of the dynamic segments that contacts are kept in, by contact."""
    rows = await held.borrowed.fetch(
        "SELECT contact_id, array_agg(segment_id) FROM segment_member "
        "WHERE workspace_id = $1 AND contact_id = ANY($2::bigint[]) GROUP BY 1",
        held.workspace_id,
        list(contact_ids),
    )
    return {row[0]: set(row[1]) for row in rows}
