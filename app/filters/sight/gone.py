"""Why a filter of the past can't be used any more: what it names that is archived or deleted by now."""

from collections.abc import Iterator

from app.filters.catalog import Catalog
from app.filters.checked import Filter
from app.filters.problems import Code, Problem
from app.filters.references import references


def gone(tree: Filter, past: Catalog, now: Catalog, path: str = "filter") -> list[Problem]:
    """A problem for each field, label and segment that a filter of the past names and that is not there now."""
    return [
        Problem(code, f'there is no {kind} "{name}" any more', path) for code, kind, name in _names(tree, past, now)
    ]


def _names(tree: Filter, past: Catalog, now: Catalog) -> Iterator[tuple[Code, str, str]]:
    named = references(tree)
    for key in sorted(named.fields - now.fields.keys()):
        yield Code.UNKNOWN_FIELD, "field", past.fields[key].name
    for id in sorted(named.labels - now.labels.keys()):
        yield Code.UNKNOWN_LABEL, "label", past.labels[id].name
    for id in sorted(named.segments - now.segments.keys()):
        yield Code.UNKNOWN_SEGMENT, "segment", past.segments[id].name
