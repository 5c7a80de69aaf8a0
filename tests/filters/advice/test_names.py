"""A name that disagrees with its filter is told, with one that agrees."""

from typing import Any

import pytest

from app.filters.advice.names import name_piece
from app.filters.advice.pieces import AdviceCode
from tests.filters.advice.shop import (
    BUSY,
    GROWN,
    OLD,
    RECENT,
    RICH,
    SHOP,
    ago,
    ahead,
    both,
    city,
    in_segment,
    labelled,
    none_of,
    rule,
    status,
    within,
)
from tests.filters.catalogs import field

DISAGREES: list[tuple[str, dict[str, Any], str]] = [
    ("Inactive Buyers > 30 Days", OLD, "Inactive Buyers > 60 Days"),
    ("Inactive buyers >30days", OLD, "Inactive buyers >60days"),
    ("Inactive 30d", OLD, "Inactive 60d"),
    ("Inactive 30-day buyers", OLD, "Inactive 60-day buyers"),
    ("Not bought in 30 days", none_of(within("last_purchase", 60)), "Not bought in 60 days"),
    ("Bought in the last 2 weeks", RECENT, "Last Purchase in Last 30 Days"),
    ("Bought last 1 day", RECENT, "Last Purchase in Last 30 Days"),
    ("Older than 1 year", ago("last_purchase", 6, "MONTH"), "Last Purchase > 6 Months"),
    ("Older than 2 Years", ago("last_purchase", 1, "YEAR"), "Last Purchase > 1 Year"),
    ("VIP Jakarta > 30 Days", both(labelled("VIP"), city("Jakarta"), OLD), "VIP Jakarta > 60 Days"),
    ("Tidak aktif 90+ hari", OLD, "Tidak aktif 60+ hari"),
    ("Tidak aktif 90+ hari", ago("last_purchase", 6, "MONTH"), "Last Purchase > 6 Months"),
    ("Inactive buyers 90 days", OLD, "Inactive buyers 60 days"),
    ("Purchase in 30 days", within("last_purchase", 90), "Purchase in 90 days"),
    ("Last Purchase 30 days", within("last_purchase", 90), "Last Purchase 90 days"),
    ("Belanja 3 bulan terakhir", RECENT, "Last Purchase in Last 30 Days"),
    ("Lebih dari 30 hari", OLD, "Lebih dari 60 hari"),
    ("Visited 24 hours ago", within("last_visit", 48, "HOUR"), "Visited 48 hours ago"),
    ("VIP, last 30 days", both(labelled("VIP"), within("last_visit", 7)), "VIP, last 7 days"),
    ("Lapsed 30 days", in_segment("Lapsed > 45 Days"), "Lapsed 45 days"),
    ("30 days inactive", OLD, "60 days inactive"),
    ("VIP in Bandung", both(labelled("VIP"), city("Surabaya")), "VIP in Surabaya"),
    ("Birthday next 7 days", field("birthday", anniversary={"amount": 14, "unit": "DAY"}), "Birthday next 14 days"),
    (
        "Bought 30-60 days ago",
        both(ago("last_purchase", 30), within("last_purchase", 90)),
        "Last Purchase > 30 Days, Last Purchase in Last 90 Days",
    ),
    ("Inactive Buyers > 30 Days", RECENT, "Last Purchase in Last 30 Days"),
    ("Older than 30 days", RECENT, "Last Purchase in Last 30 Days"),
    ("Lebih dari 30 hari", RECENT, "Last Purchase in Last 30 Days"),
    ("Bought last 60 days", OLD, "Last Purchase > 60 Days"),
    ("Bought within 60 days", OLD, "Last Purchase > 60 Days"),
    ("Belanja 60 hari terakhir", OLD, "Last Purchase > 60 Days"),
    ("Renewal next 30 days", within("renewal", 30), "Renewal in Last 30 Days"),
    ("Renewal last 30 days", ahead("renewal", 30), "Renewal in Next 30 Days"),
    ("Age 25-34", GROWN, "Age 25-44"),
    ("Women age 25–34", GROWN, "Age 25-44"),
    ("≥ 3 orders", BUSY, "Orders ≥ 5"),
    ("3+ orders", BUSY, "Orders ≥ 5"),
    ("VIP with 3 orders", both(labelled("VIP"), BUSY), "VIP, Orders ≥ 5"),
    ("Orders > 3", BUSY, "Orders ≥ 5"),
    ("Buyers who spent > 100k", RICH, "Total Spent > 200,000"),
    ("Spent > Rp 1.000.000", RICH, "Total Spent > 200,000"),
    ("Spent over 1,5 juta", RICH, "Total Spent > 200,000"),
    ("More than 5 orders", field("orders", lessThan=5), "Orders < 5"),
    ("Active VIPs", both(labelled("VIP"), status("UNSUBSCRIBED")), "VIP, Unsubscribed"),
    ("Unsubscribed", status("ACTIVE"), "Active"),
    ("Pending contacts", none_of(status("PENDING")), "Not Pending"),
    ("Subscribers pending confirmation", status("ACTIVE"), "Active"),
    ("VIP, Active", both(labelled("VIP"), status("UNSUBSCRIBED")), "VIP, Unsubscribed"),
    ("VIP - not bounced", both(labelled("VIP"), status("HARD_BOUNCE")), "VIP, Bounced"),
    ("Bounced contacts", both(BUSY, status("ACTIVE", "PENDING")), "Orders ≥ 5, Active or Pending"),
    ("Not unsubscribed", status("UNSUBSCRIBED"), "Unsubscribed"),
    ("Pelanggan aktif", status("PENDING"), "Pending"),
    ("VIP Jakarta", both(labelled("VIP"), city("Bandung")), "VIP in Bandung"),
    ("Buyers in Bandung", city("Surabaya"), "Contacts in Surabaya"),
    ("Gold", field("tier", matches="Silver"), "Tier Silver"),
    ("VIP, orders > 4", both(labelled("Student"), BUSY), "Student, Orders ≥ 5"),
    ("> 4 orders, VIP", both(labelled("Student"), BUSY), "Student, Orders ≥ 5"),
    ("Jakarta", field("city", matches="Jak"), "Contacts in Jak"),
    ("Bought last 30 days, visited last 10 days", within("last_purchase", 45), "Last Purchase in Last 45 Days"),
    (
        "Bought last 30 days",
        both(within("last_purchase", 45), within("last_visit", 7)),
        "Last Purchase in Last 45 Days, Last Visit in Last 7 Days",
    ),
    ("Tier: Gold", field("tier", matches="Silver"), "Tier Silver"),
    ("Male", field("gender", matches="Female"), "Gender Female"),
    ("Female", field("gender", matches="Male"), "Gender Male"),
    ("Female VIPs", both(labelled("VIP"), field("gender", matches="Male")), "VIP, Gender Male"),
    ("Not in Jakarta", city("Jakarta Selatan"), 'City contains "Jakarta Selatan"'),
    ("Jakarta Selatan", none_of(city("Jakarta")), "Contacts not in Jakarta"),
    ("VIPs", labelled("Frequent Buyers"), "Frequent Buyers"),
    ("Student buyers", both(labelled("VIP"), BUSY), "VIP, Orders ≥ 5"),
    ("Workshop 2025", labelled("Early Access"), "Early Access"),
    ("Free plan", field("plan", matches="Plus"), "Plan Plus"),
    ("Business", field("plan", matchesAny=["Free", "Plus"]), "Plan Free or Plus"),
    ("Not VIP", labelled("VIP"), "VIP"),
    ("Buyers without VIP", labelled("VIP"), "VIP"),
    ("non-VIP buyers", both(labelled("VIP"), BUSY), "VIP, Orders ≥ 5"),
    ("Pembeli bukan VIP", labelled("VIP"), "VIP"),
    ("Buyers outside Jakarta", city("Jakarta"), 'City contains "Jakarta"'),
    ("VIP in Jakarta", both(labelled("VIP"), none_of(city("Jakarta"))), "VIP not in Jakarta"),
    ("VIP customers", none_of(labelled("VIP")), "Not VIP"),
]


@pytest.mark.parametrize(("name", "document", "suggested"), DISAGREES)
def test_disagreeing_name_is_told(name: str, document: dict[str, Any], suggested: str) -> None:
    piece = name_piece(name, rule(document), SHOP)
    assert piece is not None
    assert (piece.code, piece.suggested_name) == (AdviceCode.NAME_DISAGREES, suggested)


def test_several_disagreements_are_one_piece() -> None:
    piece = name_piece("Student, last 30 days", rule(both(labelled("VIP"), OLD)), SHOP)
    assert piece is not None
    assert piece.message == (
        'The name says "30 days", but the filter says "Last Purchase is more than 60 days ago". '
        'The name says "Student", but the filter says "Has the label VIP".'
    )
    assert piece.suggested_name == "VIP, Last Purchase > 60 Days"


QUOTED = [
    ("Buyers outside Jakarta", city("Jakarta"), "outside Jakarta"),
    ("Not unsubscribed", status("UNSUBSCRIBED"), "Not unsubscribed"),
    ("Contacts not in Jakarta", city("Jakarta"), "not in Jakarta"),
    ("Orders > 3", BUSY, "3"),
]


@pytest.mark.parametrize(("name", "document", "said"), QUOTED)
def test_word_is_quoted_with_its_not(name: str, document: dict[str, Any], said: str) -> None:
    piece = name_piece(name, rule(document), SHOP)
    assert piece is not None
    assert piece.message.startswith(f'The name says "{said}", but')
