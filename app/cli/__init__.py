"""`pilah …`: the commands, and what they say when something can't be done."""

import signal
import sys
from types import FrameType
from typing import NoReturn

import asyncpg
import typer

from app.cli import demo, doctor, exporting, importing, imports, server, token, worker, workspace
from app.cli.database import WrongSetting
from app.cli.printing import printable
from app.cli.serving import CannotServe
from app.filters.problems import Refused
from app.postgres import PostgresFailed
from app.queries.probe import Unreachable
from app.telemetry.logs import configure_logs
from app.telemetry.traces import TracingMissing

app = typer.Typer(
    help="Contact segmentation, self-hosted: filters in GraphQL over PostgreSQL.",
    epilog="PostgreSQL is the one that DATABASE_URL names, or else an embedded one with its data in PILAH_DATA.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("demo")(demo.demo)
app.command("serve")(server.serve)
app.command("worker")(worker.worker)
app.command("import")(importing.import_file)
app.command("imports")(imports.list_imports)
app.command("start-import")(imports.start_import)
app.command("cancel-import")(imports.cancel_import)
app.command("undo-import")(imports.undo_import)
app.command("export")(exporting.export_file)
app.add_typer(workspace.app, name="workspace")
app.add_typer(token.app, name="token")
app.command("migrate")(server.migrate)
app.command("doctor")(doctor.doctor)
app.command("schema")(server.schema)


def main() -> None:
    """Run the command that the arguments name; ends the process with 0, 1 (can't be done) or 2 (wrong usage)."""
    signal.signal(signal.SIGTERM, _interrupt)
    configure_logs("warning", as_json=not sys.stderr.isatty())
    try:
        sys.exit(app(prog_name="pilah", standalone_mode=True))
    except Refused as refused:
        _fail("\n".join(_sentence(printable(problem.message)) for problem in refused.problems))
    except (PostgresFailed, Unreachable, CannotServe, WrongSetting, TracingMissing) as failed:
        _fail(str(failed))
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        _fail(f"PostgreSQL could not do this: {error}.")
    except OSError as error:
        if error.filename is None:
            raise
        _fail(f"{error.filename} can't be used: {error.strerror}.")


def _interrupt(_signal: int, frame: FrameType | None) -> None:
    # As Ctrl-C, which a running event loop takes in a way of its own: by cancelling what it does.
    handler = signal.getsignal(signal.SIGINT)
    if callable(handler):
        handler(signal.SIGINT, frame)
    else:
        raise KeyboardInterrupt


def _fail(message: str) -> NoReturn:
    sys.stderr.write("".join(f"{printable(line)}\n" for line in message.split("\n")))
    sys.exit(1)


def _sentence(message: str) -> str:
    text = message[:1].upper() + message[1:]
    return text if text.endswith((".", "?", "!")) else text + "."
