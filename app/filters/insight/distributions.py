"""How values of numbers, dates and moments are spread, and what of it is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal
from typing import Final

from app.filters.vocabulary import FieldType

PERCENTS: Final = (5, 25, 50, 75, 95)
MOST_BUCKETS: Final = 50
SPREAD: Final = frozenset({FieldType.NUMBER, FieldType.DATE, FieldType.DATETIME})
"""The types whose values lie on a line."""

Spot = Decimal | date | datetime

_FIRST_DAY: Final = date(1970, 1, 1).toordinal()
_FIRST_HOUR: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_HOUR: Final = datetime(9999, 12, 31, 23, tzinfo=UTC)
_WIDE: Final = Context(prec=200)  # the usual one forgets what is beyond 28 digits


@dataclass(frozen=True, slots=True)
class Bucket:
    """So many contacts have a value from `start` on and before `end`."""

    start: Spot
    end: Spot
    contacts: int


def spot(type: FieldType, place: Decimal) -> Spot:
    """What lies at a place: that number, or the day or the hour so many after the first of 1970.

    Beyond the calendar it is the calendar's last.
    """
    match type:
        case FieldType.NUMBER:
            return _plain(place)
        case FieldType.DATE:
            return date.fromordinal(min(_FIRST_DAY + int(place), date.max.toordinal()))
        case _:
            return _FIRST_HOUR + min(timedelta(hours=int(place)), _LAST_HOUR - _FIRST_HOUR)


def filled_up(type: FieldType, step: Decimal, contacts: Mapping[Decimal, int]) -> list[Bucket]:
    """The buckets by their first places, in order, with the empty ones between them; `step` is their width."""
    if not contacts:
        return []
    first, last = min(contacts), max(contacts)
    steps = int(_WIDE.divide(_WIDE.subtract(last, first), step))
    starts = [_WIDE.fma(step, number, first) for number in range(steps + 1)]
    return [Bucket(spot(type, start), spot(type, _WIDE.add(start, step)), contacts.get(start, 0)) for start in starts]


def _plain(number: Decimal) -> Decimal:
    """Without noughts behind its point."""
    whole = number.to_integral_value()
    return whole if number == whole else number.normalize(_WIDE)
