"""With which segments a filter is worth comparing, and which of them have the same rule."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from app.filters.catalog import Catalog, Segment
from app.filters.check import segment_filter
from app.filters.checked import Filter
from app.filters.meaning import meaning, segment_meaning
from app.filters.pins import parted
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

    def of_same_rule(self) -> Iterator[Segment]:
        """The segments that mean the same contacts whoever these are; none where contacts are pinned."""
        own, pins = parted(self.tree)
        meant = meaning(own, self.catalog)
        for other in self.catalog.segments.values():
            if not pins and _is_by_rule(other) and self._meaning(other) == meant and self.takes(other):
                yield other

    def _meaning(self, other: Segment) -> str | None:
        with suppress(Refused):
            return segment_meaning(other, self.catalog)
        return None


def _is_by_rule(segment: Segment) -> bool:
    return segment.kind is SegmentKind.DYNAMIC and not (segment.has_pinned_in or segment.has_pinned_out)
