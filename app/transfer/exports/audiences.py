"""Whom an export is of: a filter's contacts, a segment's, or everyone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.filters.asked import only_entry
from app.filters.catalog import Catalog, Segment
from app.filters.check import check, segment_filter
from app.filters.checked import Filter
from app.filters.document import write
from app.filters.global_form import with_numbers
from app.filters.ids import number_of
from app.filters.problems import Code, Problem, Refused
from app.filters.tree import And

EVERYONE: Filter = And(())
WAYS = ("filter", "segment", "everyone")


@dataclass(frozen=True, slots=True)
class Audience:
    """The contacts, and what a file of them is called."""

    name: str
    tree: Filter

    @property
    def document(self) -> dict[str, Any] | None:
        """What `stored_audience` reads again; None for everyone."""
        return None if self.tree == EVERYONE else write(self.tree)


def read_audience(given: Mapping[str, Any], catalog: Catalog) -> Audience:
    """Out of exactly one of `filter`, `segment` (its opaque id) and `everyone: true`; raises Refused."""
    problems: list[Problem] = []
    match only_entry(given, "export", WAYS, problems):
        case "filter", document:
            return Audience("contacts", check(with_numbers(document), catalog))
        case "segment", id:
            return segment_audience(id if isinstance(id, str) else "", catalog)
        case "everyone", True:
            return Audience("contacts", EVERYONE)
        case "everyone", _:
            raise Refused.because(Code.INVALID_BOOLEAN, "everyone is true, or is left out", "everyone")
        case _:
            raise Refused(problems)


def segment_audience(id: str, catalog: Catalog) -> Audience:
    """The members of the segment with an opaque id; raises Refused NOT_FOUND."""
    segment = catalog.segments.get(number_of(id, "Segment"))
    if segment is None:
        raise Refused.because(Code.NOT_FOUND, "there is no such segment", "segment")
    return audience_of(segment, catalog)


def audience_of(segment: Segment, catalog: Catalog) -> Audience:
    """The members of a segment; raises Refused where its filter doesn't work any more."""
    return Audience(segment.name, segment_filter(segment, catalog))


def stored_audience(name: str, document: dict[str, Any] | None, catalog: Catalog) -> Audience:
    """An audience as it was stored, by today's catalog; raises Refused where it doesn't work any more."""
    return Audience(name, EVERYONE if document is None else check(document, catalog))
