"""What was noted isn't due again for a minute."""

import pytest

from app.queries import seldom
from app.queries.seldom import MOST_KEPT, SECONDS, is_due


@pytest.fixture(autouse=True)
def nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing has been noted yet."""
    monkeypatch.setattr(seldom, "_noted", {})


def test_each_thing_is_due_once_a_minute() -> None:
    assert [is_due("a", now) for now in (5.0, 5.1, 64.9, 65.0, 65.1)] == [True, False, False, True, False]
    assert is_due("b", 5.1)


def test_no_more_is_remembered_than_there_is_room_for() -> None:
    for number in range(MOST_KEPT):
        assert is_due(number, float(number) / MOST_KEPT)
    assert is_due(0, SECONDS + 1)
    assert is_due("more", SECONDS + 1)
    assert len(seldom._noted) == MOST_KEPT
    assert not is_due(0, SECONDS + 1)
    assert is_due(1, 1.0)
