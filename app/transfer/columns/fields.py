"""Which field a column goes to, one there is or one to be made, and in which type and form it is read."""

from app.filters.catalog import Catalog, Field
from app.filters.folding import fold
from app.filters.problems import Code, InvalidValue
from app.filters.vocabulary import FieldType
from app.queries.fields import key_of
from app.transfer.columns.survey import Seen

_DATES = InvalidValue(
    Code.INVALID_DATE, 'its dates can be read as day/month or month/day; say which, as {"dates": "DMY"}'
)
_NUMBERS = InvalidValue(
    Code.INVALID_NUMBER, 'its commas can part thousands or decimals; say which, as {"numbers": "comma"}'
)


def existing_field(name: str, catalog: Catalog) -> Field | None:
    """The workspace's own field whose key, or else whose name, this is."""
    by_key = catalog.fields.get(name.lower())
    return by_key if by_key and not by_key.is_system else catalog.own_fields_by_name.get(fold(name))


def free_key(name: str, taken: set[str]) -> str:
    """A key for a new field of this name, none of those taken."""
    key, number = key_of(name), 1
    free = key
    while free in taken:
        number += 1
        free = f"{key[:58]}_{number}"
    return free


def form_of(type: FieldType, seen: Seen, usual: str) -> str:
    """The form in which a column is read as this type; `usual`, a form of dates, holds where its values don't tell.

    Raises InvalidValue where all of them fit several forms and the usual one isn't among them.
    """
    forms = seen.forms(type)
    if not forms:
        return "" if type is FieldType.NUMBER else usual
    if "" in forms:
        return ""
    if len(forms) == 1 or usual not in forms:
        return _only(forms, type)
    return usual


def kind_of(seen: Seen, usual: str) -> tuple[FieldType, str]:
    """A new field's type and form; `usual`, a form of dates, decides where all values fit several."""
    decided = next(((kind.type, kind.form) for kind in seen.kinds if usual and kind.form == usual), seen.kind)
    return decided or (FieldType.TEXT, "")


def _only(forms: tuple[str, ...], type: FieldType) -> str:
    if len(forms) > 1:
        raise _NUMBERS if type is FieldType.NUMBER else _DATES
    return forms[0]
