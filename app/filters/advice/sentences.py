"""What advice says, in sentences."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from app.filters.advice.pieces import Edit
from app.filters.sight.breakdown import Counted
from app.filters.sight.nodes import Node
from app.filters.summary import summarize
from app.filters.vocabulary import Status

LONGEST_WORDS: Final = 160
MOST_NAMED: Final = 3

_UNSENDABLE: Final = {
    Status.PENDING: "not confirmed yet",
    Status.UNSUBSCRIBED: "unsubscribed",
    Status.HARD_BOUNCE: "bounced",
}


def words_of(node: Node, zone: ZoneInfo) -> str:
    """A node in plain words, cut where they are many."""
    words = summarize(node.tree, zone)
    return words if len(words) <= LONGEST_WORDS else f"{words[: LONGEST_WORDS - 2]} …"


def contradictory(node: Node, because: Sequence[Node], zone: ZoneInfo) -> str:
    """Of a node that nobody can satisfy, for the conditions that can't go together."""
    if len(because) < 2:
        return f"Nobody can ever satisfy this: {words_of(node, zone)}."
    return f"These can't hold together, so nobody can ever satisfy this: {_named(because, zone)}."


def always_true(node: Node, zone: ZoneInfo) -> str:
    """Of a node that everyone satisfies."""
    return f"This is always true, of everyone: {words_of(node, zone)}."


def nobody_there() -> str:
    """Of a workspace without contacts."""
    return "Nobody matches: there are no contacts yet."


def pinned_out() -> str:
    """Of a filter whose contacts are all pinned out."""
    return "Nobody matches: all whom the filter means are always excluded."


def empty(cause: Counted, edit: Edit | None, zone: ZoneInfo) -> str:
    """Of a filter that matches nobody, for the node at which nobody is left, and perhaps without that."""
    if cause.node.parent is None:
        return "Nobody matches."
    words = words_of(cause.node, zone)
    found = (
        "no contact satisfies it" if not cause.count else f"none of the {cause.given:,} who come to it satisfies it"
    )
    return f"Nobody matches because of this: {words}; {found}.{_without(edit)}"


def _without(edit: Edit | None) -> str:
    return f" Without it {edit.count:,} match." if edit else ""


def too_broad(count: int, everyone: int) -> str:
    """Of so many out of all."""
    share = "all contacts" if count == everyone else f"{_percent(count, everyone)} of all contacts"
    return f"This means {share}. Say more precisely whom you mean."


def not_sendable(by_status: Mapping[Status, int]) -> str:
    """How many of those who match can't be mailed, and why."""
    found = [f"{by_status[status]:,} {why}" for status, why in _UNSENDABLE.items() if by_status[status]]
    unsendable = sum(by_status[status] for status in _UNSENDABLE)
    number = "None" if not by_status[Status.ACTIVE] else f"{unsendable:,}"
    told = "can be mailed" if not by_status[Status.ACTIVE] else "can't be mailed"
    return f"{number} of {sum(by_status.values()):,} {told}: {_list(found)}."


def removes_nobody(node: Node, because: Sequence[Node], given: int, zone: ZoneInfo) -> str:
    """Of an And's part that all satisfy whom the rest leaves; `because` are parts that say it already."""
    why = (
        f"It is already said by {_named(because, zone)}"
        if because
        else f"All {given:,} whom the rest leaves satisfy it"
    )
    return f"This removes nobody: {words_of(node, zone)}. {why}."


def adds_nobody(node: Node, because: Sequence[Node], count: int, zone: ZoneInfo) -> str:
    """Of an Or's part that brings nobody; `because` are parts that cover it, `count` those who satisfy it."""
    if because:
        why = f"It is already covered by {_named(because, zone)}"
    else:
        why = f"The {count:,} who satisfy it make no difference beside the rest" if count else "Nobody satisfies it"
    return f"This adds nobody: {words_of(node, zone)}. {why}."


def same_rule(name: str) -> str:
    """Of a segment with the same meaning."""
    return f'Segment "{name}" has the same rule.'


def same_contacts(name: str, count: int) -> str:
    """Of a segment with the same contacts."""
    return f'Segment "{name}" has the same {count:,} contacts.'


def nearly_same(name: str, both: int, either: int) -> str:
    """Of a segment that shares nearly all contacts."""
    return f'{_percent(both, either)} of those in this or in segment "{name}" are in both.'


def inside(name: str, count: int, size: int) -> str:
    """Of a segment that has all of these contacts and more."""
    return f'All {count:,} are in segment "{name}" as well, which has {size:,}.'


def _named(nodes: Sequence[Node], zone: ZoneInfo) -> str:
    words = [words_of(node, zone) for node in nodes[:MOST_NAMED]]
    return _list([*words, f"{len(nodes) - MOST_NAMED} more"] if len(nodes) > MOST_NAMED else words)


def _list(words: Iterable[str]) -> str:
    *before, last = words
    return f"{'; '.join(before)} and {last}" if before else last


def _percent(part: int, whole: int) -> str:
    percent = 100 * part / whole
    return f"{min(round(percent), 99)}%" if percent >= 1 else "less than 1%"
