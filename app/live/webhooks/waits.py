"""How long a message that didn't arrive waits until it is tried again: longer each time, for three days in all."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from random import random
from typing import Final

WAITS: Final = (5, 30, 120, 600, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 86_400)
MOST_ASKED_FOR: Final = timedelta(hours=6)


def next_try(tries: int, at: datetime, chance: Callable[[], float] = random) -> datetime | None:
    """When to try again after so many tries in vain; None where it is given up.

    Waits are up to a tenth longer by chance, so that messages that failed together don't come back together.
    """
    if tries > len(WAITS):
        return None
    return at + timedelta(seconds=WAITS[tries - 1] * (1 + chance() / 10))


def asked_for(retry_after: str | None, at: datetime) -> datetime | None:
    """The moment that a Retry-After header names, within six hours; None where it says nothing of use."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        wait = timedelta(seconds=min(int(text[:9]), MOST_ASKED_FOR.total_seconds()))
        return at + wait
    try:
        moment = parsedate_to_datetime(text)
        return min(max(moment, at), at + MOST_ASKED_FOR)
    except (ValueError, TypeError, OverflowError):
        return None
