"""A clause whose values stand in the session's settings, for a statement that takes no parameters (COPY)."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from app.compile.clause import Bound, Clause

# To make a setting takes some servers the longer the more there are, and to read a value, the more it is among.
VALUES_A_SETTING = 32


def write_from_session(clause: Clause, places: dict[str, int]) -> str:
    """A clause's text that reads its values from the session; `places` gets them, each as a text at a place.

    Whoever runs it makes the settings that `session_settings` says, within the same transaction.
    """
    return "".join(_write(part, places) for part in clause.parts)


def session_settings(places: dict[str, int]) -> Iterator[tuple[str, str]]:
    """The name and the text of each setting that the values at their places need."""
    texts = sorted(places, key=places.__getitem__)
    for number, start in enumerate(range(0, len(texts), VALUES_A_SETTING)):
        yield _name(number), _array(texts[start : start + VALUES_A_SETTING])


def _write(part: str | Bound | Clause, places: dict[str, int]) -> str:
    match part:
        case str():
            return part
        case Bound(value, type):
            number, within = divmod(places.setdefault(_text(value), len(places)), VALUES_A_SETTING)
            text = f"(current_setting('{_name(number)}')::text[])[{within + 1:d}]"
            # A sub-select is read once for the statement, not for each row; cast again, ANY takes it for an array.
            return f"((SELECT {text}::{type})::{type})"
        case Clause():
            return write_from_session(part, places)


def _name(number: int) -> str:
    return f"pilah.values{number:d}"


def _text(value: object) -> str:
    """A value as PostgreSQL's own types read it; raises TypeError where that is not known."""
    match value:
        case str():
            return value
        case int() if not isinstance(value, bool):
            return str(value)
        case datetime() if value.tzinfo is not None:
            return value.astimezone(UTC).isoformat()
        case list():
            return _array(value)
        case _:
            raise TypeError(f"a {type(value).__name__} can't be a session's value")


def _array(values: Iterable[object]) -> str:
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value: object) -> str:
    escaped = _text(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
