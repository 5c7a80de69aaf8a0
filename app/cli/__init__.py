"""`pilah …`: the commands, and what they say when something can't be done."""

import signal
import sys
from types import FrameType

import typer

from app.cli.commands import Commands
from app.cli.printing import printable
from app.telemetry.logs import configure_logs

app = typer.Typer(
    cls=Commands,
    help="Contact segmentation, self-hosted: filters in GraphQL over PostgreSQL.",
    epilog="PostgreSQL is the one that DATABASE_URL names, or else an embedded one with its data in PILAH_DATA.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _everything() -> None:
    """Typer makes no group without one."""


def main() -> None:
    """Run the command that the arguments name; ends the process with 0, 1 (can't be done) or 2 (wrong usage)."""
    signal.signal(signal.SIGTERM, _interrupt)
    configure_logs("warning", as_json=not sys.stderr.isatty())
    try:
        sys.exit(app(prog_name="pilah", standalone_mode=True))
    except Exception as error:
        from app.cli.failures import sentences

        told = sentences(error)
        if told is None:
            raise
        sys.stderr.write("".join(f"{printable(line)}\n" for line in told))
        sys.exit(1)


def _interrupt(_signal: int, frame: FrameType | None) -> None:
    # As Ctrl-C, which a running event loop takes in a way of its own: by cancelling what it does.
    handler = signal.getsignal(signal.SIGINT)
    if callable(handler):
        handler(signal.SIGINT, frame)
    else:
        raise KeyboardInterrupt
