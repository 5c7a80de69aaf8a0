"""Filters that follow from another: without one of its parts, or for those alone who may be mailed.

Paths are those of `app.filters.sight.nodes`. What is pinned to a segment stands around its filter and isn't edited.
"""

from app.filters.advice.safeguards import lets_sendable_through
from app.filters.asked import MOST_CONDITIONS, MOST_LEVELS
from app.filters.checked import SENDABLE, Filter, InAnySegment, Inlined
from app.filters.tree import And, Not, Or, leaves


def without(tree: Filter, path: str) -> Filter | None:
    """The filter with a part taken out; a group with one part left becomes that, and a Not of nothing goes as well.

    None where nothing would be left, or the filter itself has no such part: what is in another segment is that one's.
    """
    return _left(tree, "filter", path) if _has(tree, "filter", path) else None


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


def _left(tree: Filter, at: str, path: str) -> Filter | None:
    if at == path:
        return None
    if not path.startswith(f"{at}."):
        return tree
    found = [_left(part, place, path) for place, part in _parts(tree, at)]
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
            return InAnySegment(tuple(one for part in parts for one in _segments(part)))
        case _:
            return Or(parts)


def _segments(tree: Filter) -> tuple[Inlined, ...]:
    return tree.segments if isinstance(tree, InAnySegment) else ()


def _within_limits(tree: Filter) -> Filter | None:
    if _levels(tree) > MOST_LEVELS or sum(1 for _ in leaves(tree)) > MOST_CONDITIONS:
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
