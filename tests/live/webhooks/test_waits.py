"""How long a message waits until it is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from app.live.webhooks.waits import MOST_ASKED_FOR, WAITS, asked_for, next_try

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def test_waits_grow_and_end_after_three_days() -> None:
    waits = [next_try(tries, NOON, lambda: 0.0) for tries in range(1, len(WAITS) + 1)]
    assert waits == [NOON + timedelta(seconds=wait) for wait in WAITS]
    assert sorted(WAITS) == [*WAITS]
    assert timedelta(days=2.9) < timedelta(seconds=sum(WAITS)) < timedelta(days=3.1)
    assert next_try(len(WAITS) + 1, NOON) is None


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 5.0), (0.5, 5.25), (1.0, 5.5)])
def test_a_wait_is_up_to_a_tenth_longer(chance: float, seconds: float) -> None:
    assert next_try(1, NOON, lambda: chance) == NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("30", timedelta(seconds=30)),
        (" 30 ", timedelta(seconds=30)),
        ("0", timedelta()),
        ("9" * 400, MOST_ASKED_FOR),
        ("Sat, 31 Jan 2026 12:00:10 GMT", timedelta(seconds=10)),
        ("Sat, 31 Jan 2026 11:00:00 GMT", timedelta()),
        ("Sat, 31 Jan 2099 11:00:00 GMT", MOST_ASKED_FOR),
        ("٣٠", None),
        ("-1", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
    ids=range(12),
)
def test_retry_after_is_read_and_bounded(said: str | None, wait: timedelta | None) -> None:
    assert asked_for(said, NOON) == (None if wait is None else NOON + wait)
