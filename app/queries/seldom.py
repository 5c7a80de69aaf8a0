"""What is done over and over is noted once a minute, as far as this process knows."""

from collections.abc import Hashable
from typing import Final

SECONDS: Final = 60.0
MOST_KEPT: Final = 10_000

_noted: Final[dict[Hashable, float]] = {}


def is_due(what: Hashable, now: float) -> bool:
    """Whether it is to be noted: not if it was within a minute. `now` is in seconds of a clock without jumps."""
    if now - _noted.get(what, float("-inf")) < SECONDS:
        return False
    _noted.pop(what, None)  # or it would keep its place, and the first has to be the oldest
    _noted[what] = now
    if len(_noted) > MOST_KEPT:
        del _noted[next(iter(_noted))]
    return True
