"""When time alone changes the answer of a relative test: which tests those are, and the exact instants of a day."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache, partial
from typing import TypeGuard

from app.filters.catalog import Field
from app.filters.checked import (
    Anniversary,
    FieldPasses,
    Filter,
    InAnySegment,
    InPeriod,
    MoreThanAgo,
    MoreThanFromNow,
    SpanTest,
    Test,
    TimeTest,
    WithinLast,
    WithinNext,
)
from app.filters.clock import LATEST, Clock, Span, moments
from app.filters.tree import leaves
from app.filters.vocabulary import Unit

RelativeTests = Mapping[Field, frozenset[Test]]

_INSTANT = timedelta(microseconds=1)


def relative_tests(trees: Iterable[Filter]) -> RelativeTests:
    """The tests of the trees, and of the segments they refer to, whose answers change as time goes on, by field."""
    found: dict[Field, set[Test]] = {}
    for tree in trees:
        for passes in _relative(tree):
            found.setdefault(passes.field, set()).add(passes.test)
    return {field: frozenset(tests) for field, tests in found.items()}


def is_relative(test: Test) -> TypeGuard[TimeTest]:
    """Whether the answer to the test changes as time goes on."""
    return isinstance(test, MoreThanAgo | WithinLast | WithinNext | MoreThanFromNow | InPeriod | Anniversary)


def _relative(tree: Filter) -> Iterator[FieldPasses]:
    for leaf in leaves(tree):
        match leaf:
            case FieldPasses(_, test) if is_relative(test):
                yield leaf
            case InAnySegment(segments):
                for segment in segments:
                    if segment.filter is not None:
                        yield from _relative(segment.filter)
            case _:
                pass


def next_midnight(clock: Clock) -> datetime:
    """The first instant after the clock's at which a day begins there, or the clocks are set to another date."""
    at, today = clock.at.astimezone(UTC), clock.today
    try:
        wall = datetime.combine(today + timedelta(days=1), time.min, UTC)
        midnight = wall - _offset(at, clock)
        if _offset(midnight - _INSTANT, clock) == _offset(at, clock):
            return midnight
        change = first_other(partial(_offset, clock=clock), at, midnight - _INSTANT)
        is_today = change.astimezone(clock.zone).date() == today
        return wall - _offset(change, clock) if is_today else change
    except OverflowError:
        return LATEST


def next_crossing(test: SpanTest, value: datetime, clock: Clock) -> datetime | None:
    """The first instant after the clock's and before the next midnight at which an end of the test passes the value.

    Within a day neither end goes back, so halving finds it; what the wall shows is tried first.
    """

    def sides(at: datetime) -> tuple[bool, bool]:
        return _sides(moments(test, Clock(at, clock.zone)), value)

    now, last, first_span, last_span = _rest_of_day(test, clock)
    before = _sides(first_span, value)
    if _sides(last_span, value) == before:
        return None
    for guess in _guesses(value, clock):
        if now < guess <= last and sides(guess - _INSTANT) == before != sides(guess):
            return guess
    return first_other(sides, now, last)


def steps_by_wall(test: Test) -> TypeGuard[SpanTest]:
    """Whether an end of a moment's test keeps the time that the clocks show, so that it moves as they are set."""
    match test:
        case MoreThanAgo(duration) | WithinLast(duration) | WithinNext(duration) | MoreThanFromNow(duration):
            return duration.unit is not Unit.HOUR and duration.amount > 0
        case _:
            return False


def exact_due(tests: RelativeTests, values: Mapping[str, datetime], clock: Clock) -> datetime | None:
    """The earliest crossing of today by any of the moments `values`, which stand under their fields' keys."""
    crossings = (
        next_crossing(test, values[field.key], clock)
        for field, asked in tests.items()
        if field.key in values
        for test in asked
        if steps_by_wall(test)
    )
    return min((crossing for crossing in crossings if crossing is not None), default=None)


# It is the same for every contact that is asked about.
@lru_cache(1_000)
def _rest_of_day(test: SpanTest, clock: Clock) -> tuple[datetime, datetime, Span[datetime], Span[datetime]]:
    """The clock's instant and the day's last, and what the test accepts at each."""
    now = clock.at.astimezone(UTC)
    last = max(now, next_midnight(clock) - _INSTANT)
    return now, last, moments(test, clock), moments(test, Clock(last, clock.zone))


def _sides(span: Span[datetime], value: datetime) -> tuple[bool, bool]:
    """Whether the value is past the span's start, and past its end."""
    start, end = span.start, span.end
    past_start = start is None or (value > start if span.start_open else value >= start)
    past_end = end is not None and (value >= end if span.end_open else value > end)
    return past_start, past_end


def _guesses(value: datetime, clock: Clock) -> Iterator[datetime]:
    wall = value.astimezone(clock.zone).time()
    for guess in (clock.moment(datetime.combine(clock.today, wall)), value.astimezone(UTC)):
        yield from (guess, guess + _INSTANT)


def _offset(instant: datetime, clock: Clock) -> timedelta:
    return instant.astimezone(clock.zone).utcoffset() or timedelta()


def first_other(look: Callable[[datetime], object], low: datetime, high: datetime) -> datetime:
    """The first instant that looks unlike `low`, by halving up to `high`, which does."""
    before = look(low)
    while high - low > _INSTANT:
        middle = low + (high - low) / 2
        low, high = (middle, high) if look(middle) == before else (low, middle)
    return high
