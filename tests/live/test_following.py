"""A contact enters and leaves segments by what happens to it, and the ledger tells why."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest

from app.filters.vocabulary import FieldType, Status
from app.queries import status_events
from app.queries.catalogs import current_catalog
from app.queries.contact_writes import ContactDraft, create_contact, delete_contact, update_contact
from app.queries.fields import create_field
from app.queries.fixed_lists import change_members, create_static
from app.queries.labels import archive_label, create_label, rename_label
from app.queries.segment_edits import update_segment
from app.queries.segments import create_dynamic, delete_segment, restore_segment
from tests.live.engine import catch_up, ledger, members

JAKARTA = ZoneInfo("Asia/Jakarta")
VIP = {"label": {"containsAny": ["VIP"]}}
CITY = {"field": {"key": "city", "test": {"contains": "Jakarta"}}}
ACTIVE = {"status": ["ACTIVE"]}
INACTIVE = {"field": {"key": "last_purchase", "test": {"moreThanAgo": {"amount": 30, "unit": "DAY"}}}}


@pytest.fixture
async def shop(workspace: int) -> int:
    """A workspace with a label, a city and a last purchase."""
    await create_label(workspace, "VIP")
    await create_field(workspace, "city", "City", FieldType.TEXT, ())
    await create_field(workspace, "last_purchase", "Last Purchase", FieldType.DATE, ())
    return workspace


async def person(workspace: int, **given: Any) -> int:
    """A new contact's id."""
    values = list(given.pop("fields", {}).items())
    draft = ContactDraft(given.pop("email", "ani@example.com"), given, values)
    return await create_contact(await current_catalog(workspace), draft, Status.PENDING, None)


async def change(workspace: int, contact: int, fields: dict[str, Any] | None = None, **given: Any) -> None:
    draft = ContactDraft(fields=list((fields or {}).items()), **given)
    await update_contact(await current_catalog(workspace), contact, draft)


async def why(workspace: int, segment: int) -> tuple[bool, str, Any]:
    """The newest entry of a segment's ledger."""
    _, is_entering, reason, detail = (await ledger(workspace, segment))[-1]
    return is_entering, reason, detail and orjson.loads(detail)


async def test_a_label_lets_in_and_says_so(shop: int) -> None:
    segment, ani = await create_dynamic(shop, "VIPs", VIP), await person(shop)
    await catch_up(shop)
    assert await members(shop, segment) == []
    await change(shop, ani, {"city": "Bandung"}, add_labels=["VIP"])
    await catch_up(shop)
    [label] = (await current_catalog(shop)).labels
    assert await members(shop, segment) == [ani]
    assert await why(shop, segment) == (True, "CONTACT_CHANGED", {"causes": ["UPDATED"], "labels": [label]})
    await change(shop, ani, remove_labels=["VIP"])
    await catch_up(shop)
    assert await members(shop, segment) == []
    assert await why(shop, segment) == (False, "CONTACT_CHANGED", {"causes": ["UPDATED"], "labels": [label]})


async def test_a_status_and_a_value_let_in(shop: int) -> None:
    active, there = await create_dynamic(shop, "Active", ACTIVE), await create_dynamic(shop, "Jakarta", CITY)
    ani = await person(shop)
    await catch_up(shop)
    await status_events.record_event(shop, ani, status_events.CONFIRMED, None)
    await change(shop, ani, {"city": "South Jakarta"})
    await catch_up(shop)
    status = {"previous": "PENDING", "status": "ACTIVE"}
    assert await why(shop, active) == (True, "CONTACT_CHANGED", {"causes": ["STATUS_CHANGED"], "status": status})
    assert await why(shop, there) == (True, "CONTACT_CHANGED", {"causes": ["UPDATED"], "fields": ["city"]})


async def test_time_alone_lets_in(shop: int) -> None:
    segment = await create_dynamic(shop, "Inactive Buyers > 30 Days", INACTIVE)
    bought = date(2026, 3, 1)
    ani = await person(shop, fields={"last_purchase": bought.isoformat()})
    midnight = datetime(2026, 4, 1, tzinfo=JAKARTA).astimezone(UTC)
    for moment, expected in (
        (midnight - timedelta(days=9), []),
        (midnight - timedelta(microseconds=1), []),
        (midnight, [ani]),
    ):
        await catch_up(shop, moment)
        assert await members(shop, segment) == expected
    assert await why(shop, segment) == (True, "TIME_PASSED", {"fields": ["last_purchase"]})


async def test_a_deleted_contact_leaves(shop: int) -> None:
    segment, ani = await create_dynamic(shop, "Everyone", {"not": VIP}), await person(shop)
    await catch_up(shop)
    await delete_contact(shop, ani)
    await catch_up(shop)
    assert await members(shop, segment) == []
    assert await why(shop, segment) == (False, "CONTACT_DELETED", None)


async def test_an_edit_moves_members_and_a_rename_does_not(shop: int) -> None:
    segment, ani = await create_dynamic(shop, "VIPs", VIP), await person(shop)
    await catch_up(shop)
    await rename_label(shop, next(iter((await current_catalog(shop)).labels)), "Very important")
    await update_segment(shop, segment, "Important", None)
    await catch_up(shop)
    assert await ledger(shop, segment) == []
    await update_segment(shop, segment, None, {"not": {"label": {"containsAny": ["Very important"]}}})
    await catch_up(shop)
    assert await ledger(shop, segment) == [(ani, True, "SEGMENT_EDITED", None)]


async def test_an_edit_reaches_whoever_refers_to_it(shop: int) -> None:
    inner, ani = await create_dynamic(shop, "Inner", VIP), await person(shop)
    outer = await create_dynamic(shop, "Outer", {"not": {"segment": {"inAny": [inner]}}})
    await catch_up(shop)
    assert await members(shop, outer) == [ani]
    await update_segment(shop, inner, None, {"not": VIP})
    await catch_up(shop)
    assert await members(shop, outer) == []
    assert await why(shop, outer) == (False, "SEGMENT_EDITED", None)


async def test_a_fixed_list_lets_in_and_out(shop: int) -> None:
    ani = await person(shop)
    listed = await create_static(shop, "List", [])
    segment = await create_dynamic(shop, "Listed", {"segment": {"inAny": [listed]}})
    await catch_up(shop)
    await change_members(shop, listed, [ani], [])
    await catch_up(shop)
    assert await why(shop, segment) == (True, "CONTACT_CHANGED", {"causes": ["LISTED"]})
    await change_members(shop, listed, [], [ani])
    await catch_up(shop)
    assert await why(shop, segment) == (False, "CONTACT_CHANGED", {"causes": ["UNLISTED"]})


async def test_an_archived_label_no_longer_counts(shop: int) -> None:
    segment, ani = await create_dynamic(shop, "Labelled", {"label": {"isEmpty": False}}), await person(shop)
    await change(shop, ani, add_labels=["VIP"])
    await catch_up(shop)
    assert await members(shop, segment) == [ani]
    await archive_label(shop, next(iter((await current_catalog(shop)).labels)))
    await catch_up(shop)
    assert await members(shop, segment) == []


async def test_a_deleted_segment_lets_all_out_and_in_again(shop: int) -> None:
    segment, ani = await create_dynamic(shop, "All", {"not": VIP}), await person(shop)
    await catch_up(shop)
    await delete_segment(shop, segment)
    await catch_up(shop)
    assert await members(shop, segment) == []
    await restore_segment(shop, segment)
    await catch_up(shop)
    assert [row[:3] for row in await ledger(shop, segment)] == [
        (ani, True, "SEGMENT_EDITED"),
        (ani, False, "SEGMENT_EDITED"),
        (ani, True, "SEGMENT_EDITED"),
    ]


async def test_more_segments_than_one_statement_holds(shop: int) -> None:
    ani = await person(shop)
    ids = [await create_dynamic(shop, f"Segment {number}", VIP) for number in range(1_010)]
    await catch_up(shop)
    await change(shop, ani, add_labels=["VIP"])
    assert await catch_up(shop) == len(ids)
    assert await members(shop, ids[-1]) == [ani]
