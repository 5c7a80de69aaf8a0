"""Values of fields: what each type accepts, and how it is kept to be shown and to be compared."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Context, Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from app.filters.catalog import Field
from app.filters.folding import fold, is_storable, piles_marks
from app.filters.problems import Code, InvalidValue, did_you_mean, shown
from app.filters.vocabulary import FieldType

LONGEST_VALUE = 10_000
UNPILED = 200  # up to here piled marks fold fast enough
MOST_DIGITS = 34
LARGEST_EXPONENT = 40

Json = str | int | bool | Decimal

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}([.,]\d{1,6})?)?\s?([Zz]|[+-]\d{2}(:?\d{2}(:?\d{2})?)?)?", re.ASCII
)
_SPACED_OFFSET = re.compile(r"\s(?=[Z+-])", re.ASCII)
_WIDE = Context(prec=200)
_TRUE = frozenset({"true", "yes", "y", "1"})
_FALSE = frozenset({"false", "no", "n", "0"})


def read_text(raw: object, longest: int = LONGEST_VALUE) -> str:
    """A text that PostgreSQL can hold; raises InvalidValue."""
    if not isinstance(raw, str):
        raise InvalidValue(Code.INVALID_TEXT, "a text is expected here")
    if len(raw) > longest:
        raise InvalidValue(Code.TOO_LONG, f"this text is longer than {longest:,} characters")
    if not is_storable(raw):
        raise InvalidValue(
            Code.INVALID_TEXT, "this text holds a character that can't be stored (NUL or half of a pair)"
        )
    if len(raw) > UNPILED and not raw.isascii() and piles_marks(raw):
        raise InvalidValue(Code.INVALID_TEXT, "this text piles too many marks on one character")
    return raw


def read_number(raw: object) -> Decimal:
    """A decimal number out of a number or its digits; raises InvalidValue."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str | Decimal):
        raise InvalidValue(Code.INVALID_NUMBER, "a number is expected here")
    # Written out, 1e999999999 would fill the memory, and Python refuses to print the longest integers.
    text = "" if isinstance(raw, int) and abs(raw) >= 10**100 else str(raw).strip()
    if len(text) > 100 or not _NUMBER.fullmatch(text):
        raise InvalidValue(Code.INVALID_NUMBER, f"{shown(text)} is not a number")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise InvalidValue(Code.INVALID_NUMBER, f"{shown(text)} is not a number") from None
    if not number:
        return Decimal(0)
    _, digits, exponent = number.normalize(_WIDE).as_tuple()
    if len(digits) > MOST_DIGITS or abs(int(exponent)) > LARGEST_EXPONENT:
        raise InvalidValue(Code.INVALID_NUMBER, f"this number has more than {MOST_DIGITS} digits")
    return number


def read_date(raw: object) -> date:
    """A day, given as YYYY-MM-DD; raises InvalidValue."""
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    if not isinstance(raw, str) or not _DATE.fullmatch(raw.strip()):
        raise InvalidValue(Code.INVALID_DATE, f"{shown(raw)} is not a date; write it as 2026-01-31")
    try:
        return date.fromisoformat(raw.strip())
    except ValueError:
        raise InvalidValue(Code.INVALID_DATE, f"there is no day {raw.strip()}") from None


def read_moment(raw: object, zone: ZoneInfo) -> datetime:
    """An instant in UTC out of ISO 8601; without an offset it is wall-clock time in `zone`. Raises InvalidValue."""
    if not isinstance(raw, str) or not _MOMENT.fullmatch(raw.strip()):
        raise InvalidValue(
            Code.INVALID_DATE,
            f"{shown(raw)} is not a date with a time; write it as 2026-01-31T09:30:00+07:00",
        )
    try:
        moment = datetime.fromisoformat(_SPACED_OFFSET.sub("", raw.strip().upper().replace(",", ".")))
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidValue(Code.INVALID_DATE, f"there is no moment {raw.strip()}") from None
    if not 2 <= moment.year <= 9998:
        raise InvalidValue(Code.INVALID_DATE, "this date is too far away")
    return moment


def read_date_or_moment(raw: object, zone: ZoneInfo) -> date | datetime:
    """A day or an instant, by its form; raises InvalidValue."""
    if isinstance(raw, str) and _MOMENT.fullmatch(raw.strip()):
        return read_moment(raw, zone)
    return read_date(raw)


def read_boolean(raw: object) -> bool:
    """True or false, as such or in words (true, yes, 1); raises InvalidValue."""
    if isinstance(raw, bool):
        return raw
    word = fold(raw[:100]) if isinstance(raw, str) else str(raw) if raw in (0, 1) else ""
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise InvalidValue(Code.INVALID_BOOLEAN, f"{shown(raw)} is neither true nor false")


def read_option(raw: object, field: Field) -> str:
    """One of the field's declared options, found by its folded text; raises InvalidValue."""
    folded = fold(read_text(raw))
    for option in field.options:
        if fold(option) == folded:
            return option
    hint = did_you_mean(str(raw), field.options)
    raise InvalidValue(Code.UNKNOWN_OPTION, f"{field.name} has no option {shown(raw)}{hint}")


def iso_utc(moment: datetime) -> str:
    """An instant as it is compared: UTC, always with microseconds, so that text order is time order."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def read_value(raw: object, field: Field, zone: ZoneInfo) -> tuple[Json, Json] | None:
    """A value as entered and as compared, or None where it is no value (null, blank text).

    Raises InvalidValue where the field's type doesn't take it.
    """
    if raw is None or (isinstance(raw, str) and len(raw) <= LONGEST_VALUE and not fold(raw)):
        return None
    return _READERS[field.type](raw, field, zone)


def _text(raw: object, _field: Field, _zone: ZoneInfo) -> tuple[Json, Json]:
    text = read_text(raw)
    return text, fold(text)


def _number(raw: object, _field: Field, _zone: ZoneInfo) -> tuple[Json, Json]:
    number = read_number(raw)
    return number, number


def _date(raw: object, _field: Field, _zone: ZoneInfo) -> tuple[Json, Json]:
    day = read_date(raw).isoformat()
    return day, day


def _moment(raw: object, _field: Field, zone: ZoneInfo) -> tuple[Json, Json]:
    moment = read_moment(raw, zone)
    return moment.astimezone(zone).isoformat(), iso_utc(moment)


def _boolean(raw: object, _field: Field, _zone: ZoneInfo) -> tuple[Json, Json]:
    truth = read_boolean(raw)
    return truth, truth


def _option(raw: object, field: Field, _zone: ZoneInfo) -> tuple[Json, Json]:
    option = read_option(raw, field)
    return option, fold(option)


_READERS: dict[FieldType, Callable[[object, Field, ZoneInfo], tuple[Json, Json]]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.DATE: _date,
    FieldType.DATETIME: _moment,
    FieldType.BOOLEAN: _boolean,
    FieldType.CHOICE: _option,
}
