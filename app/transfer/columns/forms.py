"""The forms in which a column may write its values, each with the type that it suggests."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from app.filters.folding import fold
from app.filters.vocabulary import FieldType
from app.transfer.columns import dates, numbers


@dataclass(frozen=True, slots=True)
class Kind:
    """A type in a form, and what a cell of it looks like."""

    type: FieldType
    form: str
    pattern: re.Pattern[str]


WORDS = "words"
_TRUE = ("ya", "ja", "wahr", "oui", "vrai", "sí", "si", "verdadero", "waar")
_FALSE = ("tidak", "nein", "falsch", "non", "faux", "no", "falso", "nee", "onwaar")
_OF_SOME_LANGUAGES = frozenset((*_TRUE, *_FALSE)) - {"no"}
_TRUTHS = dict.fromkeys(_TRUE, "true") | dict.fromkeys(_FALSE, "false")

KINDS = (
    Kind(FieldType.BOOLEAN, "", re.compile(r"\s*(?:true|false|yes|no)\s*", re.IGNORECASE)),
    Kind(FieldType.BOOLEAN, WORDS, re.compile(rf"\s*(?:{'|'.join(_TRUTHS)})\s*", re.IGNORECASE)),
    *(Kind(FieldType.NUMBER, form, numbers.pattern_of(form)) for form in numbers.FORMS),
    *(Kind(FieldType.DATE, form, dates.pattern_of(form, days=True, moments=False)) for form in dates.FORMS),
    *(Kind(FieldType.DATETIME, form, dates.pattern_of(form, days=False, moments=True)) for form in dates.FORMS),
)
NUMBERS = tuple(kind for kind in KINDS if kind.type is FieldType.NUMBER)
# A moment may be told by its day alone, where it is known that moments are meant.
MOMENTS = tuple(
    Kind(FieldType.DATETIME, form, dates.pattern_of(form, days=True, moments=True)) for form in dates.FORMS
)
MOST_STRANGE = 1_000


@dataclass(slots=True)
class Forms:
    """The forms left that every number, or every date, of a column fits; cells that are none are passed over.

    Where many are none, no form is left.
    """

    family: tuple[Kind, ...]
    left: tuple[Kind, ...] = ()
    strange: int = 0

    def __post_init__(self) -> None:
        self.left = self.family

    def see(self, cells: Collection[str]) -> None:
        """Take in some more cells."""
        fitting = _fitting(self.left, cells)
        if fitting == self.left:
            return
        known = [cell for cell in cells if any(kind.pattern.fullmatch(cell) for kind in self.family)]
        self.strange += len(cells) - len(known)
        self.left = _fitting(self.left, known) if self.strange <= MOST_STRANGE else ()

    @property
    def names(self) -> tuple[str, ...]:
        """What the forms left are called."""
        return tuple(kind.form for kind in self.left)


def _fitting(kinds: tuple[Kind, ...], cells: Collection[str]) -> tuple[Kind, ...]:
    return tuple(kind for kind in kinds if all(map(kind.pattern.fullmatch, cells)))


def has_truths(names: Iterable[str]) -> bool:
    """Whether yes or no stands among the names in a word that only some languages have."""
    return any(name.casefold() in _OF_SOME_LANGUAGES for name in names)


def read(text: str, form: str, type: FieldType) -> str:
    """The text as `app.filters.values.read_value` takes it for this type; raises InvalidValue where the form differs.

    A day becomes its midnight where the type is DATETIME.
    """
    match type:
        case FieldType.DATE | FieldType.DATETIME:
            return dates.read(text, form, type)
        case FieldType.NUMBER:
            return numbers.read(text, form)
        case FieldType.BOOLEAN:
            return _TRUTHS.get(fold(text), text)
        case _:
            return text
