"""What is the same: two answers but for what was asked, and a workspace's rows before and after."""

import re
from typing import Any

from app.filters.ids import from_global
from app.queries.connections import connection
from tests.isolation.pools import BURNT, GHOSTLY, THEIRS

_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.:+Z-]*")
_BY_CHANCE = frozenset({"path", "locations"})  # which of many fields failed first
_HINT = re.compile(r'; did you mean "[^"]*"\?')  # out of the asker's own names, which are not all as near
_PLACE = re.compile(r"WyJ[\w-]+=*")  # what is followed, in JSON: `["`
_WORD = re.compile(r"[\w=]+")
_FAULT = re.compile(r"\b[0-9a-f]{12,}\b")


def plain(value: Any, fed: str, *, counts: bool) -> Any:
    """An answer without what was fed, ids and moments; where `counts` is False, without numbers."""
    match value:
        case str():
            return _plain_text(value, fed)
        case bool() | None:
            return value
        case int() | float():
            return value if counts else 0
        case list():
            items = [plain(one, fed, counts=counts) for one in value]
            return items if counts else _once(items)
        case dict():
            kept = value.keys() - _BY_CHANCE
            plained = {key: plain(value[key], fed, counts=counts) for key in kept}
            return plained | ({"errors": _once(plained["errors"])} if plained.get("errors") else {})
        case _:
            raise AssertionError(value)


def _once(values: list[Any]) -> list[Any]:
    """What is alike once: of many fields that fail, those that hadn't begun don't say so; much may be told at once."""
    return [one for place, one in enumerate(values) if one not in values[:place]]


def difference(one: Any, other: Any) -> str:
    """Where two plain answers differ first, and how; empty where they don't."""
    match one, other:
        case dict(), dict() if one.keys() == other.keys():
            inner = ((key, difference(one[key], other[key])) for key in one)
        case list(), list() if len(one) == len(other):
            inner = ((str(place), difference(*both)) for place, both in enumerate(zip(one, other, strict=True)))
        case _:
            return "" if one == other else f" {one!r:.200} and {other!r:.200}"
    return next((f".{key}{found}" for key, found in inner if found), "")


def _plain_text(text: str, fed: str) -> str:
    if (found := from_global(text)) is not None:
        return f"an id of {found[0]}"
    if _PLACE.fullmatch(text):
        return "a place"
    text = _WORD.sub(lambda word: word[0] if from_global(word[0]) in (None, from_global(fed)) else "an id", text)
    text = _worded(_HINT.sub("", text)).replace(_worded(fed), "what was fed")
    if (number := from_global(fed)) is not None and number[0][0].isupper():  # no cursor's place is told
        text = re.sub(rf"\b{number[1]}\b", "number", text)
    return _FAULT.sub("fault", _TIME.sub("moment", text))


def _worded(text: str) -> str:
    """Theirs and what does not exist alike: either may stand in both answers, where it was once taken over."""
    return text.replace(THEIRS, "word").replace(GHOSTLY, "word")


async def checksum(workspace_id: int) -> dict[str, str]:
    """What all rows of a workspace come to, by table; tables are found by their columns."""
    async with connection() as borrowed:
        tables = await borrowed.fetch(
            "SELECT table_name FROM information_schema.columns WHERE column_name = 'workspace_id' "
            "AND table_schema = current_schema ORDER BY 1"
        )
        wanted = {"workspace": "id"} | {row[0]: "workspace_id" for row in tables}
        union = " UNION ALL ".join(
            f"SELECT '{table}', coalesce(md5(string_agg(each::text, '|' ORDER BY each::text)), '') "
            f'FROM "{table}" AS each WHERE {key} = $1'
            for table, key in wanted.items()
        )
        return {row[0]: row[1] for row in await borrowed.fetch(union, workspace_id)}


async def burn() -> None:
    """Pass over some ids of every table, which nothing will ever have."""
    async with connection() as borrowed:
        await borrowed.execute(
            "SELECT nextval(format('%I', relname)::regclass) FROM pg_class, generate_series(1, $1::int) "
            "WHERE relkind = 'S' AND relnamespace = current_schema::regnamespace",
            BURNT,
        )
