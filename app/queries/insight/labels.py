"""How many contacts have each label, in one pass over them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from app.compile.clause import Clause, both, write
from app.queries.connections import connection
from app.queries.insight.grouping import grouped


@dataclass(frozen=True, slots=True)
class LabelCounts:
    """How many contacts there are, how many of them have one of the labels at all, and how many each by its id."""

    contacts: int
    labelled: int
    by_label: dict[int, int]


async def label_counts(workspace_id: int, known: Collection[int], conditions: Sequence[Clause]) -> LabelCounts:
    """Of the labels with these ids, among the contacts for which all conditions hold.

    A label that none of them has is left out.
    """
    values: list[Any] = [workspace_id, list(known)]
    held = write(both((Clause("contact.workspace_id = $1"), *conditions)), values)
    text = (
        f"WITH {grouped(('label_ids',), f'SELECT label_ids FROM contact WHERE {held}')} "
        "SELECT NULL::bigint, coalesce(sum(contacts), 0)::bigint, "
        "coalesce(sum(contacts) FILTER (WHERE label_ids && $2::bigint[]), 0)::bigint FROM entry "
        "UNION ALL SELECT label, sum(contacts)::bigint, NULL FROM entry CROSS JOIN unnest(label_ids) AS label "
        "WHERE label = ANY($2::bigint[]) GROUP BY label"
    )
    async with connection() as borrowed:
        rows = await borrowed.fetch(text, *values)
    total = next(row for row in rows if row[0] is None)
    return LabelCounts(total[1], total[2], {row[0]: row[1] for row in rows if row[0] is not None})
