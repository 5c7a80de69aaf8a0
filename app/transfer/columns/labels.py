"""The labels in a cell: names between commas, or a JSON list of them as some tools write."""

import orjson

from app.transfer.files.names_in_a_cell import split_names


def read_labels(text: str) -> list[str]:
    """The names, in the cell's order, inner white space single; empty ones are passed over."""
    listed = _listed(text) if text.startswith("[") else None
    if listed is None:
        return split_names(text)
    return [name for one in listed if isinstance(one, str) and (name := " ".join(one.split()))]


def _listed(text: str) -> list[object] | None:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, list) else None
