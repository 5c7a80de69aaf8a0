"""A filter's JSON as the world writes it, where segments have opaque ids; `check` reads their numbers."""

from typing import Any

from app.filters.asked import GROUPS, MOST_LEVELS
from app.filters.ids import number_of


def with_numbers(document: Any, levels: int = MOST_LEVELS) -> Any:
    """FilterInput's JSON form with numbers for the ids of segments, 0 for what is no id; all else stays as it is.

    Numbers that the caller wrote name nothing: those are ours.
    """
    match document:
        case {"segment": {"inAny": list(ids)}}:
            return document | {"segment": document["segment"] | {"inAny": [_number(id) for id in ids]}}
        case {"label": {**test}}:
            return document | {"label": {key: _texts(value) for key, value in test.items()}}
        case dict() if levels >= 0:
            return {key: with_numbers(part, levels - 1) if key in GROUPS else part for key, part in document.items()}
        case list():
            return [with_numbers(part, levels) for part in document]
        case _:
            return document


def _number(id: Any) -> int:
    return number_of(id, "Segment") if isinstance(id, str) else 0


def _texts(value: Any) -> Any:
    return [str(each) if type(each) is int else each for each in value] if isinstance(value, list) else value
