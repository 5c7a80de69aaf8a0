"""Which field a column goes to: one there is, or one to be made, with a key of its own."""

from app.filters.catalog import Catalog, Field
from app.filters.folding import fold
from app.queries.fields import key_of


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
