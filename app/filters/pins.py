"""A segment's filter with the contacts that somebody has pinned: (filter or pinned in), and not pinned out."""

from app.filters.catalog import Segment
from app.filters.checked import Filter, Pinned, PinnedIn, PinnedOut
from app.filters.tree import And, Not, Or


def with_pins(filter: Filter, segment: Segment) -> Filter:
    """Who is in a segment that has this filter; the filter itself where nobody is pinned."""
    included: Filter = Or((filter, PinnedIn(segment))) if segment.has_pinned_in else filter
    return And((included, Not(PinnedOut(segment)))) if segment.has_pinned_out else included


def without_pins(tree: Filter) -> Filter:
    """The filter out of what `with_pins` made of it."""
    return parted(tree)[0]


def parted(tree: Filter) -> tuple[Filter, tuple[Pinned, ...]]:
    """The filter, and the pins that `with_pins` put around it, in the order in which they decide."""
    match tree:
        case And((Or((own, PinnedIn() as included)), Not(PinnedOut() as excluded))):
            return own, (included, excluded)
        case And((own, Not(PinnedOut() as excluded))):
            return own, (excluded,)
        case Or((own, PinnedIn() as included)):
            return own, (included,)
        case _:
            return tree, ()
