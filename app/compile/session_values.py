"""A clause whose values stand in the session's settings, for a statement that takes no parameters (COPY)."""

from collections.abc import Iterable
from datetime import UTC, datetime

from app.compile.clause import Bound, Clause


def write_from_session(clause: Clause, settings: dict[str, str]) -> str:
    """A clause's text that reads its values from settings; `settings` gets those that it needs, by their values.

    Whoever runs it gives each setting, by the name that `settings` has, its value within the same transaction.
    """
    return "".join(_write(part, settings) for part in clause.parts)


def _write(part: str | Bound | Clause, settings: dict[str, str]) -> str:
    match part:
        case str():
            return part
        case Bound(value, type):
            name = settings.setdefault(_text(value), f"pilah.value{len(settings):d}")
            # A sub-select is read once for the statement, not for each row; cast again, ANY takes it for an array.
            return f"((SELECT current_setting('{name}')::{type})::{type})"
        case Clause():
            return write_from_session(part, settings)


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
