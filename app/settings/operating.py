"""How a server tells of itself, and how it stops."""

from dataclasses import dataclass
from typing import Final

from app.settings.reading import Variables, number, one_of, place, truth


@dataclass(frozen=True, slots=True)
class Operating:
    """What is told, and for how many seconds a server that is to stop still serves, and then waits for requests.

    `metrics` is the host and port where Prometheus reads; without `log_format` it is text on a terminal, else JSON.
    """

    log_level: str = "info"
    log_format: str | None = None
    metrics: tuple[str, int] | None = None
    traces: bool = False
    drain_seconds: int = 3
    grace_seconds: int = 15


USUAL_OPERATING: Final = Operating()


def read_operating(said: Variables) -> Operating:
    """What the environment says; raises ValueError."""
    usual, levels, seconds = USUAL_OPERATING, ("debug", "info", "warning", "error"), number(3_600, least=0)
    return Operating(
        log_level=said.read("PILAH_LOG_LEVEL", one_of(*levels), usual.log_level),
        log_format=said.read("PILAH_LOG_FORMAT", one_of("json", "text"), None),
        metrics=said.read("PILAH_METRICS", place, None),
        traces=said.read("PILAH_TRACES", truth, usual.traces),
        drain_seconds=said.read("PILAH_DRAIN_SECONDS", seconds, usual.drain_seconds),
        grace_seconds=said.read("PILAH_GRACE_SECONDS", seconds, usual.grace_seconds),
    )
