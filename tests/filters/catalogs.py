"""A small catalog to ask filters of."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from app.filters.catalog import SYSTEM_FIELDS, Catalog, Field, Label, Segment
from app.filters.check import check
from app.filters.problems import Refused
from app.filters.vocabulary import FieldType, SegmentKind

JAKARTA = ZoneInfo("Asia/Jakarta")
CUSTOM = (
    Field("city", "City", FieldType.TEXT, id=1),
    Field("spend", "Spend", FieldType.NUMBER, id=2),
    Field("birthday", "Birthday", FieldType.DATE, id=3),
    Field("visited", "Visited", FieldType.DATETIME, id=4),
    Field("member", "Member", FieldType.BOOLEAN, id=5),
    Field("tier", "Tier", FieldType.CHOICE, ("Gold", "Straße"), id=6),
)
LABELS = (Label(1, "VIP"), Label(2, "Frequent Buyers"), Label(3, "None"))
CATALOG = Catalog(
    1,
    JAKARTA,
    {field.key: field for field in (*SYSTEM_FIELDS, *CUSTOM)},
    {label.id: label for label in LABELS},
    {9: Segment(9, "Friends", SegmentKind.STATIC, None)},
)


def with_segments(documents: Mapping[int, Any]) -> Catalog:
    """The catalog with filters saved as segments, by id."""
    saved = {
        number: Segment(number, f"S{number}", SegmentKind.DYNAMIC, document) for number, document in documents.items()
    }
    return replace(CATALOG, segments={**CATALOG.segments, **saved})


def problems(document: Any, catalog: Catalog = CATALOG, within: int | None = None) -> list[tuple[str, str]]:
    """Code and path of everything wrong with a filter, in order."""
    return [(problem.code.value, problem.path) for problem in refused(document, catalog, within).problems]


def refused(document: Any, catalog: Catalog = CATALOG, within: int | None = None) -> Refused:
    """What a wrong filter is answered with."""
    try:
        check(document, catalog, within=within)
    except Refused as refusal:
        return refusal
    raise AssertionError(f"not refused: {document}")


def field(key: str, **test: Any) -> dict[str, Any]:
    """A field's condition."""
    return {"field": {"key": key, "test": test}}


def in_any(*segments: Any) -> dict[str, Any]:
    """A segment's condition."""
    return {"segment": {"inAny": list(segments)}}


def these(*values: Any) -> tuple[Any, ...]:
    """Values of any types, for a table."""
    return values
