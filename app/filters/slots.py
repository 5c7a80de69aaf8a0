"""The slots into which a sample deals contacts."""

from decimal import ROUND_CEILING, Decimal
from typing import Final

SLOTS: Final = 1_000_000


def slot_at(percent: Decimal) -> int:
    """The first slot that isn't within so many percent of all."""
    return int((percent * SLOTS / 100).to_integral_value(ROUND_CEILING))
