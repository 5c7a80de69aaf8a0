"""How often something may be done: steadily so many times a second, and a burst of them now and then."""

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic
from typing import Final

MOST_KEPT: Final = 10_000


class Rates:
    """A bucket a key, which holds `burst` and fills up again by `per_second`.

    Kept as the one moment at which it will be full again; those that were not used for longest are forgotten.
    """

    def __init__(self, per_second: float, burst: int, clock: Callable[[], float] = monotonic) -> None:
        self._step = 1 / per_second
        self._slack = (burst - 1) * self._step
        self._clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def wait(self, key: str) -> float:
        """The seconds until there is something in the key's bucket; 0 where there is."""
        return max(0.0, self._full_at.get(key, 0.0) - self._slack - self._clock())

    def take(self, key: str) -> float:
        """Takes one out of the key's bucket; where that is empty it stays so, and the seconds to wait are told."""
        if (seconds := self.wait(key)) > 0:
            return seconds
        self._full_at[key] = max(self._full_at.get(key, 0.0), self._clock()) + self._step
        self._full_at.move_to_end(key)
        if len(self._full_at) > MOST_KEPT:
            self._full_at.popitem(last=False)
        return 0.0
