"""Keeps libraries from flooding the log: what one place of theirs says again and again is left out for a while."""

import logging
from collections.abc import Callable
from time import monotonic
from typing import Final

MOST: Final = 10
SECONDS: Final = 60.0
MOST_PLACES: Final = 1_000

Place = tuple[str, int, str]


class Seldom:
    """A filter of records: the first `MOST` of one place pass within `SECONDS`.

    A place is a line of code with the beginning of what it says.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._passed: dict[Place, tuple[float, int]] = {}

    def __call__(self, record: logging.LogRecord) -> bool:
        """Whether the record passes."""
        place = record.name, record.lineno, str(record.msg)[:60].partition("\n")[0]
        began, passed = self._passed.get(place, (0.0, 0))
        now = self._clock()
        if not passed or now - began > SECONDS:
            began, passed = now, 0
        if passed >= MOST:
            return False
        self._remember(place, began, passed + 1)
        return True

    def _remember(self, place: Place, began: float, passed: int) -> None:
        if len(self._passed) >= MOST_PLACES:
            self._passed.clear()
        self._passed[place] = began, passed
