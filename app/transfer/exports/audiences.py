"""Whom an export is of: a filter's contacts, a segment's, or everyone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.filters.asked import only_entry
from app.filters.catalog import Catalog, Segment
from app.filters.check import check, segment_filter
from app.filters.checked import Filter, InAnySegment, Inlined
from app.filters.document import write
from app.filters.global_form import with_numbers
from app.filters.ids import number_of
from app.filters.problems import Code, Problem, Refused
from app.filters.tree import And

EVERYONE: Filter = And(())
WAYS = ("filter", "segment", "everyone")


@dataclass(frozen=True, slots=True)
class Audience:
    """The contacts, what a file of them is called, and what `stored_tree` reads again; None for everyone."""

    name: str
    tree: Filter
    document: dict[str, Any] | None


def read_audience(given: Mapping[str, Any], catalog: Catalog) -> Audience:
    """Out of exactly one of `filter`, `segment` (its opaque id) and `everyone: true`; raises Refused."""
    problems: list[Problem] = []
    match only_entry(given, "export", WAYS, problems):
        case "filter", document:
            tree = check(with_numbers(document), catalog)
            return Audience("contacts", tree, write(tree))
        case "segment", id:
            return segment_audience(id if isinstance(id, str) else "", catalog)
        case "everyone", True:
            return Audience("contacts", EVERYONE, None)
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
    """The members of a segment; raises Refused where its filter doesn't work any more.

    Stored it is a reference, so that whoever is a member by then is meant, by filter and by hand.
    """
    tree = segment_filter(segment, catalog)
    return Audience(segment.name, tree, write(InAnySegment((Inlined(segment, None),))))


def stored_tree(document: dict[str, Any] | None, catalog: Catalog) -> Filter:
    """An audience's contacts as it was stored, by today's catalog; raises Refused where it doesn't work any more."""
    match document:
        case None:
            return EVERYONE
        case {"segment": {"inAny": [id]}} if id in catalog.segments:
            # Not as a filter that refers to it: segments may be nested too deep for one more.
            return segment_filter(catalog.segments[id], catalog)
        case _:
            return check(document, catalog)
