"""The forms in which a column may write its values, each with the type that it suggests."""

import re
from dataclasses import dataclass

from app.filters.vocabulary import FieldType
from app.transfer.columns import dates, numbers


@dataclass(frozen=True, slots=True)
class Kind:
    """A type in a form, and what a cell of it looks like."""

    type: FieldType
    form: str
    pattern: re.Pattern[str]


KINDS = (
    Kind(FieldType.BOOLEAN, "", re.compile(r"\s*(?:true|false|yes|no)\s*", re.IGNORECASE)),
    *(Kind(FieldType.NUMBER, form, numbers.pattern_of(form)) for form in numbers.FORMS),
    *(Kind(FieldType.DATE, form, dates.pattern_of(form, days=True, moments=False)) for form in dates.FORMS),
    *(Kind(FieldType.DATETIME, form, dates.pattern_of(form, days=False, moments=True)) for form in dates.FORMS),
)
# A moment may be told by its day alone, where it is known that moments are meant.
MOMENTS = tuple(
    Kind(FieldType.DATETIME, form, dates.pattern_of(form, days=True, moments=True)) for form in dates.FORMS
)


def read(text: str, form: str, type: FieldType) -> str:
    """The text as `app.filters.values.read_value` takes it for this type; raises InvalidValue where the form differs.

    A day becomes its midnight where the type is DATETIME.
    """
    match type:
        case FieldType.DATE | FieldType.DATETIME:
            return dates.read(text, form, type)
        case FieldType.NUMBER:
            return numbers.read(text, form)
        case _:
            return text
