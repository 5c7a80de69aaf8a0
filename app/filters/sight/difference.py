"""Where two filters differ, part by part: what was added, removed, moved, changed, or grouped otherwise."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from app.filters.checked import Filter
from app.filters.sight.difference_words import Difference, DifferenceKind, Differing, in_words
from app.filters.sight.likeness import condition_of, likeness, paired
from app.filters.sight.parts import Part, grouped, part_of
from app.filters.tree import And, Not, Or

FEWEST_REGROUPED = 2


def differences(before: Filter, after: Filter, zone: ZoneInfo) -> list[Difference]:
    """What was done to a filter to make another of it; nothing where both say the same, in whatever order.

    A segment that both refer to is the same, whatever became of its own filter.
    """
    found = list(_compare(part_of(before), part_of(after), _Place()))
    return [in_words(each, zone) for each in _moved(found)]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where parts stand: within how many a `not` is told by `is_negated`, and whether in an Or."""

    is_negated: bool = False
    is_alternative: bool = False

    def of(self, kind: DifferenceKind, before: Part | None, after: Part | None) -> Differing:
        return Differing(kind, before, after, self.is_negated, self.is_alternative)


def _compare(old: Part, new: Part, place: _Place) -> Iterator[Differing]:
    if old.key == new.key:
        return
    match old.tree, new.tree:
        case Not(), Not() if not _are_conditions(old.parts[0], new.parts[0]):
            yield from _compare(old.parts[0], new.parts[0], replace(place, is_negated=not place.is_negated))
        case (And() | Or() as was, And() | Or() as becomes):
            if type(was) is not type(becomes):
                yield place.of(DifferenceKind.REGROUPED, old, new)
            yield from _compare_parts(old, old.parts, new, new.parts, place)
        case (And() | Or(), _) if likeness(old, new):
            yield from _compare_parts(old, old.parts, old, (new,), place)
        case (_, And() | Or()) if likeness(old, new):
            yield from _compare_parts(new, (old,), new, new.parts, place)
        case _:
            yield place.of(DifferenceKind.CHANGED, old, new)


def _are_conditions(*parts: Part) -> bool:
    return all(condition_of(part) is not None for part in parts)


def _compare_parts(
    was: Part, before: Sequence[Part], becomes: Part, after: Sequence[Part], place: _Place
) -> Iterator[Differing]:
    """Compares what stood in one group with what stands in the other."""
    inside = replace(place, is_alternative=isinstance(becomes.tree, Or))
    olds, news = _unequal(before, after), _unequal(after, before)
    olds, news = _gathered(was, olds, news), _gathered(becomes, news, olds)
    pairs = paired(olds, news)
    became = {new: old for old, new in pairs}
    for new in news:
        if new in became:
            yield from _compare(became[new], new, inside)
        else:
            yield inside.of(DifferenceKind.ADDED, None, new)
    kept = {old for old, _ in pairs}
    yield from (inside.of(DifferenceKind.REMOVED, old, None) for old in olds if old not in kept)


def _unequal(parts: Sequence[Part], others: Sequence[Part]) -> list[Part]:
    """The parts that have no equal among the others; each of those is the equal of one."""
    there = Counter(other.key for other in others)
    found = []
    for part in parts:
        there[part.key] -= 1
        if there[part.key] < 0:
            found.append(part)
    return found


def _gathered(group: Part, parts: list[Part], others: Sequence[Part]) -> list[Part]:
    """The parts of a group, those as one that stand together in a group of the others."""
    for other in others:
        keys = {each.key for each in other.parts} if other.is_group else set()
        together = tuple(part for part in parts if part.key in keys)
        if len(together) >= FEWEST_REGROUPED:
            parts = [*(part for part in parts if part not in together), grouped(group, together)]
    return parts


def _moved(found: Sequence[Differing]) -> Iterator[Differing]:
    """What was removed in one place and added in another has moved."""
    gone = {_said(each): each for each in found if each.kind is DifferenceKind.REMOVED}
    moved = gone.keys() & {_said(each) for each in found if each.kind is DifferenceKind.ADDED}
    for each in found:
        match each.kind:
            case DifferenceKind.ADDED if _said(each) in moved:
                yield replace(each, kind=DifferenceKind.MOVED, before=gone[_said(each)].before)
            case DifferenceKind.REMOVED if _said(each) in moved:
                pass
            case _:
                yield each


def _said(each: Differing) -> tuple[str, bool]:
    part = each.after or each.before
    return ("" if part is None else part.key), each.is_negated
