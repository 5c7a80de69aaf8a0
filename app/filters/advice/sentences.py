"""What advice says, in sentences."""

from collections.abc import Mapping, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from app.filters.advice.pieces import Edit
from app.filters.sight.breakdown import Counted
from app.filters.sight.nodes import Node
from app.filters.summary import continued, summarize
from app.filters.vocabulary import Status

LONGEST_WORDS: Final = 160
MOST_NAMED: Final = 3

_UNSENDABLE: Final = (Status.PENDING, Status.UNSUBSCRIBED, Status.HARD_BOUNCE)


def contradictory(node: Node, because: Sequence[Node], by_hand: int, zone: ZoneInfo) -> str:
    """Of a node that nobody can satisfy, for the conditions that can't go together; so many are in all the same."""
    but = f" But {_contacts(by_hand)} {'is' if by_hand == 1 else 'are'} included by hand." if by_hand else ""
    if len(because) < 2:
        return f"Nobody can ever satisfy this: {_words(node, zone)}.{but}"
    return f"These can't hold together, so nobody can ever satisfy this: {_named(because, zone)}.{but}"


def always_true(node: Node, zone: ZoneInfo) -> str:
    """Of a node that everyone satisfies."""
    return f"This is always true, of everyone: {_words(node, zone)}."


def nobody_there() -> str:
    """Of a workspace without contacts."""
    return "Nobody matches: there are no contacts yet."


def nobody(by_hand: int) -> str:
    """Of a filter that matches nobody as a whole; so many are in all the same."""
    return f"{_nobody(by_hand)}."


def pinned_out() -> str:
    """Of a filter whose contacts are all pinned out."""
    return "Nobody matches: all whom the filter means are always excluded."


def empty(cause: Counted, edit: Edit | None, by_hand: int, zone: ZoneInfo) -> str:
    """Of a filter that matches nobody, for the node at which nobody is left, and perhaps without that."""
    if cause.node.parent is None:
        return nobody(by_hand)
    found = f"It leaves nobody of {_contacts(cause.given)}" if cause.count else "It holds for no contact"
    instead = f" Without it there would be {_contacts(edit.count)}." if edit else ""
    return f"{_nobody(by_hand)} because of this: {_words(cause.node, zone)}. {found}.{instead}"


def too_broad(count: int, everyone: int) -> str:
    """Of so many out of all."""
    share = "all contacts" if count == everyone else f"{_percent(count, everyone)} of all contacts"
    return f"This means {share}. Say more precisely whom you mean."


def not_sendable(by_status: Mapping[Status, int], by_hand: Mapping[Status, int]) -> str:
    """How many of those who match can't be mailed, and why; and how many of them are included by hand."""
    stays = _by_hand(sum(by_hand[status] for status in _UNSENDABLE))
    why = _list([f"{by_status[status]:,} {status.words}" for status in _UNSENDABLE if by_status[status]])
    if not by_status[Status.ACTIVE]:
        return f"None of these can be mailed: {why}.{stays}"
    unsendable = sum(by_status[status] for status in _UNSENDABLE)
    return f"{unsendable:,} of {sum(by_status.values()):,} can't be mailed: {why}.{stays}"


def removes_nobody(node: Node, because: Sequence[Node], given: int, zone: ZoneInfo) -> str:
    """Of an And's part that holds for all `given` whom the rest leaves; `because` are parts that say it already."""
    if because:
        return f"This removes nobody: {_words(node, zone)}. {_already(because, 'say', zone)}."
    left = "the only contact" if given == 1 else f"all {_contacts(given)}"
    return f"This removes nobody today: {_words(node, zone)}. It holds for {left} that the rest leaves."


def adds_nobody(node: Node, because: Sequence[Node], count: int, zone: ZoneInfo) -> str:
    """Of an Or's part that brings nobody of the `count` it holds for; `because` are parts that cover it."""
    if because:
        return f"This adds nobody: {_words(node, zone)}. {_already(because, 'cover', zone)}."
    found = f"The rest decides already about the {_contacts(count)} that it holds for"
    return f"This adds nobody today: {_words(node, zone)}. {found if count else 'It holds for no contact'}."


def same_rule(name: str) -> str:
    """Of a segment with the same meaning."""
    return f'Segment "{name}" has the same rule.'


def same_contacts(name: str, count: int) -> str:
    """Of a segment with the same contacts."""
    return f'Segment "{name}" has the same {_contacts(count)}.'


def nearly_same(name: str, both: int, either: int) -> str:
    """Of a segment that shares nearly all contacts."""
    return f'{_percent(both, either)} of those in this or in segment "{name}" are in both.'


def inside(name: str, count: int, size: int) -> str:
    """Of a segment that has all of these contacts and more."""
    return f'Segment "{name}" has all of these contacts and more: {size:,} instead of {count:,}.'


def _already(because: Sequence[Node], does: str, zone: ZoneInfo) -> str:
    others = f"Other parts {does}" if len(because) > 1 else f"Another part {does}s"
    return f"{others} it already: {_named(because, zone)}"


def _nobody(by_hand: int) -> str:
    return f"But for {_contacts(by_hand)} included by hand, nobody matches" if by_hand else "Nobody matches"


def _by_hand(count: int) -> str:
    if not count:
        return ""
    told = "1 of them is" if count == 1 else f"{count:,} of them are"
    return f" {told} always included by hand: unpin them to leave them out."


def _words(node: Node, zone: ZoneInfo) -> str:
    return _cut(summarize(node.tree, zone))


def _cut(words: str) -> str:
    return words if len(words) <= LONGEST_WORDS else f"{words[: LONGEST_WORDS - 2]} …"


def _named(nodes: Sequence[Node], zone: ZoneInfo) -> str:
    first, *others = nodes[:MOST_NAMED]
    words = [_words(first, zone), *(_cut(continued(node.tree, zone)) for node in others)]
    return _list([*words, f"{len(nodes) - MOST_NAMED} more"] if len(nodes) > MOST_NAMED else words)


def _contacts(count: int) -> str:
    return "1 contact" if count == 1 else f"{count:,} contacts"


def _list(words: Sequence[str]) -> str:
    *before, last = words
    return f"{', '.join(before)} and {last}" if before else last


def _percent(part: int, whole: int) -> str:
    percent = 100 * part / whole
    return f"{min(round(percent), 99)}%" if percent >= 1 else "less than 1%"
