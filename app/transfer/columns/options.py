"""What the caller may ask of a column beyond where it goes."""

from dataclasses import replace

from app.filters.problems import Code, InvalidValue
from app.filters.vocabulary import FieldType
from app.transfer.columns.asked import Asked
from app.transfer.columns.given_words import with_usual_refusals
from app.transfer.columns.plan import Column, Role, Rule

DATED = (FieldType.DATE, FieldType.DATETIME)
_VALUED = (Role.TEXT, Role.FIELD, Role.LABELS)


def with_options(column: Column, asked: Asked) -> Column:
    """The column as asked; raises InvalidValue for what such a column can't do."""
    _refuse_type(column, asked)
    _refuse_forms(column, asked)
    if asked.words is not None and column.role is not Role.STATUS:
        raise InvalidValue(Code.NOT_ALLOWED, "only a status column has words")
    rule, clears = asked.rule or column.rule, column.clears if asked.clears is None else asked.clears
    if (asked.rule or clears) and column.role not in _VALUED:
        raise InvalidValue(Code.NOT_ALLOWED, "a rule is for names, sources, external ids, labels and fields")
    if rule is Rule.ADD and column.role is not Role.LABELS:
        raise InvalidValue(Code.NOT_ALLOWED, "only labels can be added; the others are OVERWRITE or FILL")
    if clears and rule is not Rule.OVERWRITE:
        raise InvalidValue(Code.NOT_ALLOWED, "only a column that overwrites can clear values")
    words = column.words if asked.words is None else with_usual_refusals(asked.words)
    return replace(column, rule=rule, clears=clears, words=words)


def check_options(asked: Asked) -> None:
    """Raises InvalidValue for what the column that is asked for can't do, whatever it holds."""
    if asked.column is None:
        return
    column = asked.column
    if column.is_new:
        column = replace(column, type=asked.type or _suggested(asked))
    with_options(column, asked)


def _suggested(asked: Asked) -> FieldType:
    if asked.dates is not None:
        return FieldType.DATE
    return FieldType.TEXT if asked.numbers is None else FieldType.NUMBER


def _refuse_type(column: Column, asked: Asked) -> None:
    if asked.type is None or (column.role is Role.FIELD and column.type is asked.type):
        return
    if column.role is Role.FIELD:
        raise InvalidValue(Code.NOT_ALLOWED, f"{column.name} is a field of type {column.type.value} already")
    raise InvalidValue(Code.NOT_ALLOWED, "only a field has a type")


def _refuse_forms(column: Column, asked: Asked) -> None:
    if asked.dates is not None and column.type not in DATED:
        raise InvalidValue(Code.NOT_ALLOWED, "only dates have a form of dates")
    if asked.numbers is not None and column.type is not FieldType.NUMBER:
        raise InvalidValue(Code.NOT_ALLOWED, "only numbers have a form of numbers")
