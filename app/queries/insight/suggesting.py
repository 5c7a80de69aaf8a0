"""Values that begin with what somebody types, from the index of addresses or from the sample where those have any."""

from collections.abc import Sequence
from dataclasses import replace

from app.compile.clause import Bound, Clause, certain
from app.compile.shelves import folded
from app.filters.catalog import Field
from app.queries.insight.census import census
from app.queries.insight.estimating import FEWEST_SAMPLED
from app.queries.insight.sampling import sampled, sampled_share
from app.queries.insight.values import Value, first_addresses, is_unique, values


async def suggest(
    workspace_id: int,
    field: Field,
    prefix: str,
    conditions: Sequence[Clause],
    most: int,
    *,
    fewest: int = FEWEST_SAMPLED,
) -> tuple[Value, ...]:
    """The most frequent values of a TEXT or CHOICE field that begin with a folded text, among the contacts for which
    all conditions hold; addresses by the alphabet.

    From `fewest` contacts on they are those of the sample, with about so many contacts, unless it has none.
    """
    conditions = (*conditions, _begins_with(field, prefix))
    if is_unique(field):
        return await first_addresses(workspace_id, conditions, most)
    known = await census(workspace_id)
    if known.contacts >= fewest:
        source = sampled(workspace_id, known)
        found = (await values(workspace_id, field, conditions, most, source)).values
        if found:
            share = sampled_share(known)
            return tuple(replace(each, contacts=round(each.contacts / share)) for each in found)
    return (await values(workspace_id, field, conditions, most)).values


def _begins_with(field: Field, prefix: str) -> Clause:
    pattern = prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    if is_unique(field):  # by the index, which is in the database's own order and answers nothing that IS TRUE
        return Clause("contact.email_folded LIKE ", Bound(pattern, "text"))
    return certain(folded(field), " LIKE ", Bound(pattern, "text"))
