"""What can be wrong with what somebody asked for: codes, and sentences a marketer can act on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import Enum
from typing import Any

from app.filters.folding import fold


class Code(Enum):
    """The stable name of a kind of problem; programs read it, people read the message."""

    ONE_OF = "ONE_OF"
    EMPTY_GROUP = "EMPTY_GROUP"
    EMPTY_LIST = "EMPTY_LIST"
    EMPTY_TEXT = "EMPTY_TEXT"
    TOO_DEEP = "TOO_DEEP"
    TOO_MANY_CONDITIONS = "TOO_MANY_CONDITIONS"
    TOO_MANY_VALUES = "TOO_MANY_VALUES"
    TOO_LONG = "TOO_LONG"
    INVALID_TEXT = "INVALID_TEXT"
    INVALID_NUMBER = "INVALID_NUMBER"
    INVALID_DATE = "INVALID_DATE"
    INVALID_BOOLEAN = "INVALID_BOOLEAN"
    INVALID_DURATION = "INVALID_DURATION"
    INVALID_RANGE = "INVALID_RANGE"
    INVALID_PERCENT = "INVALID_PERCENT"
    INVALID_STATUS = "INVALID_STATUS"
    INVALID_EMAIL = "INVALID_EMAIL"
    INVALID_KEY = "INVALID_KEY"
    INVALID_TIME_ZONE = "INVALID_TIME_ZONE"
    INVALID_ID = "INVALID_ID"
    UNKNOWN_FIELD = "UNKNOWN_FIELD"
    UNKNOWN_OPERATOR = "UNKNOWN_OPERATOR"
    OPERATOR_NOT_FOR_TYPE = "OPERATOR_NOT_FOR_TYPE"
    UNKNOWN_OPTION = "UNKNOWN_OPTION"
    UNKNOWN_LABEL = "UNKNOWN_LABEL"
    UNKNOWN_SEGMENT = "UNKNOWN_SEGMENT"
    SEGMENT_CYCLE = "SEGMENT_CYCLE"
    REQUIRED = "REQUIRED"
    NOT_FOUND = "NOT_FOUND"
    READ_ONLY = "READ_ONLY"
    TAKEN = "TAKEN"
    IN_USE = "IN_USE"
    NOT_ALLOWED = "NOT_ALLOWED"
    DO_NOT_CONTACT = "DO_NOT_CONTACT"
    REPLACED = "REPLACED"
    CONFLICT = "CONFLICT"
    TOO_LARGE = "TOO_LARGE"
    NO_ROOM = "NO_ROOM"


LONGEST_HINT = 40
MOST_COMPARED = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: its code, a sentence, and the path to the place (`filter.and[1].field.key`)."""

    code: Code
    message: str
    path: str


class Refused(Exception):
    """What was asked can't be done; it carries every problem found, in reading order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{problem.path}: {problem.message}" for problem in self.problems))

    def __reduce__(self) -> tuple[type["Refused"], tuple[tuple[Problem, ...]]]:
        return Refused, (self.problems,)

    @classmethod
    def because(cls, code: Code, message: str, path: str) -> "Refused":
        """With a single problem."""
        return cls([Problem(code, message, path)])


@dataclass(slots=True)
class Problems:
    """Those found so far, where reading goes on so that all are told at once."""

    found: list[Problem] = field(default_factory=list)

    def reading(self, read: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """What a reader gives for its arguments; None where it raises Refused, whose problems are kept."""
        try:
            return read(*arguments, **named)
        except Refused as refused:
            self.found.extend(refused.problems)
            return None


class InvalidValue(Exception):
    """A value that its field or operator can't take: a code and a sentence, the path being the caller's."""

    def __init__(self, code: Code, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(message)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean "city"?` where something known is near, else nothing."""
    by_fold = {fold(one[:LONGEST_HINT]): one for one in known}
    sought = fold(word[:LONGEST_HINT])
    alike = [one for one in by_fold if one[:1] == sought[:1]] or list(by_fold)
    near = get_close_matches(sought, alike[:MOST_COMPARED], n=1, cutoff=0.6)
    return f'; did you mean "{by_fold[near[0]]}"?' if near else ""


def shown(raw: object, longest: int = 40) -> str:
    """A text of the caller's in quotes, cut and fit to be sent; anything else is "this"."""
    return f'"{speakable(raw[:longest])}"' if isinstance(raw, str) else "this"


def speakable(text: str) -> str:
    """The text with `?` for what UTF-8 can't carry."""
    return text.encode("utf-8", "replace").decode()
