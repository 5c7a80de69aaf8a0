"""Days and moments as people and tools write them, made ISO 8601."""

import re
from functools import cache

from app.filters.problems import Code, InvalidValue, shown
from app.filters.vocabulary import FieldType

_MONTHS = (
    "jan|january|januari",
    "feb|february|februari",
    "mar|march|maret",
    "apr|april",
    "may|mei",
    "jun|june|juni",
    "jul|july|juli",
    "aug|august|agu|agustus",
    "sep|sept|september",
    "oct|october|okt|oktober",
    "nov|november",
    "dec|december|des|desember",
)
_NUMBER_OF = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split("|")}

_YEAR = r"(?P<year>\d{4})"
_MONTH = r"(?P<month>0?[1-9]|1[0-2])"
_NAME = rf"(?P<name>{'|'.join(_MONTHS)})"
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])"

# Between dots the day comes first the world over; between slashes and dashes the values must tell.
_DAYS = {
    "YMD": rf"{_YEAR}(?P<between>[-/.]){_MONTH}(?P=between){_DAY}",
    "DMY": rf"{_DAY}(?:(?P<between>[-/.]){_MONTH}(?P=between)|[ -]{_NAME}(?:, | |-)){_YEAR}",
    "MDY": rf"(?:{_MONTH}(?P<between>[-/])|{_NAME} ){_DAY}(?(between)(?P=between)|,? ){_YEAR}",
}
_EXAMPLES = {"YMD": "2026/01/31", "DMY": "31/01/2026", "MDY": "01/31/2026"}

_TIME = (
    r"(?:,? |T)(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"(?: ?(?P<half>[ap])m)?(?: ?(?P<offset>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?"
)
_ISO_DAY = r"\d{4}-\d{2}-\d{2}"
_ISO_TIME = r"[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,6})?)?\s?(?:Z|[+-]\d{2}(?::?\d{2})?)?"
_ONLY_DAY = re.compile(_ISO_DAY, re.ASCII)

# A day and a month in either order, as birthdays are kept.
YEARLESS = re.compile(
    rf"{_DAY.replace('<day>', '<first>')}(?:[-/.]{_DAY}\.?| {_NAME})|(?:{'|'.join(_MONTHS)}) \d{{1,2}}",
    re.ASCII | re.IGNORECASE,
)

FORMS = ("", *_DAYS)


@cache
def pattern_of(form: str, *, days: bool, moments: bool) -> re.Pattern[str]:
    """Fits a cell that holds a day, a moment or either in this form, blanks around it allowed."""
    day, time = (_DAYS[form], _TIME) if form else (_ISO_DAY, _ISO_TIME)
    optional = f"(?:{time})?" if days and moments else time if moments else ""
    return re.compile(rf"\s*{day}{optional}\s*", re.ASCII | re.IGNORECASE)


def read(text: str, form: str, type: FieldType) -> str:
    """ISO 8601 out of a text in a form of FORMS, a day being its midnight where the type is DATETIME.

    Whether there is such a day is left to `app.filters.values`. Raises InvalidValue where the text isn't so written.
    """
    written = _iso(text, form) if form else text.strip()
    return f"{written}T00:00" if type is FieldType.DATETIME and _ONLY_DAY.fullmatch(written) else written


def _iso(text: str, form: str) -> str:
    found = pattern_of(form, days=True, moments=True).fullmatch(text)
    if found is None:
        raise InvalidValue(Code.INVALID_DATE, f"{shown(text)} is not a date written as {_EXAMPLES[form]}")
    parts = found.groupdict()
    month = parts["month"] or _NUMBER_OF[parts["name"].lower()]
    day = f"{parts['year']}-{int(month):02}-{int(parts['day']):02}"
    return day if parts["hour"] is None else f"{day}T{_clock(parts, text)}{_offset(parts['offset'])}"


def _clock(parts: dict[str, str | None], text: str) -> str:
    hour = int(parts["hour"] or 0)
    if parts["half"]:
        if not 1 <= hour <= 12:
            raise InvalidValue(Code.INVALID_DATE, f"{shown(text)} has an hour that no half of the day has")
        hour = hour % 12 + (12 if parts["half"].lower() == "p" else 0)
    fraction = f".{parts['fraction'][:6]}" if parts["fraction"] else ""
    return f"{hour:02}:{parts['minute']}:{parts['second'] or '00'}{fraction}"


def _offset(offset: str | None) -> str:
    return "Z" if offset and offset[0] not in "+-" else offset or ""
