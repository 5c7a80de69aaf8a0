"""Where two filters differ, part by part: what was added, removed, moved, changed, negated, or grouped otherwise."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from app.filters.checked import Filter
from app.filters.sight.difference_words import Difference, DifferenceKind, Differing, in_words
from app.filters.sight.likeness import condition_of, likeness, paired
from app.filters.sight.parts import Part, below, grouped, part_of
from app.filters.tree import And, Not, Or

FEWEST_JOINED = 2


def differences(before: Filter, after: Filter, zone: ZoneInfo) -> list[Difference]:
    """What was done to a filter to make another of it; nothing where both say the same, in whatever order.

    A segment that both refer to is the same, whatever became of its own filter.
    """
    found = list(_compare(part_of(before), part_of(after), _Place()))
    return [in_words(each, zone) for each in _moved(found)]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where parts stand: whether within a `not`, and whether in an Or."""

    is_negated: bool = False
    is_alternative: bool = False

    @property
    def turned(self) -> "_Place":
        """The place within a `not` that stands here."""
        return replace(self, is_negated=not self.is_negated)

    def of(self, kind: DifferenceKind, before: Part | None, after: Part | None) -> Differing:
        return Differing(kind, before, after, self.is_negated, self.is_alternative)


def _compare(old: Part, new: Part, place: _Place) -> Iterator[Differing]:
    if old.key == new.key:
        return
    match old.tree, new.tree:
        case Not(), Not() if not _are_conditions(old.parts[0], new.parts[0]):
            yield from _compare(old.parts[0], new.parts[0], place.turned)
        case And() | Or(), Not() if _is_turned(old, new):
            yield place.of(DifferenceKind.NEGATED, old, new)
            yield from _compare(old, new.parts[0], place.turned)
        case Not(), And() | Or() if _is_turned(new, old):
            yield place.of(DifferenceKind.NEGATED, old, new)
            yield from _compare(old.parts[0], new, place)
        case (_, And() | Or()) if _is_one_of(old, new):
            yield from _compare_parts(new, (old,), new, new.parts, place)
        case (And() | Or(), _) if _is_one_of(new, old):
            yield from _compare_parts(old, old.parts, old, (new,), place)
        case (And() | Or() as was, And() | Or() as becomes):
            if type(was) is not type(becomes):
                yield place.of(DifferenceKind.REGROUPED, old, new)
            yield from _compare_parts(old, old.parts, new, new.parts, place)
        case _:
            yield place.of(DifferenceKind.CHANGED, old, new)


def _is_turned(group: Part, negated: Part) -> bool:
    """Whether what is negated is much like the group, rather than one of its parts."""
    inner = negated.parts[0]
    return inner.is_group and likeness(inner, group) > 0 and all(part.key != negated.key for part in group.parts)


def _is_one_of(one: Part, group: Part) -> bool:
    """Whether a part stands in a group, or has become what does."""
    if one.is_group:
        return any(part.key == one.key for part in group.parts)
    return likeness(one, group) > 0


def _are_conditions(*parts: Part) -> bool:
    return all(condition_of(part) is not None for part in parts)


def _compare_parts(
    was: Part, before: Sequence[Part], becomes: Part, after: Sequence[Part], place: _Place
) -> Iterator[Differing]:
    """Compares what stood in one group with what stands in the other."""
    inside = replace(place, is_alternative=isinstance(becomes.tree, Or))
    olds, news = _unequal(before, after), _unequal(after, before)
    joined = list(_joined(was, olds, news))
    olds, news = _others(olds, joined, 0), _others(news, joined, 1)
    parted = [(old, new) for new, old in _joined(becomes, news, olds)]
    olds, news = _others(olds, parted, 0), _others(news, parted, 1)
    pairs = paired(olds, news)
    for old, new in (*joined, *parted, *sorted(pairs, key=lambda pair: news.index(pair[1]))):
        yield from _compare(old, new, inside)
    yield from (inside.of(DifferenceKind.ADDED, None, new) for new in _others(news, pairs, 1))
    yield from (inside.of(DifferenceKind.REMOVED, old, None) for old in _others(olds, pairs, 0))


def _unequal(parts: Sequence[Part], others: Sequence[Part]) -> list[Part]:
    """The parts that have no equal among the others; each of those is the equal of one."""
    there = Counter(other.key for other in others)
    found = []
    for part in parts:
        there[part.key] -= 1
        if there[part.key] < 0:
            found.append(part)
    return found


def _joined(group: Part, parts: Sequence[Part], others: Sequence[Part]) -> Iterator[tuple[Part, Part]]:
    """The parts of a group, as one, that stand together in another group now, with that."""
    taken = set[Part]()
    for other in filter(lambda each: each.is_group, others):
        keys = {each.key for each in below(other)}
        together = tuple(
            part for part in parts if part not in taken and keys.issuperset(each.key for each in below(part))
        )
        if len(together) >= FEWEST_JOINED:
            taken.update(together)
            yield grouped(group, together), other


def _others(parts: Sequence[Part], pairs: Sequence[tuple[Part, Part]], side: int) -> list[Part]:
    """The parts that are not on a side of the pairs, be it alone or among some that were joined."""
    taken = {part for pair in pairs for part in (pair[side], *pair[side].parts)}
    return [part for part in parts if part not in taken]


def _moved(found: Sequence[Differing]) -> list[Differing]:
    """What was removed in one place and added in another has moved."""
    told = list(found)
    for removed in [each for each in found if each.kind is DifferenceKind.REMOVED]:
        for place, added in enumerate(told):
            if added.kind is DifferenceKind.ADDED and _said(added) == _said(removed):
                told[place] = replace(added, kind=DifferenceKind.MOVED, before=removed.before)
                told.remove(removed)
                break
    return told


def _said(each: Differing) -> tuple[str, bool]:
    part = each.after or each.before
    return ("" if part is None else part.key), each.is_negated
