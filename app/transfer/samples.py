"""Samples of what an import would do, fit to be told: a cell may hold megabytes."""

from typing import Any

LONGEST_VALUE = 1_000


def shortened(value: Any) -> Any:
    """The value, or all values in it, cut where a text is too long to be looked at."""
    match value:
        case str() if len(value) > LONGEST_VALUE:
            return value[:LONGEST_VALUE] + "…"
        case dict():
            return {key: shortened(inner) for key, inner in value.items()}
        case list():
            return [*map(shortened, value)]
        case _:
            return value
