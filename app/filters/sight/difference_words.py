"""A difference between two filters in words: `Changed: City is "Jakarta", now also "Bandung"`."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import assert_never
from zoneinfo import ZoneInfo

from app.filters.checked import Condition, FieldPasses, Filter
from app.filters.sight.likeness import form, listed, subject
from app.filters.sight.parts import Part
from app.filters.summary import MOST_LISTED, continued, summarize
from app.filters.tree import And, Not, Or


class DifferenceKind(Enum):
    """What was done to a part of a filter."""

    ADDED = "ADDED"
    REMOVED = "REMOVED"
    MOVED = "MOVED"
    CHANGED = "CHANGED"
    REGROUPED = "REGROUPED"
    NEGATED = "NEGATED"
    RENAMED = "RENAMED"


@dataclass(frozen=True, slots=True)
class Difference:
    """What was done: the part's path and summary before and after, each None where it was not there, and a sentence.

    Of what was RENAMED there are the names, and no paths.
    """

    kind: DifferenceKind
    path_before: str | None
    path_after: str | None
    before: str | None
    after: str | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Differing:
    """A part before and after; `is_negated` within a `not`, `is_alternative` where one of several is enough."""

    kind: DifferenceKind
    before: Part | None
    after: Part | None
    is_negated: bool
    is_alternative: bool


def renamed(before: str, after: str) -> list[Difference]:
    """What became of a name; nothing where it stayed."""
    if before == after:
        return []
    sentence = f'Renamed: "{before}", now "{after}"'
    return [Difference(DifferenceKind.RENAMED, None, None, before, after, sentence)]


def in_words(differing: Differing, zone: ZoneInfo) -> Difference:
    """The difference, with moments told in `zone`."""
    before, after = differing.before, differing.after
    sentence = _sentence(differing, zone)
    return Difference(
        kind=differing.kind,
        path_before=None if before is None else before.path,
        path_after=None if after is None else after.path,
        before=None if before is None else summarize(before.tree, zone),
        after=None if after is None else summarize(after.tree, zone),
        sentence=f'Within "not": {sentence[:1].lower()}{sentence[1:]}' if differing.is_negated else sentence,
    )


def _sentence(differing: Differing, zone: ZoneInfo) -> str:
    before = "" if differing.before is None else summarize(differing.before.tree, zone)
    after = "" if differing.after is None else summarize(differing.after.tree, zone)
    alternative = " as an alternative" if differing.is_alternative else ""
    match differing.kind:
        case DifferenceKind.ADDED:
            return f"Added{alternative}: {after}"
        case DifferenceKind.REMOVED:
            return f"Removed{alternative}: {before}"
        case DifferenceKind.MOVED:
            return f"Moved to another group: {after}"
        case DifferenceKind.CHANGED:
            return f"Changed: {before}, now {_now(differing, zone)}"
        case DifferenceKind.REGROUPED:
            return _regrouped(differing.after, after)
        case DifferenceKind.NEGATED:
            return _negated(differing, before, after)
        case DifferenceKind.RENAMED:
            raise TypeError("parts of a filter have no name")
        case _:
            assert_never(differing.kind)


def _regrouped(after: Part | None, summary: str) -> str:
    if after is not None and isinstance(after.tree, Or):
        return f"Now any of these is enough; before, all were needed: {summary}"
    return f"Now all of these are needed; before, any was enough: {summary}"


def _negated(differing: Differing, before: str, after: str) -> str:
    if differing.after is not None and isinstance(differing.after.tree, Not):
        return f"Now this must not hold; before, it had to: {before}"
    return f"Now this must hold; before, it must not: {after}"


def _now(differing: Differing, zone: ZoneInfo) -> str:
    """What a changed part says now, of which that is left out which stayed."""
    summary = "" if differing.after is None else continued(differing.after.tree, zone)
    before, after = (None if part is None else _asked(part.tree) for part in (differing.before, differing.after))
    if before is None or after is None or before[0] != after[0]:
        return summary
    old, new = before[1], after[1]
    if form(old) is form(new) and subject(old) == subject(new) and (values := _values(old, new)):
        return values
    if isinstance(new, FieldPasses) and subject(old) == subject(new) and not after[0]:
        return f"it {summary.removeprefix(new.field.name).strip()}"
    return summary


def _values(before: Condition, after: Condition) -> str:
    """What a list gained and lost; nothing to say where all of it is other."""
    old, new = listed(before), listed(after)
    if not old.keys() & new.keys():
        return ""
    gained = [new[each] for each in new if each not in old]
    lost = [old[each] for each in old if each not in new]
    told = [f"also {_few(gained)}"] * bool(gained) + [f"no longer {_few(lost)}"] * bool(lost)
    return " and ".join(told)


def _few(words: Sequence[str]) -> str:
    more = f" and {len(words) - MOST_LISTED} more" if len(words) > MOST_LISTED else ""
    return ", ".join(words[:MOST_LISTED]) + more


def _asked(tree: Filter) -> tuple[bool, Condition] | None:
    """Whether a condition is negated, and the condition; None for a group."""
    inner = tree.part if isinstance(tree, Not) else tree
    return None if isinstance(inner, And | Or | Not) else (inner is not tree, inner)
