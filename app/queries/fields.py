"""Custom fields: create, rename, archive, restore."""

import re
import unicodedata
from collections.abc import Sequence

import asyncpg

from app.filters.catalog import SYSTEM_KEYS, Catalog
from app.filters.folding import fold
from app.filters.problems import Code, Refused
from app.filters.vocabulary import FieldType
from app.queries.acts import made
from app.queries.catalogs import announce_change, changing_catalog
from app.queries.connections import connection, transaction
from app.queries.names import LONGEST_NAME, read_name
from app.queries.references import refuse_in_use

MOST_OPTIONS = 500
MOST_FIELDS = 500

# In files the status and the labels are columns beside the fields.
RESERVED_KEYS = SYSTEM_KEYS | {"status", "labels"}

_KEY = re.compile(r"[a-z][a-z0-9_]{0,62}", re.ASCII)

# Letters that are not another one with a mark.
_LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "þ": "th"})


def key_of(name: str) -> str:
    """The key that a name suggests, its letters without their marks: `Größe (cm)` gives `grosse_cm`."""
    letters = unicodedata.normalize("NFKD", fold(name[:LONGEST_NAME]).translate(_LETTERS))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    key = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:63]
    return key if _KEY.fullmatch(key) else f"field_{key}".rstrip("_")[:63]


def read_key(key: str) -> str:
    """A field's key; raises Refused."""
    if not _KEY.fullmatch(key):
        message = "a key begins with a letter and has only a-z, 0-9 and _, 63 at most"
        raise Refused.because(Code.INVALID_KEY, message, "input.key")
    if key in RESERVED_KEYS:
        raise Refused.because(Code.TAKEN, f'"{key}" is a field that every workspace has', "input.key")
    return key


async def create_field(workspace_id: int, key: str, name: str, type: FieldType, options: Sequence[str] = ()) -> int:
    """The new field's id; raises Refused where the key is taken or the options don't fit the type."""
    named, keyed, chosen = read_name(name, "input.name"), read_key(key), _read_options(type, options)
    try:
        async with transaction() as borrowed:
            _refuse_more(await changing_catalog(borrowed, workspace_id))
            field_id: int = await borrowed.fetchval(
                "INSERT INTO field (workspace_id, key, name, type, options, created_at) "
                "VALUES ($1, $2, $3, $4, $5, now()) RETURNING id",
                workspace_id,
                keyed,
                named,
                type.value,
                chosen,
            )
            made("Field", field_id)
    except asyncpg.UniqueViolationError:
        message = f'there is a field "{keyed}" already, perhaps archived'
        raise Refused.because(Code.TAKEN, message, "input.key") from None
    return field_id


async def rename_field(workspace_id: int, field_id: int, name: str) -> None:
    """Its key stays; raises Refused where there is no such field."""
    named = read_name(name, "input.name")
    async with transaction() as borrowed:
        await announce_change(borrowed, workspace_id)
        renamed = await borrowed.fetchval(
            "UPDATE field SET name = $3 WHERE workspace_id = $1 AND id = $2 AND archived_at IS NULL RETURNING id",
            workspace_id,
            field_id,
            named,
        )
        if renamed is None:
            raise _not_found()


async def archive_field(workspace_id: int, field_id: int) -> None:
    """Nobody sees it any more, though its values stay for `restore_field`; refused while a segment uses it."""
    async with transaction() as borrowed:
        await announce_change(borrowed, workspace_id)
        key = await borrowed.fetchval(
            "UPDATE field SET archived_at = now() "
            "WHERE workspace_id = $1 AND id = $2 AND archived_at IS NULL RETURNING key",
            workspace_id,
            field_id,
        )
        if key is None:
            raise _not_found()
        await refuse_in_use(borrowed, workspace_id, "field_keys", key, "this field")


async def restore_field(workspace_id: int, field_id: int) -> None:
    """An archived field is back, with the values that contacts kept; raises Refused NOT_FOUND."""
    async with transaction() as borrowed:
        _refuse_more(await changing_catalog(borrowed, workspace_id))
        restored = await borrowed.fetchval(
            "UPDATE field SET archived_at = NULL WHERE workspace_id = $1 AND id = $2 RETURNING id",
            workspace_id,
            field_id,
        )
        if restored is None:
            raise _not_found()


def _refuse_more(catalog: Catalog) -> None:
    if sum(1 for field in catalog.fields.values() if not field.is_system) >= MOST_FIELDS:
        message = f"a workspace has at most {MOST_FIELDS} custom fields; archive some first"
        raise Refused.because(Code.NOT_ALLOWED, message, "input")


def _read_options(type: FieldType, options: Sequence[str]) -> list[str]:
    if (type is FieldType.CHOICE) != bool(options):
        message = "a CHOICE field needs its options, and only a CHOICE field has any"
        raise Refused.because(Code.INVALID_RANGE, message, "input.options")
    if len(options) > MOST_OPTIONS:
        raise Refused.because(Code.TOO_MANY_VALUES, f"at most {MOST_OPTIONS} options", "input.options")
    named = [read_name(option, f"input.options[{place}]") for place, option in enumerate(options)]
    if len({fold(option) for option in named}) < len(named):
        raise Refused.because(Code.TAKEN, "two of the options are the same", "input.options")
    return named


def _not_found() -> Refused:
    return Refused.because(Code.NOT_FOUND, "there is no such field", "input.id")


async def taken_keys(workspace_id: int) -> set[str]:
    """The keys of all the workspace's fields, archived ones too."""
    async with connection() as borrowed:
        return {row[0] for row in await borrowed.fetch("SELECT key FROM field WHERE workspace_id = $1", workspace_id)}
