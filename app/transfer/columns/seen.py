"""What a column's values have been so far, judged by all of them."""

import re
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from itertools import islice

from app.filters.vocabulary import FieldType
from app.queries.names import LONGEST_NAME
from app.transfer.columns.answers import is_answer
from app.transfer.columns.dates import YEARLESS
from app.transfer.columns.forms import KINDS, MOMENTS, NUMBERS, WORDS, Forms, Kind, has_truths
from app.transfer.columns.labels import read_labels
from app.transfer.columns.numbers import pattern_of

MOST_NOTED = 1_000

# Cells that needn't be looked at again; few enough and short enough to be held.
MOST_KNOWN = 4_000
LONGEST_KNOWN = 100

# No address, number or date is as long, and to find that out takes patterns time by the square of the length.
LONGEST_JUDGED = 300
_TEXT = "…"

_WITH_COMMA = pattern_of("comma")
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


@dataclass(slots=True)
class Seen:
    """What a column's values have been so far.

    `filled` counts the cells that aren't blank, `addresses` those that look like e-mail addresses. `names` are what
    the values would be as labels, without those too long for one: where there are more than MOST_NOTED, not all.
    `yearless` counts the days without a year, `answered` the yes and no, each for as long as they are most;
    `has_points`: a number has a point.
    Types go by form: a column of 2026-01-31 and 2026-02-31 holds dates, one of which doesn't exist.
    """

    filled: int = 0
    addresses: int = 0
    names: set[str] = field(default_factory=set)
    kinds: tuple[Kind, ...] = KINDS
    numbers: Forms = field(default_factory=lambda: Forms(NUMBERS))
    moments: Forms = field(default_factory=lambda: Forms(MOMENTS))
    yearless: int = 0
    answered: int = 0
    has_points: bool = False
    _known: set[str] = field(default_factory=set)

    @property
    def kind(self) -> tuple[FieldType, str] | None:
        """The type and the form; None where nothing is filled, TEXT where the forms left don't tell which it is."""
        if not self.filled:
            return None
        told = [kind for kind in self.kinds if not kind.form] or self.kinds
        return (told[0].type, told[0].form) if len(told) == 1 else (FieldType.TEXT, "")

    def forms(self, type: FieldType) -> tuple[str, ...]:
        """The forms that the column's numbers or dates fit; just one for another type."""
        match type:
            case FieldType.NUMBER:
                return self.numbers.names
            case FieldType.BOOLEAN:
                return (WORDS,) if has_truths(self.names) else ("",)
            case FieldType.DATE | FieldType.DATETIME:
                return self.moments.names
            case _:
                return ("",)

    @property
    def is_yearless(self) -> bool:
        """Whether most cells are days without a year, as 01/31."""
        return self.yearless * 2 > self.filled

    @property
    def is_answered(self) -> bool:
        """Whether most cells say yes or no, in whatever words."""
        return self.answered * 2 > self.filled

    @property
    def points_are_doubtful(self) -> bool:
        """Whether each number with a point, as 3.500, can have thousands before it as well as decimals behind it."""
        return self.has_points and {"", "comma"} <= {*self.numbers.names}

    def see(self, cells: Sequence[str]) -> None:
        """Take in some more cells; blank ones don't count."""
        counts = Counter(cells)
        for blank in [cell for cell in counts if not cell or cell.isspace()]:
            del counts[blank]
        if self.yearless * 2 >= self.filled:
            self.yearless += sum(counts[cell] for cell in counts if YEARLESS.fullmatch(_judged(cell)))
        if self.answered * 2 >= self.filled:
            self.answered += sum(counts[cell] for cell in counts if is_answer(cell))
        self.filled += counts.total()
        self.addresses += sum(counts[cell] for cell in counts if "@" in cell and _ADDRESS.fullmatch(_judged(cell)))
        unknown = set(counts) - self._known
        self._note(unknown)
        new = _without_long(unknown)
        self.kinds = tuple(kind for kind in self.kinds if all(map(kind.pattern.fullmatch, new)))
        self.numbers.see(new)
        self.moments.see(new)
        if "comma" in self.numbers.names and not self.has_points:
            self.has_points = any("." in cell and _WITH_COMMA.fullmatch(cell) for cell in new)

    def _note(self, cells: Set[str]) -> None:
        for cell in cells:
            if len(self.names) > MOST_NOTED:
                break
            names = (name for name in read_labels(cell) if len(name) <= LONGEST_NAME)
            self.names.update(islice(names, MOST_NOTED + 1))
        if len(self._known) < MOST_KNOWN:
            self._known.update(cell for cell in cells if len(cell) <= LONGEST_KNOWN)


def _judged(cell: str) -> str:
    stripped = cell.strip()
    return stripped if len(stripped) <= LONGEST_JUDGED else _TEXT


def _without_long(cells: Set[str]) -> Set[str]:
    return {*map(_judged, cells)} if max(map(len, cells), default=0) > LONGEST_JUDGED else cells
