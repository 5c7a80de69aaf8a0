"""What a library says again and again is left out for a while, and everything else is not."""

import logging

from app.telemetry.seldom import MOST, MOST_PLACES, SECONDS, Seldom


def record(text: str, line: int = 1) -> logging.LogRecord:
    """What a library says."""
    return logging.LogRecord("asyncio", logging.ERROR, "base_events.py", line, text, None, None)


def test_one_place_is_heard_so_often() -> None:
    now = 100.0
    seldom = Seldom(lambda: now)
    passed = [seldom(record(f"Resetting connection\nnumber {number}")) for number in range(MOST + 5)]
    assert passed == [True] * MOST + [False] * 5
    assert seldom(record("Resetting connection", line=2))
    assert seldom(record("Task exception was never retrieved"))
    now += SECONDS + 1
    assert seldom(record("Resetting connection"))


def test_places_without_end_are_forgotten() -> None:
    seldom = Seldom(lambda: 100.0)
    for number in range(3 * MOST_PLACES):
        assert seldom(record(f"{number} is new"))
    assert len(seldom._passed) <= MOST_PLACES
