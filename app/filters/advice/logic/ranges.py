"""Stretches of a line of numbers or of time, between cuts that lie before or after a value.

Between 2 and 3 with both ends is from the cut before 2 to the cut after 3; greater than 3 begins at the cut after 3.
So nothing is left between two cuts exactly if the first doesn't lie before the second.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import inf
from typing import Any

BEFORE, AFTER = 0, 1
ALL_YEAR_DAYS = (1 << 367) - 1
NO_YEAR_DAY = 1

_LEAP_YEAR = tuple((date(2000, 1, 1) + timedelta(day)).isoformat()[5:] for day in range(366))

Cut = tuple[Any, int]


@dataclass(frozen=True, slots=True)
class Stretch:
    """What lies between two cuts."""

    low: Cut = (-inf, BEFORE)
    high: Cut = (inf, AFTER)

    def __and__(self, other: "Stretch") -> "Stretch":
        return Stretch(max(self.low, other.low), min(self.high, other.high))

    def __bool__(self) -> bool:
        return self.low < self.high

    def without(self, other: "Stretch") -> tuple["Stretch", ...]:
        """What is left of it, in order."""
        if not self & other:
            return _there(self)
        return _there(Stretch(self.low, other.low), Stretch(other.high, self.high))


LINE = Stretch()


@dataclass(frozen=True, slots=True)
class Ranges:
    """A value within one of the stretches, which are in order and apart, or `absent`: no value.

    Of a time, its day of the year is one of `year_days` as well: a bit for each of a leap year's, from the second
    bit on; the first is having none.
    """

    stretches: tuple[Stretch, ...]
    absent: bool = False
    year_days: int = ALL_YEAR_DAYS

    def steps(self, other: "Ranges") -> int:
        """As many as there are stretches."""
        return len(self.stretches) + len(other.stretches)

    def __and__(self, other: "Ranges") -> "Ranges":
        both = tuple(_shared(self.stretches, other.stretches))
        return Ranges(both, self.absent and other.absent, self.year_days & other.year_days)

    def __bool__(self) -> bool:
        return (self.absent and self.year_days & NO_YEAR_DAY > 0) or bool(
            self.stretches and self.year_days > NO_YEAR_DAY
        )


def within(stretch: Stretch, line: Stretch = LINE) -> Ranges:
    """A value of the line that lies in the stretch."""
    return present(Ranges(_there(stretch & line)))


def outside(stretch: Stretch, line: Stretch = LINE) -> Ranges:
    """A value of the line that doesn't lie in the stretch, or none."""
    return Ranges(line.without(stretch), absent=True)


def year_days(ends: tuple[str, str] | None, line: Stretch, *, holds: bool) -> Ranges:
    """A time whose `MM-DD` is between the ends, over New Year's Eve where they are the other way round.

    None as ends is any day. Where it doesn't hold, the other days, or no value.
    """
    days = ALL_YEAR_DAYS & ~NO_YEAR_DAY if ends is None else _between(*ends)
    return Ranges((line,), year_days=days) if holds else Ranges((line,), True, ALL_YEAR_DAYS & ~days)


def _between(first: str, last: str) -> int:
    if first <= last:
        return sum(2 << place for place, day in enumerate(_LEAP_YEAR) if first <= day <= last)
    return sum(2 << place for place, day in enumerate(_LEAP_YEAR) if day >= first or day <= last)


def present(ranges: Ranges) -> Ranges:
    """Those of them that are a value."""
    return replace(ranges, absent=False, year_days=ranges.year_days & ~NO_YEAR_DAY)


def _shared(ones: Sequence[Stretch], others: Sequence[Stretch]) -> Iterator[Stretch]:
    place = other_place = 0
    while place < len(ones) and other_place < len(others):
        one, other = ones[place], others[other_place]
        if both := one & other:
            yield both
        if one.high <= other.high:
            place += 1
        else:
            other_place += 1


def _there(*stretches: Stretch) -> tuple[Stretch, ...]:
    return tuple(filter(None, stretches))
