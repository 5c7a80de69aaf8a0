"""Which parts of two filters are one part before and after: by what they ask about, and how much they share."""

from collections.abc import Iterable, Sequence
from itertools import product
from typing import assert_never

from app.filters import checked
from app.filters.checked import Condition
from app.filters.sight.parts import Part, below
from app.filters.tree import And, Not, Or

# Of two groups with less in common than that one is gone and the other is new.
LEAST_ALIKE = 0.5
MOST_PAIRED = 20


def paired(before: Sequence[Part], after: Sequence[Part]) -> list[tuple[Part, Part]]:
    """Parts with the one that each became, those most alike first; none is in two pairs.

    Of more than MOST_PAIRED the others are in none: a filter of which so much is other is another.
    """
    ranked = sorted(
        ((likeness(old, new), old, new) for old, new in product(before[:MOST_PAIRED], after[:MOST_PAIRED])),
        key=lambda each: each[0],
        reverse=True,
    )
    found: list[tuple[Part, Part]] = []
    taken = set[Part]()
    for alike, old, new in ranked:
        if alike and not taken & {old, new}:
            taken |= {old, new}
            found.append((old, new))
    return found


def likeness(before: Part, after: Part) -> float:
    """From 0, where one can't have become the other, to what is equal but for a negation."""
    old, new = _affirmed(before), _affirmed(after)
    turned = 1 if (old is before) == (new is after) else 0.75
    match old.is_group, new.is_group:
        case False, False:
            return turned * _conditions(old, new)
        case True, True:
            return turned * _groups(old, new)
        case True, False:
            return turned * _among(new, old)
        case _:
            return turned * _among(old, new)


def subject(condition: Condition) -> str:
    """What a condition asks about: of those with one subject, one may take the place of another."""
    match condition:
        case checked.StatusIs():
            return "status"
        case checked.FieldPasses(field, _):
            return f"field {field.key}"
        case checked.HasAnyLabel() | checked.HasAllLabels() | checked.LabelsEmpty():
            return "labels"
        case checked.InAnySegment():
            return "segments"
        case checked.Sample():
            return "sample"
        case checked.PinnedIn() | checked.PinnedOut():
            return "pins"
        case _:
            assert_never(condition)


def listed(condition: Condition) -> dict[object, str]:
    """What a condition lists, each with its word; empty where it lists nothing."""
    match condition:
        case checked.StatusIs(statuses):
            return {status: status.words for status in statuses}
        case checked.FieldPasses(_, checked.Matches(values) | checked.Contains(values)):
            return {value.entered: f'"{value.entered}"' for value in values}
        case checked.HasAnyLabel(labels) | checked.HasAllLabels(labels):
            return {label.id: label.name for label in labels}
        case checked.InAnySegment(segments):
            return {one.segment.id: f'segment "{one.segment.name}"' for one in segments}
        case _:
            return {}


def form(condition: Condition) -> type:
    """How a condition asks: two of one form and subject differ by their values alone."""
    return type(condition.test) if isinstance(condition, checked.FieldPasses) else type(condition)


def condition_of(part: Part) -> Condition | None:
    """What a part asks; None where it is no condition."""
    return None if isinstance(part.tree, And | Or | Not) else part.tree


def _affirmed(part: Part) -> Part:
    return part.parts[0] if isinstance(part.tree, Not) else part


def _conditions(one: Part, other: Part) -> float:
    old, new = condition_of(one), condition_of(other)
    if old is None or new is None:
        return float(one.key == other.key)
    if subject(old) != subject(new):
        return 0
    return 1 + (form(old) is form(new)) + _shared(listed(old), listed(new)) + (one.key == other.key)


def _among(one: Part, group: Part) -> float:
    """How much like a part is to what stands in a group; one that stands there itself comes before any other."""
    if any(part.key == one.key for part in group.parts):
        return 2.5
    return max(_conditions(one, part) for part in group.parts) / 2


def _groups(one: Part, other: Part) -> float:
    old, new = list(below(one)), list(below(other))
    alike = _shared((part.key for part in old), (part.key for part in new))
    alike += _shared(map(_subject, old), map(_subject, new))
    return alike if alike >= LEAST_ALIKE else 0


def _subject(part: Part) -> str:
    condition = condition_of(part)
    return "" if condition is None else subject(condition)


def _shared(one: Iterable[object], other: Iterable[object]) -> float:
    """How much of what is in either is in both."""
    old, new = set(one), set(other)
    return len(old & new) / max(len(old | new), 1)
