"""The columns of an export: those that are asked for, or all."""

from collections.abc import Mapping

from app.compile.cells import LABELS, STATUS
from app.filters.catalog import SYSTEM_FIELDS, Catalog, Field
from app.filters.problems import Code, Problem, did_you_mean, shown
from app.filters.vocabulary import FieldType

MOST_COLUMNS = 1_000


def all_columns(catalog: Catalog) -> tuple[Field, ...]:
    """The columns of an export that names none: what every contact has, and then the custom fields."""
    email, name, *rest = SYSTEM_FIELDS
    every = (email, name, STATUS, LABELS, *rest)
    taken = {column.key for column in every}
    return every + tuple(field for field in catalog.fields.values() if field.key not in taken)


def title_of(column: Field) -> str:
    """What a column is called where columns have names: as an import knows it again."""
    is_moment = column.is_system and column.type is FieldType.DATETIME
    return column.key.replace("_", " ").capitalize() if is_moment else column.name


def read_columns(raw: object, catalog: Catalog, problems: list[Problem]) -> tuple[Field, ...]:
    """The columns of these keys, given as a list or between commas; what is wrong is added to the problems."""
    keys = raw.split(",") if isinstance(raw, str) else raw
    if not isinstance(keys, list) or not 1 <= len(keys) <= MOST_COLUMNS:
        message = f"name 1 to {MOST_COLUMNS:,} columns, or leave columns out to have them all"
        problems.append(Problem(Code.EMPTY_LIST, message, "columns"))
        return ()
    known = {column.key: column for column in all_columns(catalog)}
    found: dict[str, Field] = {}
    for place, key in enumerate(keys):
        problem = _wrong(key, known, found, f"columns[{place}]")
        if problem is None:
            found[key.strip()] = known[key.strip()]
        else:
            problems.append(problem)
    return tuple(found.values())


def _wrong(key: object, known: Mapping[str, Field], found: Mapping[str, Field], path: str) -> Problem | None:
    if not isinstance(key, str):
        return Problem(Code.UNKNOWN_FIELD, "give the key of a field", path)
    if key.strip() not in known:
        return Problem(Code.UNKNOWN_FIELD, f"there is no field {shown(key, 100)}{did_you_mean(key, known)}", path)
    if key.strip() in found:
        return Problem(Code.NOT_ALLOWED, f'the column "{key.strip()}" is asked for twice', path)
    return None
