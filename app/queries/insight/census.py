"""How many contacts a workspace has and where their ids lie, counted anew now and then: to count takes its time."""

import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from app.queries.connections import connection

MOST_KEPT: Final = 1_000
# Who was deleted since then still counts.
KEPT_SECONDS: Final = 300.0


@dataclass(frozen=True, slots=True)
class Census:
    """So many contacts, with ids from `first` to `last`; counted at a time of the monotonic clock."""

    contacts: int
    first: int
    last: int
    counted_at: float


_kept: OrderedDict[int, Census] = OrderedDict()


async def census(workspace_id: int) -> Census:
    """The workspace's, with all contacts that have come since it was counted."""
    known = _kept.get(workspace_id)
    if known is None or time.monotonic() - known.counted_at > KEPT_SECONDS:
        known = Census(0, 0, 0, time.monotonic())
    made = _kept[workspace_id] = await _grown(workspace_id, known)
    _kept.move_to_end(workspace_id)
    if len(_kept) > MOST_KEPT:
        _kept.popitem(last=False)
    return made


async def _grown(workspace_id: int, known: Census) -> Census:
    async with connection() as borrowed:
        [(first, last, contacts)] = await borrowed.fetch(
            "SELECT min(id), max(id), count(*) FROM contact WHERE workspace_id = $1 AND id > $2",
            workspace_id,
            known.last,
        )
    if not contacts:
        return known
    return Census(known.contacts + contacts, known.first or first, last, known.counted_at)
