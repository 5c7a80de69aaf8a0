"""In which type and form a column is read: what its values tell, and what holds where they don't."""

import json
from dataclasses import dataclass

from app.filters.problems import Code, InvalidValue, shown
from app.filters.vocabulary import FieldType, Status
from app.transfer.columns.plan import Column, Role
from app.transfer.columns.seen import Seen
from app.transfer.columns.statuses import first_unknown

_DATES = InvalidValue(
    Code.INVALID_DATE, 'its dates can be read as day/month or month/day; say which, as {"dates": "DMY"}'
)
_NUMBERS = InvalidValue(
    Code.INVALID_NUMBER, 'its commas can part thousands or decimals; say which, as {"numbers": "comma"}'
)
_POINTS = InvalidValue(
    Code.INVALID_NUMBER,
    "its points can part thousands or decimals, and these rows don't tell what the file they are from meant; "
    'say {"numbers": "plain"} where 3.500 is 3.5, or {"numbers": "comma"} where it is 3500',
)
_POINT_NOTES = {
    "": '3.500 is read as 3.5; where it is 3500, say {"numbers": "comma"}',
    "comma": '3.500 is read as 3500; where it is 3.5, say {"numbers": "plain"}',
}
_COMMA_NOTE = '1,234 is read as 1.234; where it is 1234, say {"numbers": "thousands"}'


@dataclass(frozen=True, slots=True)
class Usual:
    """The forms that hold where a column's values fit several: of dates the tool's, of numbers the file's.

    In a file of mended rows doubtful points have none, for the file that these are from may have told another form.
    """

    dates: str = ""
    numbers: str = ""
    is_mended: bool = False


def form_of(type: FieldType, seen: Seen, usual: Usual) -> str:
    """The form in which a column is read as this type.

    Raises InvalidValue where its values fit several forms and the usual one isn't among them.
    """
    if type is FieldType.NUMBER:
        return _form_of_numbers(seen, usual)
    forms = seen.forms(type)
    if not forms:
        return usual.dates
    return _one_of(forms, usual.dates, _DATES)


def kind_of(seen: Seen, usual: Usual) -> tuple[FieldType, str]:
    """A new field's type and form, the usual one where all values fit several."""
    dates = ((kind.type, kind.form) for kind in seen.kinds if usual.dates and kind.form == usual.dates)
    if decided := next(dates, None):
        return decided
    numbers = {kind.form for kind in seen.kinds if kind.type is FieldType.NUMBER}
    if usual.numbers in numbers and (seen.points_are_doubtful or "" not in numbers):
        return FieldType.NUMBER, usual.numbers
    return seen.kind or (FieldType.TEXT, "")


def note_on(column: Column, seen: Seen) -> str:
    """What somebody should know of a status that is none, or of numbers that fit another form as well."""
    if column.role is Role.STATUS:
        return _note_on_words(column, seen)
    if column.type is not FieldType.NUMBER:
        return ""
    if seen.points_are_doubtful:
        return _POINT_NOTES.get(column.form, "")
    return _COMMA_NOTE if column.form == "comma" and seen.numbers.names == ("comma", "thousands") else ""


def _note_on_words(column: Column, seen: Seen) -> str:
    unknown = first_unknown(sorted(seen.names), column.words)
    if unknown is None:
        return ""
    meant = {column.name: {"to": "status", "words": {unknown: Status.UNSUBSCRIBED.value}}}
    example = json.dumps(meant, ensure_ascii=False)
    return f"{shown(unknown)} is no status, and its rows are refused; say what it means, as {example}"


def _form_of_numbers(seen: Seen, usual: Usual) -> str:
    if not seen.points_are_doubtful:
        return _one_of(seen.numbers.names or ("",), usual.numbers, _NUMBERS)
    if usual.is_mended:
        raise _POINTS
    return usual.numbers


def _one_of(forms: tuple[str, ...], usual: str, doubt: InvalidValue) -> str:
    if "" in forms:
        return ""
    if usual in forms:
        return usual
    if len(forms) > 1:
        raise doubt
    return forms[0]
