"""Why a contact entered or left a segment, in plain words with the names of today."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, assert_never

from app.filters.catalog import Catalog
from app.filters.check import segment_filter
from app.filters.checked import FieldPasses, HasAllLabels, HasAnyLabel, InAnySegment, LabelsEmpty
from app.filters.flips import relative_tests
from app.filters.signs import signed_conditions
from app.filters.summary import summarize
from app.filters.vocabulary import SegmentKind, Status
from app.queries.live.moving import Reason
from app.queries.live.reading_ledger import LedgerRow

_BY_CAUSE = {
    "CREATED": "The contact was created",
    "LISTED": "It was put on a list",
    "UNLISTED": "It was taken off a list",
    "PINNED": "It was pinned by hand",
    "UNPINNED": "It was unpinned",
    "DELETED": "The contact was deleted",
}


def sentence(row: LedgerRow, catalog: Catalog, imports: Mapping[int, str]) -> str:
    """The sentence for a row of the ledger; `imports` are names of files. What is gone by now is left out."""
    match row.reason:
        case Reason.CONTACT_CHANGED:
            return _changed(row, catalog, imports)
        case Reason.TIME_PASSED:
            return _time_passed(row, catalog)
        case Reason.SEGMENT_EDITED:
            return "The segment was new or edited"
        case Reason.CONTACT_DELETED:
            return "The contact was deleted"
        case Reason.REPAIRED:
            return "An audit put it right"
        case _:
            assert_never(row.reason)


def names(words: Iterable[str]) -> str:
    """`City`, `City and Plan`, `City, Plan and Orders`."""
    *but_last, last = words
    return f"{', '.join(but_last)} and {last}" if but_last else last


def _changed(row: LedgerRow, catalog: Catalog, imports: Mapping[int, str]) -> str:
    detail = row.detail
    parts = [*_by_import(detail, imports), *(_BY_CAUSE[one] for one in detail.get("causes", ()) if one in _BY_CAUSE)]
    if "CREATED" not in detail.get("causes", ()):
        parts += [*_labels(row, catalog), *_fields(detail, catalog), *_status(detail)]
    return "; ".join(parts) or "The contact changed"


def _by_import(detail: Mapping[str, Any], imports: Mapping[int, str]) -> list[str]:
    name = imports.get(detail.get("import", 0))
    if name is None:
        return []
    undone = "IMPORT_UNDONE" in detail.get("causes", ())
    return [f"The import of {name} was undone" if undone else f"Imported by {name}"]


def _labels(row: LedgerRow, catalog: Catalog) -> list[str]:
    ids = row.detail.get("labels", ())
    found = [catalog.labels[id].name for id in ids if id in catalog.labels]
    if not found:
        return []
    if len(found) > 1:
        return [f"Labels {names(found)} changed"]
    return [f"Label {found[0]} {_what_became_of(ids, row, catalog)}"]


def _what_became_of(ids: Sequence[int], row: LedgerRow, catalog: Catalog) -> str:
    """The ledger doesn't say whether a label was added or removed; where nothing else changed it follows."""
    others = row.detail.keys() & {"fields", "status"} or {*row.detail.get("causes", ())} & _BY_CAUSE.keys()
    signs = set() if others or len(ids) > 1 else _signs_of_label(ids[0], row.segment_id, catalog)
    if len(signs) != 1 or not _is_as_it_was(row, catalog):
        return "changed"
    return "was added" if row.is_entering in signs else "was removed"


def _signs_of_label(id: int, segment_id: int, catalog: Catalog) -> set[bool]:
    """Whether having the label lets contacts in, or keeps them out; both where it depends."""
    signs: set[bool] = set()
    for condition, is_positive in _conditions(segment_id, catalog):
        match condition:
            case HasAnyLabel(labels) | HasAllLabels(labels) if any(label.id == id for label in labels):
                signs.add(is_positive)
            case LabelsEmpty(is_empty, labels) if any(label.id == id for label in labels):
                signs.add(is_positive != is_empty)
    return signs


def _fields(detail: Mapping[str, Any], catalog: Catalog) -> list[str]:
    found = [catalog.fields[key].name for key in detail.get("fields", ()) if key in catalog.fields]
    return [f"{names(found)} changed"] if found else []


def _status(detail: Mapping[str, Any]) -> list[str]:
    change = detail.get("status")
    return [f"Status became {Status(change['status']).words}"] if change and change["status"] else []


def _time_passed(row: LedgerRow, catalog: Catalog) -> str:
    found = [catalog.fields[key].name for key in row.detail.get("fields", ()) if key in catalog.fields]
    relative = [
        (condition, is_positive)
        for condition, is_positive in _conditions(row.segment_id, catalog)
        if isinstance(condition, FieldPasses) and relative_tests([condition])
    ]
    if len(relative) == 1 and _is_as_it_was(row, catalog):
        condition, is_positive = relative[0]
        no_longer = "" if row.is_entering == is_positive else "no longer: "
        return f"Time passed: {no_longer}{summarize(condition, catalog.zone)}"
    return f"Time passed for {names(found)}" if found else "Time passed"


def _conditions(segment_id: int, catalog: Catalog) -> list[tuple[Any, bool]]:
    segment = catalog.segments.get(segment_id)
    return [] if segment is None else list(signed_conditions(segment_filter(segment, catalog)))


def _is_as_it_was(row: LedgerRow, catalog: Catalog) -> bool:
    """Whether the segment, and all that it refers to, has not been edited since."""
    inner = [
        one.segment
        for condition, _ in _conditions(row.segment_id, catalog)
        if isinstance(condition, InAnySegment)
        for one in condition.segments
        if one.segment.kind is SegmentKind.DYNAMIC
    ]
    segments = [catalog.segments[row.segment_id], *inner]
    return all(one.updated_at is not None and one.updated_at <= row.changed_at for one in segments)
