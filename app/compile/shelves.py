"""Where on the contact's row each field is kept, entered and folded."""

from app.compile.clause import Bound, Clause
from app.filters.catalog import Field
from app.filters.vocabulary import FieldType

_FOLDED = {"email": "contact.email_folded"}


def folded(field: Field) -> Clause:
    """A text, choice or time as it is compared: text in byte order, NULL where there is no value."""
    if field.is_system and field.type is FieldType.DATETIME:
        return Clause(f"contact.{field.key}")
    if field.is_system and field.key in _FOLDED:
        return Clause(f'({_FOLDED[field.key]} COLLATE "C")')
    return Clause("((contact.folded ->> ", Bound(field.key, "text"), ') COLLATE "C")')


def folded_json(field: Field) -> Clause:
    """A custom number as it is compared: jsonb, NULL where there is no value."""
    return Clause("(contact.folded -> ", Bound(field.key, "text"), ")")


def entered(field: Field) -> Clause:
    """A text as it was entered."""
    if field.is_system:
        return Clause(f'(contact.{field.key} COLLATE "C")')
    return Clause("((contact.fields ->> ", Bound(field.key, "text"), ') COLLATE "C")')


def is_missing(field: Field) -> Clause:
    """Whether there is no value; never NULL."""
    if field.is_system:
        return Clause(f"(contact.{field.key} IS NULL)")
    return Clause("(NOT contact.folded ? ", Bound(field.key, "text"), ")")
