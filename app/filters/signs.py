"""Which conditions of a filter have to hold for a contact to be in, and which must not."""

from collections.abc import Iterator

from app.filters import checked
from app.filters.checked import Condition, Filter
from app.filters.tree import And, Not, Or


def signed_conditions(tree: Filter, is_positive: bool = True) -> Iterator[tuple[Condition, bool]]:
    """The conditions of a filter and of what it inlines, each with whether it counts for being in.

    One that begins to hold, while nothing else changes, lets a contact in where it does, and out where it doesn't.
    """
    match tree:
        case And(parts) | Or(parts):
            for part in parts:
                yield from signed_conditions(part, is_positive)
        case Not(part):
            yield from signed_conditions(part, not is_positive)
        case checked.InAnySegment(segments):
            yield tree, is_positive
            for one in segments:
                if one.filter is not None:
                    yield from signed_conditions(one.filter, is_positive)
        case _:
            yield tree, is_positive
