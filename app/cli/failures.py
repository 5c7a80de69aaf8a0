"""What is said when a command can't do what it was asked."""

import asyncpg

from app.cli.database import WrongSetting
from app.cli.printing import printable
from app.cli.serving import CannotServe
from app.filters.problems import Refused
from app.postgres import PostgresFailed
from app.queries.probe import Unreachable
from app.telemetry.traces import TracingMissing


def sentences(error: Exception) -> list[str] | None:
    """What to tell of the error, a sentence a line; None where it is a fault of ours."""
    match error:
        case Refused():
            return [_sentence(printable(problem.message)) for problem in error.problems]
        case PostgresFailed() | Unreachable() | CannotServe() | WrongSetting() | TracingMissing():
            return str(error).split("\n")
        case asyncpg.PostgresError() | asyncpg.InterfaceError():
            return f"PostgreSQL could not do this: {error}.".split("\n")
        case OSError() if error.filename is not None:
            return [f"{error.filename} can't be used: {error.strerror}."]
        case _:
            return None


def _sentence(message: str) -> str:
    text = message[:1].upper() + message[1:]
    return text if text.endswith((".", "?", "!")) else text + "."
