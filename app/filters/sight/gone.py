"""Why a filter of the past can't be used any more: what it names that is archived or deleted by now."""

from collections.abc import Iterator

from app.filters.catalog import Catalog
from app.filters.problems import Code, Problem
from app.filters.references import References


def gone(named: References, past: Catalog, now: Catalog, path: str = "filter") -> list[Problem]:
    """A problem for each field, label and segment that is named and that only the catalog of the past has."""
    return [
        Problem(code, f'there is no {kind} "{name}" any more', path) for code, kind, name in _names(named, past, now)
    ]


def _names(named: References, past: Catalog, now: Catalog) -> Iterator[tuple[Code, str, str]]:
    for key in sorted(named.fields & past.fields.keys() - now.fields.keys()):
        yield Code.UNKNOWN_FIELD, "field", past.fields[key].name
    for label in sorted(named.labels & past.labels.keys() - now.labels.keys()):
        yield Code.UNKNOWN_LABEL, "label", past.labels[label].name
    for segment in sorted(named.segments & past.segments.keys() - now.segments.keys()):
        yield Code.UNKNOWN_SEGMENT, "segment", past.segments[segment].name
