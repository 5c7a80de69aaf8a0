"""The log: one line an event on stderr, as JSON or for people, of our own and of the libraries'."""

import io
import logging
import re
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from datetime import UTC, datetime
from traceback import extract_tb
from typing import Any, Final, TextIO, cast

import orjson
import structlog
from structlog.types import Processor

from app.telemetry.current import request_id
from app.telemetry.seldom import Seldom

LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_SECRET: Final = re.compile(r"pilah_\d+_[\w-]+|[^\s<>\"'(),;:=\\]+@[^\s<>\"'(),;\\]+|(?<=://)[^\s/@]+(?=@)")

# What it warns of is in the hands of callers: bytes after the end of a form, for instance.
_SILENCED: Final = "python_multipart"

# A process that ends as it is closed is seen to end by one of the two that asyncio has watch it: the other says this.
_SEEN_BY_THE_OTHER: Final = "Unknown child process pid"

_log = structlog.get_logger()
_LINE: Final = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z
_access: bool | None = None  # whether a line is written as JSON at once; None where structlog does it

Event = MutableMapping[str, Any]


class _Stream(io.TextIOBase):
    """Standard error as it is by then; whoever read it may have gone, which is no reason to stop serving."""

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.flush()


_STREAM: Final = _Stream()


def configure_logs(level: str, *, as_json: bool) -> None:
    """Log what is at least of the level, from now on, in this whole process."""
    before: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_request,
    ]
    structlog.configure(
        processors=[*before, _renderer(as_json)],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, _STREAM)),
        cache_logger_on_first_use=True,
    )
    _take_in_libraries(before, LEVELS[level], as_json)
    global _access
    _access = (LEVELS[level] <= LEVELS["info"]) if as_json else None


def _take_in_libraries(before: list[Processor], level: int, as_json: bool) -> None:
    # Libraries put whatever they have into their texts.
    foreign = [*before, structlog.stdlib.add_logger_name, _without_values]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=foreign,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(as_json)],
    )
    shown = logging.StreamHandler(_STREAM)
    shown.setFormatter(formatter)
    shown.addFilter(_is_news)
    shown.addFilter(Seldom())
    logging.getLogger(_SILENCED).setLevel(logging.CRITICAL)
    root = logging.getLogger()
    root.handlers[:] = [shown]
    root.setLevel(max(level, logging.WARNING))
    logging.captureWarnings(True)


def _is_news(record: logging.LogRecord) -> bool:
    return not str(record.msg).startswith(_SEEN_BY_THE_OTHER)


def log_access(told: dict[str, Any]) -> None:
    """One line of an `event`, such as comes with each request: as `info` says it, without its detours."""
    told["level"] = "info"
    if _access is None:
        _log.info(**told)
    elif _access:
        told["timestamp"] = datetime.now(UTC)
        _STREAM.write(orjson.dumps(told, option=_LINE).decode())


def _renderer(as_json: bool) -> Processor:
    if as_json:
        return structlog.processors.JSONRenderer(serializer=_dumped)
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


def _dumped(event: Any, **_: Any) -> str:
    return orjson.dumps(event, default=repr).decode()


def _with_request(_logger: Any, _method: str, event: Event) -> Event:
    if (id := request_id()) is not None:
        event.setdefault("request", id)
    return event


def _without_values(_logger: Any, _method: str, event: Event) -> Event:
    """The first line without secrets and addresses, and of an exception its kind and place."""
    event["event"] = _SECRET.sub("…", str(event["event"]).partition("\n")[0])
    caught = event.pop("exc_info", None)
    record: logging.LogRecord | None = event.get("_record")
    if record is not None:
        record.exc_info = record.exc_text = None
    if isinstance(caught, tuple) and caught[0] is not None:
        frames = extract_tb(caught[2])
        event["kind"] = caught[0].__qualname__
        event["where"] = [f"{frame.filename}:{frame.lineno}" for frame in frames]
    return event
