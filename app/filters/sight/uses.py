"""Which segments a segment is part of."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.filters.catalog import Catalog, Segment
from app.filters.check import segment_filter
from app.filters.references import references
from app.filters.vocabulary import SegmentKind


@dataclass(frozen=True, slots=True)
class Use:
    """A segment that refers to another: itself, or only through others."""

    segment: Segment
    is_direct: bool


def uses(segment_id: int, catalog: Catalog) -> list[Use]:
    """The segments of which this one is part, those first that refer to it themselves."""
    referring = _referring(catalog)
    direct = referring.get(segment_id, [])
    found, waiting = set(direct), list(direct)
    while waiting:
        further = [id for id in referring.get(waiting.pop(), []) if id not in found]
        found.update(further)
        waiting += further
    through = sorted(found.difference(direct))
    return [Use(catalog.segments[id], id in direct) for id in (*direct, *through)]


def _referring(catalog: Catalog) -> Mapping[int, list[int]]:
    """For each segment that others refer to, the ids of those."""
    found: dict[int, list[int]] = {}
    for segment in catalog.segments.values():
        if segment.kind is SegmentKind.DYNAMIC:
            for id in references(segment_filter(segment, catalog)).segments:
                found.setdefault(id, []).append(segment.id)
    return found
