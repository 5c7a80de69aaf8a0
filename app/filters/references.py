"""What a stored filter refers to, so that nothing in use is taken away."""

from dataclasses import dataclass

from app.filters.checked import FieldPasses, Filter, HasAllLabels, HasAnyLabel, InAnySegment
from app.filters.tree import leaves


@dataclass(frozen=True, slots=True)
class References:
    """The keys of custom and system fields, and the ids of labels and segments, that a filter names itself."""

    fields: frozenset[str]
    labels: frozenset[int]
    segments: frozenset[int]


def references(tree: Filter) -> References:
    """The names in the filter's own conditions; not those within the segments it refers to."""
    fields: set[str] = set()
    labels: set[int] = set()
    segments: set[int] = set()
    for condition in leaves(tree):
        match condition:
            case FieldPasses(field, _):
                fields.add(field.key)
            case HasAnyLabel(found) | HasAllLabels(found):
                labels.update(label.id for label in found)
            case InAnySegment(inlined):
                segments.update(one.segment.id for one in inlined)
            case _:
                pass
    return References(frozenset(fields), frozenset(labels), frozenset(segments))


def segments_within(tree: Filter) -> frozenset[int]:
    """The ids of all segments that the filter refers to, those within segments too."""
    inlined = [one for leaf in leaves(tree) if isinstance(leaf, InAnySegment) for one in leaf.segments]
    below = (segments_within(one.filter) for one in inlined if one.filter is not None)
    return frozenset(one.segment.id for one in inlined).union(*below)
