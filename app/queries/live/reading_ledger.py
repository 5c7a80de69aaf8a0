"""The ledger of who entered and left segments, read: by segment and by contact."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from asyncpg import Record

from app.compile.clause import Bound, Clause
from app.queries.keyset import Order, Page, Window, fetch_page
from app.queries.live.moving import Reason
from app.queries.statements import select
from app.tables.live import MembershipChange

NEWEST_FIRST: Final = Order("membership_change.id", descending=True)
COLUMNS: Final = ("id", "segment_id", "contact_id", "is_entering", "reason", "detail", "changed_at")


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A contact entered a segment, or left it; `detail` says what of all that happened to it counted for that."""

    id: int
    segment_id: int
    contact_id: int
    is_entering: bool
    reason: Reason
    detail: Mapping[str, Any]
    changed_at: datetime


async def ledger_page(workspace_id: int, window: Window, about: Clause, is_entering: bool | None = None) -> Page:
    """A page of what a condition is about, newest first; of who entered, or left, alone where that is said."""
    query = select(MembershipChange, [f"membership_change.{name}" for name in COLUMNS], workspace_id).where(about)
    if is_entering is not None:
        query = query.where(Clause("membership_change.is_entering = ", Bound(is_entering, "boolean")))
    return await fetch_page(query, NEWEST_FIRST, window)


def about_segment(segment_id: int) -> Clause:
    """The condition that it is a segment that was entered or left."""
    return Clause("membership_change.segment_id = ", Bound(segment_id, "bigint"))


def about_contact(contact_id: int) -> Clause:
    """The condition that it is a contact that entered or left."""
    return Clause("membership_change.contact_id = ", Bound(contact_id, "bigint"))


def ledger_row(row: Record) -> LedgerRow:
    """A row out of a page."""
    id, segment_id, contact_id, is_entering, reason, detail, changed_at = (row[name] for name in COLUMNS)
    told = orjson.loads(detail) if detail else None
    return LedgerRow(id, segment_id, contact_id, is_entering, Reason(reason), told or {}, changed_at)
