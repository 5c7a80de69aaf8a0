"""All segments of a plan as they are asked of contacts: what the clock doesn't change is written only once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from app.compile import Scope, condition
from app.compile.clause import Clause
from app.filters.checked import Anniversary, Filter, InPeriod
from app.filters.clock import Clock
from app.filters.flips import relative_tests
from app.filters.vocabulary import FieldType
from app.queries.live.judging import Cases

# asyncpg keeps no longer statement, which would be planned each time; some hundred characters are left for the rest.
MOST_CHARACTERS = 14_500
SPARE = 16  # for placeholders with more digits, and a comma


class Turn(Enum):
    """When the text or the values of a condition change."""

    NEVER = "NEVER"
    BY_DAY = "BY_DAY"
    ANY_MOMENT = "ANY_MOMENT"


@dataclass(slots=True)
class Asking:
    """Segments that are asked in one statement: those that time doesn't change, that the day does, or any moment."""

    workspace_id: int
    segment_ids: frozenset[int]
    lasting: Cases
    daily: Mapping[int, Filter]
    momentary: Mapping[int, Filter]
    _today: tuple[date, Cases] | None = field(default=None, init=False)

    def cases(self, clock: Clock) -> Cases:
        """The conditions as of a moment."""
        if self._today is None or self._today[0] != clock.today:
            self._today = (clock.today, self.lasting.then(self._conditions(self.daily, clock)))
        return self._today[1].then(self._conditions(self.momentary, clock))

    def _conditions(self, trees: Mapping[int, Filter], clock: Clock) -> dict[int, Clause]:
        scope = Scope(self.workspace_id, clock)
        return {id: condition(tree, scope) for id, tree in trees.items()}


def askings(workspace_id: int, clock: Clock, trees: Mapping[int, Filter]) -> list[Asking]:
    """The segments, by id, in as few statements as they fit in; at least one."""
    together = list(_fitting(workspace_id, clock, trees)) or [{}]
    return [_asking(workspace_id, clock, group) for group in together]


def _fitting(workspace_id: int, clock: Clock, trees: Mapping[int, Filter]) -> Iterator[dict[int, Filter]]:
    """The segments, by id and in order, so many together as fit in one statement."""
    group: dict[int, Filter] = {}
    room = MOST_CHARACTERS
    for id, tree in trees.items():
        taken = len(Cases().then({id: condition(tree, Scope(workspace_id, clock))}).text) + SPARE
        if group and taken > room:
            yield group
            group, room = {}, MOST_CHARACTERS
        group[id] = tree
        room -= taken
    if group:
        yield group


def _asking(workspace_id: int, clock: Clock, trees: Mapping[int, Filter]) -> Asking:
    scope = Scope(workspace_id, clock)
    lasting, daily, momentary = ({id: tree for id, tree in trees.items() if _turns(tree) is turn} for turn in Turn)
    cases = Cases().then({id: condition(tree, scope) for id, tree in lasting.items()})
    return Asking(workspace_id, frozenset(trees), cases, daily, momentary)


def _turns(tree: Filter) -> Turn:
    tests = relative_tests([tree])
    if not tests:
        return Turn.NEVER
    by_day = all(
        field.type is FieldType.DATE or isinstance(test, InPeriod | Anniversary)
        for field, asked in tests.items()
        for test in asked
    )
    return Turn.BY_DAY if by_day else Turn.ANY_MOMENT
