"""Times things by turns, so that whatever else the machine does falls on all of them alike."""

import time
from collections.abc import Awaitable, Callable, Sequence
from statistics import median

Ask = Callable[[], Awaitable[object]]

ENOUGH_SECONDS = 2.0
FEWEST, MOST = 5, 60


async def medians(asks: Sequence[Ask]) -> list[float]:
    """The median of each one's milliseconds, in rounds that ask each of them once."""
    taken: list[list[float]] = [[] for _ in asks]
    for _ in range(2):
        for ask in asks:
            await ask()
    until = time.perf_counter() + ENOUGH_SECONDS
    while len(taken[0]) < FEWEST or (time.perf_counter() < until and len(taken[0]) < MOST):
        for place, ask in enumerate(asks):
            started = time.perf_counter()
            await ask()
            taken[place].append((time.perf_counter() - started) * 1000)
    return [median(times) for times in taken]


def figure(name: str, value: float, unit: str) -> None:
    """One figure, on a line of its own."""
    print(f"figure {name} {value:.4g} {unit}")
