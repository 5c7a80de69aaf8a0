"""Why a contact moved, in words: what counted, what time did, and what is gone by now."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.filters.catalog import SYSTEM_FIELDS, Catalog, Field, Label, Segment
from app.filters.vocabulary import FieldType, SegmentKind
from app.graphql.sentences import sentence
from app.queries.live.moving import Reason
from app.queries.live.reading_ledger import LedgerRow

EDITED_AT = datetime(2026, 5, 1, tzinfo=UTC)
INACTIVE = {"field": {"key": "last", "test": {"moreThanAgo": {"amount": 30, "unit": "DAY"}}}}
DOCUMENTS = {
    1: {"label": {"containsAny": ["VIP"]}},
    2: {"not": {"label": {"containsAny": ["VIP"]}}},
    3: {"or": [{"label": {"containsAny": ["VIP"]}}, {"not": {"label": {"containsAll": ["VIP", "Frequent"]}}}]},
    4: INACTIVE,
    5: {"not": INACTIVE},
    6: {"or": [INACTIVE, {"field": {"key": "last", "test": {"period": "TODAY"}}}]},
    7: {"label": {"isEmpty": True}},
}


@pytest.fixture
def words() -> Catalog:
    """Segments of each kind of condition."""
    fields = [Field("city", "City", FieldType.TEXT, (), 1), Field("last", "Last Purchase", FieldType.DATE, (), 2)]
    labels = {1: Label(1, "VIP"), 2: Label(2, "Frequent")}
    segments = {
        id: Segment(id, f"segment {id}", SegmentKind.DYNAMIC, document, EDITED_AT, EDITED_AT)
        for id, document in DOCUMENTS.items()
    }
    known = {field.key: field for field in (*SYSTEM_FIELDS, *fields)}
    return Catalog(1, ZoneInfo("Asia/Jakarta"), known, labels, segments)


def told(
    words: Catalog,
    segment_id: int,
    detail: Mapping[str, Any],
    *,
    is_entering: bool = True,
    reason: Reason = Reason.CONTACT_CHANGED,
    at: datetime = EDITED_AT + timedelta(days=1),
) -> str:
    """The sentence for a move; customers.csv is the import 7."""
    return sentence(LedgerRow(1, segment_id, 1, is_entering, reason, detail, at), words, {7: "customers.csv"})


@pytest.mark.parametrize(
    ("segment_id", "is_entering", "said"),
    [
        (1, True, "Label VIP was added"),
        (1, False, "Label VIP was removed"),
        (2, True, "Label VIP was removed"),
        (2, False, "Label VIP was added"),
        (3, True, "Label VIP changed"),
        (7, True, "Label VIP was removed"),
        (99, True, "Label VIP changed"),
    ],
)
def test_one_label_says_which_way(words: Catalog, segment_id: int, is_entering: bool, said: str) -> None:
    detail = {"causes": ["UPDATED"], "labels": [1]}
    assert told(words, segment_id, detail, is_entering=is_entering) == said


def test_edited_since_says_no_way(words: Catalog) -> None:
    before = EDITED_AT - timedelta(days=1)
    assert told(words, 1, {"causes": ["UPDATED"], "labels": [1]}, at=before) == "Label VIP changed"


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ({"causes": ["CREATED"], "labels": [1], "fields": ["city"]}, "The contact was created"),
        ({"causes": ["UPDATED"], "fields": ["city"]}, "City changed"),
        ({"causes": ["UPDATED"], "fields": ["city", "last", "name"]}, "City, Last Purchase and Name changed"),
        ({"causes": ["UPDATED"], "labels": [1, 2]}, "Labels VIP and Frequent changed"),
        ({"causes": ["UPDATED"], "labels": [1], "fields": ["city"]}, "Label VIP changed; City changed"),
        ({"causes": ["IMPORTED"], "import": 7, "labels": [1]}, "Imported by customers.csv; Label VIP was added"),
        ({"causes": ["IMPORT_UNDONE"], "import": 7}, "The import of customers.csv was undone"),
        (
            {"causes": ["STATUS_CHANGED"], "status": {"previous": "ACTIVE", "status": "HARD_BOUNCE"}},
            "Status became Hard Bounce",
        ),
        ({"causes": ["LISTED"]}, "It was put on a list"),
        ({"causes": ["UPDATED"], "labels": [77], "fields": ["gone"], "import": 8}, "The contact changed"),
        ({}, "The contact changed"),
    ],
)
def test_what_happened_is_said(words: Catalog, detail: dict[str, Any], said: str) -> None:
    assert told(words, 1, detail) == said


@pytest.mark.parametrize(
    ("segment_id", "is_entering", "said"),
    [
        (4, True, "Time passed: Last Purchase is more than 30 days ago"),
        (4, False, "Time passed: no longer: Last Purchase is more than 30 days ago"),
        (5, False, "Time passed: Last Purchase is more than 30 days ago"),
        (6, True, "Time passed for Last Purchase"),
        (99, True, "Time passed for Last Purchase"),
    ],
)
def test_time_says_what_it_did(words: Catalog, segment_id: int, is_entering: bool, said: str) -> None:
    detail = {"fields": ["last"]}
    assert told(words, segment_id, detail, is_entering=is_entering, reason=Reason.TIME_PASSED) == said


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (Reason.SEGMENT_EDITED, "The segment was new or edited"),
        (Reason.CONTACT_DELETED, "The contact was deleted"),
        (Reason.REPAIRED, "An audit put it right"),
    ],
)
def test_other_reasons_have_their_words(words: Catalog, reason: Reason, said: str) -> None:
    assert told(words, 1, {}, reason=reason) == said
