"""A filter weighed: who matches it by status, and who would match an edited one, out of one tally."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from zoneinfo import ZoneInfo

from app.filters.advice.pieces import Edit
from app.filters.checked import Condition, Filter, InAnySegment, PinnedIn, PinnedOut, StatusIs
from app.filters.pins import parted
from app.filters.sight.nodes import Node, NodeKind, conditions_of, node_of
from app.filters.sight.tally import Tally, sets
from app.filters.vocabulary import Status

STATUSES = tuple(StatusIs((status,)) for status in Status)


@dataclass(frozen=True)
class Weighed:
    """A filter's nodes and a tally of their conditions, or of the filter as a whole, and of STATUSES.

    `included` and `excluded` are the groups that are pinned in and out, whatever the filter says.
    """

    root: Node
    tally: Tally
    zone: ZoneInfo
    included: int = 0
    excluded: int = 0

    @cached_property
    def knows_parts(self) -> bool:
        """Whether the filter's own conditions are in the tally, not just the filter as a whole."""
        return self.root.kind is NodeKind.CONDITION or self.root.tree not in self.tally.answers

    @cached_property
    def sets(self) -> Mapping[str, int]:
        """By path, the groups for which each node holds, pins apart; only the root where its parts aren't known."""
        if self.knows_parts:
            return self.tally.sets(self.root)
        return {self.root.path: self.tally.answers[self.root.tree]}

    @cached_property
    def matched(self) -> int:
        """The groups that match, pins heeded."""
        return self._with_pins(self.sets[self.root.path])

    @property
    def deciding(self) -> int:
        """The groups for which the filter makes a difference: no pin decides."""
        return self._with_pins(self.tally.everyone) ^ self._with_pins(0)

    @cached_property
    def count(self) -> int:
        """How many match."""
        return self.tally.count(self.matched)

    @cached_property
    def everyone(self) -> int:
        """How many contacts there are."""
        return self.tally.count(self.tally.everyone)

    @cached_property
    def by_status(self) -> dict[Status, int]:
        """How many of each status match."""
        return self._by_status(self.matched)

    @cached_property
    def by_filter(self) -> dict[Status, int]:
        """How many of each status the filter itself means, but for those whom somebody has pinned out."""
        return self._by_status(self.sets[self.root.path] & self.tally.without(self.excluded))

    @cached_property
    def by_hand(self) -> dict[Status, int]:
        """How many of each status match whatever the filter says, since somebody has pinned them in."""
        return self._by_status(self._with_pins(0))

    def edit(self, tree: Filter | None) -> Edit | None:
        """An edited filter with its count; None without one, and where it asks what the tally doesn't know."""
        if tree is None:
            return None
        root = node_of(tree)
        asked = {condition: self._answer(condition) for condition in conditions_of([root])}
        answers = {condition: groups for condition, groups in asked.items() if groups is not None}
        if len(answers) < len(asked):
            return None
        groups = self._with_pins(sets(root, answers, self.tally.everyone)[root.path])
        return Edit(tree, self.tally.count(groups), self._count(groups, Status.ACTIVE))

    def _answer(self, condition: Condition) -> int | None:
        """The groups for which a condition holds; lists that the filter asks apart may be asked together."""
        if condition in self.tally.answers or not isinstance(condition, InAnySegment):
            return self.tally.answers.get(condition)
        apart = [self.tally.answers.get(InAnySegment((one,))) for one in condition.segments]
        known = [groups for groups in apart if groups is not None]
        return reduce(or_, known) if len(known) == len(apart) else None

    def _with_pins(self, groups: int) -> int:
        return (groups | self.included) & self.tally.without(self.excluded)

    def _by_status(self, groups: int) -> dict[Status, int]:
        return {status: self._count(groups, status) for status in Status}

    def _count(self, groups: int, status: Status) -> int:
        return self.tally.count(groups & self.tally.answers[StatusIs((status,))])


def conditions_weighed(tree: Filter) -> list[Condition]:
    """What has to be in the tally of a filter."""
    return list(dict.fromkeys([*conditions_of([node_of(tree)]), *STATUSES]))


def whole_weighed(tree: Filter) -> list[Filter]:
    """What has to be in the tally of a filter that is weighed without its parts."""
    own, pins = parted(tree)
    return list(dict.fromkeys([own, *pins, *STATUSES]))


def weighed(tree: Filter, tally: Tally, zone: ZoneInfo) -> Weighed:
    """A filter, perhaps with pins, by a tally of either of these; moments are told in `zone`."""
    own, pins = parted(tree)
    included = sum(tally.answers[pin] for pin in pins if isinstance(pin, PinnedIn))
    excluded = sum(tally.answers[pin] for pin in pins if isinstance(pin, PinnedOut))
    return Weighed(node_of(own), tally, zone, included, excluded)
