"""What of a contact leaves the house: the columns, and each as a cell of text or a value of JSON.

The texts speak of `contact`, of `unpacked` with its `fields` and `folded`, and of the `names` in `labelled`.
"""

from typing import assert_never

from app.compile.clause import Bound, Clause
from app.filters.catalog import Field
from app.filters.vocabulary import FieldType

STATUS = Field("status", "Status", FieldType.CHOICE)
LABELS = Field("labels", "Labels", FieldType.TEXT)

UNIT_SEPARATOR = "\x1f"  # white space to Python, so no label's name has it

NAMES_IN_A_CELL = (
    "string_agg(CASE WHEN label.name ~ '[,;|\"]|^\\[' THEN '\"' || replace(label.name, '\"', '\"\"') || '\"' "
    "ELSE label.name END, ', ' ORDER BY label.id)"
)
NAMES_SEPARATED = "string_agg(label.name, E'\\x1f' ORDER BY label.id)"
NAMES_AS_JSON = "coalesce(json_agg(label.name ORDER BY label.id)::text, '[]')"

# As `app.transfer.files.formulas` has it: a spreadsheet runs a cell that begins with one of = + - @, tab, CR, LF, and
# where a semicolon parts cells, what follows one within a cell, too. The text that is guarded already gets one
# apostrophe more, so that taking one away always gives the value. The first signs are the cheap question.
_FIRST_SIGNS = "(9, 10, 13, 32, 34, 39, 43, 45, 61, 64, 160, 8203, 12288, 65279, 65291, 65293, 65309, 65312)"
_PARTINGS = ("';'", r"E'\t'", r"E'\r'", r"E'\n'")
_PASSED_OVER = r'[ "\u00a0\u200b\u3000\ufeff]*'
_RUNS = rf"'(^|[;\t\r\n])(?=''*{_PASSED_OVER}[-=+@\uff0b\uff0d\uff1d\uff20])|^(?=''*[\t\r\n])'"
_GUARDED = r"'\1'''"


def text_cell(field: Field, *, guarded: bool) -> Clause:
    """A column's value as text, NULL where there is none; moments are in the session's time zone.

    Where it is `guarded`, a text that a spreadsheet would run has an apostrophe before what would.
    """
    match field.type:
        case FieldType.TEXT | FieldType.CHOICE:
            text = _text(field)
            return _guard(text) if guarded and field != STATUS else text
        case FieldType.DATETIME:
            return Clause("(to_jsonb(", _moment(field), ") #>> '{}')")
        case FieldType.NUMBER | FieldType.DATE | FieldType.BOOLEAN:
            return _text(field)
        case _:
            assert_never(field.type)


def json_value(field: Field) -> Clause:
    """A column's value as the text of JSON, `null` where there is none; moments are in the session's time zone."""
    if field == LABELS:
        return Clause("labelled.names")
    if field.type is FieldType.DATETIME:
        return _or_null(Clause("to_json(", _moment(field), ")"))
    if field.is_system:
        return _or_null(Clause("to_json(", _text(field), ")"))
    return _or_null(Clause("(unpacked.fields -> ", Bound(field.key, "text"), ")"))


def number(field: Field) -> Clause:
    """A custom number, NULL where there is none."""
    return Clause("(unpacked.fields -> ", Bound(field.key, "text"), ")::numeric")


def _text(field: Field) -> Clause:
    if field == LABELS:
        return Clause("labelled.names")
    if field.is_system:
        return Clause(f"contact.{field.key}")
    return Clause("(unpacked.fields ->> ", Bound(field.key, "text"), ")")


def _moment(field: Field) -> Clause:
    if field.is_system:
        return Clause(f"contact.{field.key}")
    return Clause("(unpacked.folded ->> ", Bound(field.key, "text"), ")::timestamptz")


def _guard(text: Clause) -> Clause:
    may_run: list[str | Clause] = ["ascii(", text, f") IN {_FIRST_SIGNS}"]
    for parting in _PARTINGS:
        may_run += [" OR strpos(", text, f", {parting}) > 0"]
    guarded = ("regexp_replace(", text, f", {_RUNS}, {_GUARDED}, 'g')")
    return Clause("CASE WHEN ", *may_run, " THEN ", *guarded, " ELSE ", text, " END")


def _or_null(json: Clause) -> Clause:
    return Clause("coalesce(", json, "::text, 'null')")
