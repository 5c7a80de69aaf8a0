"""Why a contact is in a filter or is not: the conditions that make it so, and what time will change, in words."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import assert_never

from app.filters.checked import Condition
from app.filters.clock import Clock
from app.filters.sight.nodes import Node, NodeKind
from app.filters.sight.turning import HORIZON, Turn

MOST_GROUNDS = 5

_BY_HAND = {True: "Is in: always included", False: "Is not in: always excluded"}


def grounds(node: Node, holds: Mapping[str, int]) -> Iterator[Node]:
    """The conditions that make the node hold or not, as `holds` says by path: those of any part that decides it."""
    match node.kind:
        case NodeKind.CONDITION:
            yield node
        case NodeKind.AND | NodeKind.OR:
            for part in node.parts:
                if holds[part.path] == holds[node.path]:
                    yield from grounds(part, holds)
        case NodeKind.NOT | NodeKind.SEGMENT:
            yield from grounds(node.parts[0], holds)
        case NodeKind.PINS:
            yield from grounds(pin_held(node, holds) or node.parts[0], holds)
        case _:
            assert_never(node.kind)


def pin_held(node: Node, holds: Mapping[str, int]) -> Node | None:
    """Of PINS the one that holds, whatever the filter says; None where none does, and of any other node."""
    pins = node.parts[1:] if node.kind is NodeKind.PINS else ()
    return next((pin for pin in pins if holds[pin.path]), None)


def reason(root: Node, holds: Mapping[str, int], told: Mapping[Condition, str]) -> str:
    """A sentence on whether the contact is in, and why; `told` has what is so of it for each condition."""
    if pin_held(root, holds):
        return f"{_BY_HAND[bool(holds[root.path])]} by hand, whatever the filter says."
    found = list(dict.fromkeys(told[each.condition] for each in grounds(root, holds)))
    more = [f"{len(found) - MOST_GROUNDS} more"] if len(found) > MOST_GROUNDS else []
    because = "; ".join([*found[:MOST_GROUNDS], *more])
    return f"{'Is in' if holds[root.path] else 'Is not in'}: {because}."


def parts_told(node: Node, holds: Mapping[str, int]) -> str:
    """Of a node with parts, how many of them hold."""
    held = sum(holds[part.path] for part in node.parts)
    match node.kind:
        case NodeKind.NOT:
            return "what must not hold does" if held else "what must not hold does not"
        case NodeKind.SEGMENT:
            name = node.segment.name if node.segment else ""
            return f'{"is" if held else "is not"} in segment "{name}"'
        case NodeKind.PINS:
            return "pinned by hand" if pin_held(node, holds) else "not pinned, so the filter decides"
        case _:
            return f"{held} of {len(node.parts)} hold{'s' if held == 1 else ''}"


def turning(turn: Turn, clock: Clock, *, is_in: bool, is_pinned: bool) -> str:
    """A sentence on when the contact will enter or leave, if nothing but time changes."""
    stays = "stays in" if is_in else "stays out"
    if is_pinned:
        return f"It {stays} until it is unpinned."
    if turn.at is not None:
        return f"If nothing else changes, it {'leaves' if is_in else 'enters'} on {_written(turn.at, clock)}."
    if turn.until < clock.step(HORIZON, 1):
        return f"If nothing else changes, it {stays} until {_written(turn.until, clock)} at least."
    return f"If nothing else changes, it {stays} for {HORIZON.amount} years at least."


def _written(at: datetime, clock: Clock) -> str:
    return at.astimezone(clock.zone).replace(tzinfo=None).isoformat(" ", "minutes")
