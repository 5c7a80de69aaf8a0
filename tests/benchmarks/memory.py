"""The most memory that a process and its children hold, looked at many times a second."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

SECONDS_BETWEEN_LOOKS = 0.05


class Peak:
    """In megabytes: of the process alone, and of all together."""

    def __init__(self) -> None:
        self.alone = self.together = 0.0

    def see(self, process: psutil.Process) -> None:
        """Look once; what shared libraries take is counted once a process, as `ps` does."""
        with suppress(psutil.NoSuchProcess):
            own = process.memory_info().rss / 1e6
            self.alone = max(self.alone, own)
            self.together = max(self.together, own + sum(map(_resident, process.children(recursive=True))))


def _resident(process: psutil.Process) -> float:
    with suppress(psutil.NoSuchProcess):
        return float(process.memory_info().rss) / 1e6
    return 0.0


@contextmanager
def watched(pid: int) -> Iterator[Peak]:
    """The peak of a process for as long as the context lasts."""
    peak, done, process = Peak(), threading.Event(), psutil.Process(pid)

    def look() -> None:
        while not done.wait(SECONDS_BETWEEN_LOOKS):
            peak.see(process)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()
