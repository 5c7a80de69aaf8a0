"""How a server tells of itself, and how it stops."""

from dataclasses import dataclass
from typing import Final

from starlette.config import Config

from app.settings.reading import number, one_of, place


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


def read_operating(config: Config) -> Operating:
    """What the environment says; raises ValueError."""
    usual, levels, seconds = USUAL_OPERATING, ("debug", "info", "warning", "error"), number("seconds", 3_600, least=0)
    return Operating(
        log_level=config("PILAH_LOG_LEVEL", cast=one_of(*levels), default=usual.log_level),
        log_format=config("PILAH_LOG_FORMAT", cast=one_of("json", "text"), default=None),
        metrics=config("PILAH_METRICS", cast=place, default=None),
        traces=config("PILAH_TRACES", cast=bool, default=usual.traces),
        drain_seconds=config("PILAH_DRAIN_SECONDS", cast=seconds, default=usual.drain_seconds),
        grace_seconds=config("PILAH_GRACE_SECONDS", cast=seconds, default=usual.grace_seconds),
    )
