"""With which segments a filter is worth comparing, and which of them have the same rule."""

from dataclasses import dataclass

from app.filters.catalog import Catalog, Segment
from app.filters.check import segment_filter
from app.filters.checked import Filter
from app.filters.meaning import segment_meaning
from app.filters.problems import Refused
from app.filters.references import segments_within
from app.filters.vocabulary import SegmentKind


@dataclass(frozen=True, slots=True)
class Compared:
    """A filter that may be that of a `segment`, among the segments of a catalog."""

    tree: Filter
    catalog: Catalog
    segment: Segment | None = None

    def takes(self, other: Segment) -> bool:
        """Whether it is worth comparing with a segment: not with itself, and with none of which either is made."""
        own = None if self.segment is None else self.segment.id
        if other.id == own or other.id in segments_within(self.tree):
            return False
        try:
            return own not in segments_within(segment_filter(other, self.catalog))
        except Refused:  # it names what is gone
            return False

    def is_of_rule(self, other: Segment, meant: str) -> bool:
        """Whether a segment worth it has just the contacts that its rule means, and the rule this meaning."""
        is_by_rule = other.kind is SegmentKind.DYNAMIC and not (other.has_pinned_in or other.has_pinned_out)
        return is_by_rule and self.takes(other) and segment_meaning(other, self.catalog) == meant
