"""Tables, progress that shows on a terminal only, and text that can be printed on one."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from unicodedata import category

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

_STEERING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS = "\u200c\u200d"


def printable(text: str) -> str:
    """One line of anybody's text, with `?` for what would steer the terminal or what UTF-8 can't carry."""
    return "".join("?" if category(one) in _STEERING and one not in _JOINERS else one for one in text)


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]], numbers: frozenset[str]) -> None:
    """A table on stdout; the columns called as in `numbers` are set to the right."""
    sys.stdout.write(table_text(columns, rows, numbers))


def table_text(
    columns: Sequence[str], rows: Sequence[Sequence[object]], numbers: frozenset[str] = frozenset()
) -> str:
    """A table as `print_table` prints it: as wide as the terminal, or as it takes where stdout is none."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in numbers else "left", no_wrap=True)
    for row in rows:
        table.add_row(*(printable(str(cell)) for cell in row))
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = 1_000
    with console.capture() as drawn:
        console.print(table)
    return drawn.get()


@contextmanager
def waiting(text: str) -> Iterator[None]:
    """A sign that something goes on."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(text):
        yield


class Bars:
    """A bar for each step, as the steps come; nothing where stderr is no terminal."""

    def __init__(self) -> None:
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._step = ""

    def __enter__(self) -> "Bars":
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def show(self, step: str, done: int, total: int) -> None:
        """The step has come so far."""
        if step != self._step:
            for task in self._bars.task_ids:
                self._bars.remove_task(task)
            self._bars.add_task(step, total=total or None)
            self._step = step
        self._bars.update(self._bars.task_ids[-1], completed=done)
