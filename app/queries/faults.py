"""Faults, as the log and the caller may know them: a kind, a place and an id, but no value."""

import secrets
from traceback import extract_tb
from typing import Any

import structlog
from asyncpg import CannotConnectNowError, InterfaceError, InternalClientError, PostgresConnectionError

from app.telemetry.measures import FAULTS, FaultEvent

log = structlog.get_logger()


def note_fault(event: FaultEvent, error: BaseException, **where: Any) -> str:
    """Log a fault under a new id, which is returned; `where` goes into the log as it is."""
    fault = secrets.token_hex(6)
    FAULTS.add(event)
    log.error(event, id=fault, **where, **_told(error))
    return fault


def note_own_fault(event: FaultEvent, error: BaseException, **where: Any) -> None:
    """Log a fault of work that is tried again, unless it is only that PostgreSQL is away."""
    if not unreachable(error):
        note_fault(event, error, **where)


def fault_message(error: BaseException, fault: str) -> str:
    """The sentence for a caller whose request met the fault of that id."""
    gone = "The database can't be reached just now; try again soon."
    what = gone if unreachable(error) else "Something went wrong on our side."
    return f"{what} Quote {fault} when you report it."


def unreachable(error: BaseException) -> bool:
    """Whether PostgreSQL is what failed: gone, or not taking connections."""
    if isinstance(error, OSError):
        return error.filename is None  # else it is a file of ours
    # asyncpg calls it its own fault where a connection is lost in the middle of COPY.
    return isinstance(error, PostgresConnectionError | CannotConnectNowError | InterfaceError | InternalClientError)


def _told(error: BaseException) -> dict[str, Any]:
    """A fault's kind and place; its text may hold anybody's address."""
    frames = extract_tb(error.__traceback__)
    where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return {"kind": type(error).__qualname__, "sqlstate": getattr(error, "sqlstate", None), "where": where}
