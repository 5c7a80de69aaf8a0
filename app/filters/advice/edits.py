"""Filters that follow from another: without one of its parts, with another in its place, for those who may be mailed.

Paths are those of `app.filters.sight.nodes`. What is pinned to a segment stands around its filter and isn't edited.
"""

from app.filters.advice.safeguards import lets_sendable_through
from app.filters.asked import MOST_CONDITIONS, MOST_LEVELS
from app.filters.checked import Filter, InAnySegment, StatusIs
from app.filters.tree import And, Not, Or, leaves
from app.filters.vocabulary import Status

SENDABLE = StatusIs((Status.ACTIVE,))


def without(tree: Filter, path: str) -> Filter | None:
    """The filter with a part taken out; a group with one part left becomes that, and a Not of nothing goes as well.

    None where nothing would be left, or the filter itself has no such part: what is in another segment is that one's.
    """
    return _edited(tree, "filter", path, None) if _has(tree, "filter", path) else None


def replaced(tree: Filter, path: str, by: Filter) -> Filter | None:
    """The filter with another part in the place of one.

    None where the filter itself has no such part, or would come to have too many conditions or levels.
    """
    return _within_limits(_edited(tree, "filter", path, by)) if _has(tree, "filter", path) else None


def sendable(tree: Filter) -> Filter | None:
    """The filter for only those of its contacts who may be mailed.

    What it asks of the status and they all have is said by that. None where it would have too many conditions or
    levels.
    """
    parts = tree.parts if isinstance(tree, And) else (tree,)
    place = next((place for place, part in enumerate(parts) if lets_sendable_through(part)), len(parts))
    others = (part for part in parts[place:] if not lets_sendable_through(part))
    kept = (*parts[:place], SENDABLE, *others)
    return _within_limits(And(kept) if len(kept) > 1 else SENDABLE)


def _parts(tree: Filter, path: str) -> list[tuple[str, Filter]]:
    """The parts of what stands at the path, with their own paths."""
    match tree:
        case And(parts):
            return [(f"{path}.and[{number}]", part) for number, part in enumerate(parts)]
        case Or(parts):
            return [(f"{path}.or[{number}]", part) for number, part in enumerate(parts)]
        case Not(part):
            return [(f"{path}.not", part)]
        case InAnySegment(segments) if len(segments) > 1:
            return [(f"{path}.segment.inAny[{number}]", InAnySegment((one,))) for number, one in enumerate(segments)]
        case _:
            return []


def _has(tree: Filter, at: str, path: str) -> bool:
    return at == path or any(_has(part, place, path) for place, part in _parts(tree, at))


def _edited(tree: Filter, at: str, path: str, by: Filter | None) -> Filter | None:
    if at == path:
        return by
    if not path.startswith(f"{at}."):
        return tree
    found = [_edited(part, place, path, by) for place, part in _parts(tree, at)]
    return _made_of(tuple(part for part in found if part is not None), tree)


def _made_of(parts: tuple[Filter, ...], tree: Filter) -> Filter | None:
    """A tree like the one before, but with these parts."""
    if not parts:
        return None
    match tree:
        case And(before) | Or(before) if len(parts) == 1 < len(before):
            return parts[0]
        case And():
            return And(parts)
        case Not():
            return Not(parts[0])
        case InAnySegment():
            return _in_any(parts)
        case _:
            return Or(parts)


def _in_any(parts: tuple[Filter, ...]) -> Filter:
    listed = [one for part in parts if isinstance(part, InAnySegment) for one in part.segments]
    return InAnySegment(tuple(listed)) if all(isinstance(part, InAnySegment) for part in parts) else Or(parts)


def _within_limits(tree: Filter | None) -> Filter | None:
    if tree is None or _levels(tree) > MOST_LEVELS or sum(1 for _ in leaves(tree)) > MOST_CONDITIONS:
        return None
    return tree


def _levels(tree: Filter) -> int:
    match tree:
        case And(parts) | Or(parts):
            return 1 + max(map(_levels, parts), default=0)
        case Not(part):
            return 1 + _levels(part)
        case _:
            return 0
