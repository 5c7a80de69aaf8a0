"""With which segments a filter is worth comparing, and which of them have the same rule."""

from dataclasses import dataclass
from functools import cached_property

from app.filters.catalog import Catalog, Segment
from app.filters.check import segment_filter
from app.filters.checked import Filter
from app.filters.meaning import segment_meaning
from app.filters.problems import Refused
from app.filters.references import segments_within
from app.filters.vocabulary import SegmentKind


@dataclass(frozen=True)
class Compared:
    """A filter that may be that of a `segment`, among the segments of a catalog."""

    tree: Filter
    catalog: Catalog
    segment: Segment | None = None

    @cached_property
    def own_ids(self) -> frozenset[int]:
        """The ids of the segment and of all that the filter refers to."""
        within = segments_within(self.tree)
        return within if self.segment is None else within | {self.segment.id}

    def takes(self, other: Segment) -> bool:
        """Whether it is worth comparing with a segment: not with itself, and with none of which either is made."""
        if other.id in self.own_ids:
            return False
        try:
            held = segment_filter(other, self.catalog)
        except Refused:  # it names what is gone
            return False
        return self.segment is None or self.segment.id not in segments_within(held)

    def is_of_rule(self, other: Segment, meant: str) -> bool:
        """Whether a segment worth it has just the contacts that its rule means, and the rule this meaning."""
        is_by_rule = other.kind is SegmentKind.DYNAMIC and not (other.has_pinned_in or other.has_pinned_out)
        return is_by_rule and self.takes(other) and segment_meaning(other, self.catalog) == meant
