"""Places for downloads and uploads: who gets one, and who comes first."""

from contextlib import ExitStack

import pytest

from app.http.answers import TurnedAway
from app.http.places import MOST_UPLOADS, Downloads, Uploads, downloads_of

ANI, BUDI, CITRA = 1, 2, 3


@pytest.mark.parametrize(("pool_size", "free"), [(1, 1), (2, 1), (4, 2), (8, 3), (100, 3)])
def test_downloads_leave_connections_to_others(pool_size: int, free: int) -> None:
    assert downloads_of(pool_size).free == free


def has_place(downloads: Downloads, workspace_id: int, stack: ExitStack) -> bool:
    """Whether the workspace gets one, which it keeps for as long as the stack."""
    try:
        stack.enter_context(downloads.taken(workspace_id))
    except TurnedAway:
        return False
    return True


def test_a_workspace_alone_may_have_every_place() -> None:
    downloads = Downloads(3)
    with ExitStack() as stack:
        assert [has_place(downloads, ANI, stack) for _ in range(4)] == [True, True, True, False]
    assert downloads.free == 3


def test_while_another_waits_a_second_place_is_refused() -> None:
    downloads = Downloads(2)
    with ExitStack() as first, ExitStack() as second, ExitStack() as other:
        assert has_place(downloads, ANI, first)
        assert has_place(downloads, ANI, second)
        assert not has_place(downloads, BUDI, other)
        second.close()
        assert not has_place(downloads, ANI, second)
        assert has_place(downloads, BUDI, other)
        other.close()
        assert has_place(downloads, ANI, second)


class Clock:
    """Stands still until it is set."""

    now = 0.0


def stopped(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock by which it is told who waits."""
    clock = Clock()
    monkeypatch.setattr("app.http.places.time.monotonic", lambda: clock.now)
    return clock


def test_who_waits_longest_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = stopped(monkeypatch)
    downloads = Downloads(1)
    with ExitStack() as taken, ExitStack() as other:
        assert has_place(downloads, ANI, taken)
        for clock.now, who in ((1.0, BUDI), (2.0, CITRA), (11.0, BUDI)):
            assert not has_place(downloads, who, other)
        taken.close()
        clock.now = 12.0
        assert not has_place(downloads, ANI, taken)
        assert not has_place(downloads, CITRA, taken)
        assert has_place(downloads, BUDI, other)


def test_who_does_not_come_again_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = stopped(monkeypatch)
    downloads = Downloads(1)
    with ExitStack() as taken, ExitStack() as other:
        assert has_place(downloads, ANI, taken)
        assert not has_place(downloads, BUDI, other)
        taken.close()
        clock.now = 29.0
        assert not has_place(downloads, ANI, taken)
        clock.now = 31.0
        assert has_place(downloads, ANI, taken)


def test_uploads_are_counted_by_workspace() -> None:
    uploads = Uploads()
    with ExitStack() as stack:
        for _ in range(MOST_UPLOADS):
            stack.enter_context(uploads.taken(ANI))
        with pytest.raises(TurnedAway) as turned, uploads.taken(ANI):
            pass
        assert turned.value.status == 429
        with uploads.taken(BUDI):
            pass
    with uploads.taken(ANI):
        pass
