"""What each column of a file becomes: the address, a system text, the status, the labels, or a field."""

import re
from collections.abc import Iterable, Sequence

from app.filters.catalog import SYSTEM_KEYS, Catalog, Field
from app.filters.folding import fold
from app.filters.problems import Code, Refused
from app.queries.fields import MOST_FIELDS, key_of
from app.queries.names import read_name
from app.transfer.columns.inference import Seen, Survey
from app.transfer.columns.plan import Column, Role

EMAIL_HEADERS = (
    "email",
    "e mail",
    "email address",
    "e mail address",
    "alamat email",
    "alamat e mail",
    "surel",
    "alamat surel",
    "mail",
    "subscriber email",
)
LABEL_HEADERS = frozenset({"label", "labels", "tag", "tags"})
TEXT_HEADERS = {
    "name": "name",
    "full name": "name",
    "source": "source",
    "external id": "external_id",
    "externalid": "external_id",
}


def plan_columns(
    header: Sequence[str], survey: Survey, catalog: Catalog, taken_keys: Iterable[str]
) -> tuple[Column, ...]:
    """What each column becomes; `taken_keys` are those of all fields, archived ones too.

    A column that holds nothing makes no field. Raises Refused where no column, or no one column, has the addresses,
    two mean the same, a new field can't have its name, or there would be too many fields.
    """
    words = [_words(name) for name in header]
    email = _email_column(words, survey.columns)
    _refuse_twins(header)
    taken = set(taken_keys) | SYSTEM_KEYS
    columns: list[Column] = []
    for place, (name, seen) in enumerate(zip(header, survey.columns, strict=True)):
        column = Column(Role.EMAIL) if place == email else _column(name, words[place], seen, catalog, taken)
        taken.add(column.key)
        columns.append(column)
    _refuse_repeats(header, columns)
    made = sum(column.is_new for column in columns)
    if made and made + len(catalog.fields) - len(SYSTEM_KEYS) > MOST_FIELDS:
        raise _refused(f"the file would make {made} fields; a workspace has at most {MOST_FIELDS}")
    return tuple(columns)


def _column(name: str, words: str, seen: Seen, catalog: Catalog, taken: set[str]) -> Column:
    if words in TEXT_HEADERS:
        return Column(Role.TEXT, TEXT_HEADERS[words], name)
    if words == "status":
        return Column(Role.STATUS, name=name)
    if words in LABEL_HEADERS:
        return Column(Role.LABELS, name=name)
    if found := _existing(name, catalog):
        return Column(Role.FIELD, found.key, found.name, found.type)
    if not name or key_of(name) in SYSTEM_KEYS or seen.type is None:
        return Column(Role.NOTHING, name=name)
    return Column(Role.FIELD, _free_key(name, taken), read_name(name, "file"), seen.type, is_new=True)


def _existing(name: str, catalog: Catalog) -> Field | None:
    own = [field for field in catalog.fields.values() if not field.is_system]
    by_key = next((field for field in own if field.key == name.lower()), None)
    return by_key or next((field for field in own if fold(field.name) == fold(name)), None)


def _free_key(name: str, taken: set[str]) -> str:
    key, number = key_of(name), 1
    free = key
    while free in taken:
        number += 1
        free = f"{key[:58]}_{number}"
    return free


def _email_column(words: Sequence[str], columns: Sequence[Seen]) -> int:
    for known in EMAIL_HEADERS:
        if known in words:
            return words.index(known)
    likely = [place for place, seen in enumerate(columns) if seen.addresses and seen.addresses * 2 > seen.filled]
    if len(likely) == 1:
        return likely[0]
    if likely:
        raise _refused('more than one column holds e-mail addresses; call the right one "email"')
    raise _refused('no column holds e-mail addresses; call it "email" in the first line')


def _refuse_twins(header: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in filter(None, header):
        if fold(name) in seen:
            raise _refused(f'two columns are called "{name[:100]}"')
        seen.add(fold(name))


def _refuse_repeats(header: Sequence[str], columns: Sequence[Column]) -> None:
    first: dict[tuple[Role, str], str] = {}
    for name, column in zip(header, columns, strict=True):
        if column.role in (Role.NOTHING, Role.LABELS):
            continue
        other = first.setdefault((column.role, column.key), name)
        if other != name:
            raise _refused(f'the columns "{other[:100]}" and "{name[:100]}" mean the same field')


def _words(name: str) -> str:
    return " ".join(re.split(r"[\W_]+", fold(name))).strip()


def _refused(message: str) -> Refused:
    return Refused.because(Code.NOT_ALLOWED, message, "file")
