"""A name with words that may turn what it says is left alone."""

from typing import Any

import pytest

from app.filters.advice.names import name_piece
from app.filters.advice.pieces import AdviceCode, Piece
from tests.filters.advice.shop import (
    BUSY,
    GROWN,
    OLD,
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


def advised(name: str, document: dict[str, Any]) -> Piece | None:
    """What there is to consider about a name in the shop."""
    return name_piece(name, rule(document), SHOP)


WAITING = (
    "Renewal pending",
    "Pending renewal",
    "Payment pending",
    "Review pending",
    "Delivery pending",
    "Pending",
    "Orders pending",
    "VIP (pending)",
    "Re-permission: active shoppers",
    "Active subscription",
    "Active cart, VIP",
    "Tidak aktif 90 hari",
    "Not active in 90 days",
    "Non-active 90+ days",
    "Pelanggan belum aktif",
    "Not Active",
    "Previously active",
    "Nicht aktiv",
)


@pytest.mark.parametrize("state", ["ACTIVE", "UNSUBSCRIBED"])
@pytest.mark.parametrize("name", WAITING)
def test_other_state_is_left_alone(name: str, state: str) -> None:
    assert advised(name, both(labelled("VIP"), status(state), ago("last_purchase", 90))) is None
    assert advised(name, status(state)) is None


TARGETS = (
    "Potential {}",
    "Almost {}",
    "Lost {}",
    "Ex-{}",
    "Calon {}",
    "Next: {}",
    "Next {}",
    "Invite to {}",
    "Upgrade to {}",
    "Upsell {}",
    "Should be {}",
    "{} prospects",
    "{} candidates",
    "{} leads",
    "Pending {}",
    "{} contacts pending",
    "{} in 30 days",
    "{} last 30 days",
    "{} 2027",
    "Inactive {}",
    "{}?",
    "→ {}",
    "🎯 {}",
    "{} Shipping",
    "Silver > {}",
    "{} nanti",
    "Dulu {}",
)


@pytest.mark.parametrize("name", TARGETS)
def test_target_is_left_alone(name: str) -> None:
    assert advised(name.format("Gold"), field("tier", matches="Silver")) is None
    assert advised(name.format("Business"), field("plan", matchesAny=["Free", "Plus"])) is None
    assert advised(name.format("Early Access"), labelled("VIP")) is None
    assert advised(name.format("VIP"), none_of(labelled("VIP"))) is None


EXCLUSIONS = (
    "Ohne {}",
    "Außerhalb {}",
    "Hors {}",
    "Niet {}",
    "Kein {}",
    "Sans {}",
    "Everywhere besides {}",
    "Far from {}",
    "{} excluded",
    "Rest of {}",
    "Other than {}",
    "No longer {}",
    "!{}",
    "-{}",
    "🚫 {}",
    "{} ❌",
    "w/o {}",
    "不在{}",
)


@pytest.mark.parametrize("name", EXCLUSIONS)
def test_exclusion_in_other_words_is_left_alone(name: str) -> None:
    assert advised(name.format("Jakarta"), none_of(city("Jakarta"))) is None
    assert advised(name.format("VIP"), none_of(labelled("VIP"))) is None
    assert advised(name.format("VIP"), both(labelled("Student"), none_of(labelled("VIP")))) is None


OFFERS = (
    "48h flash sale",
    "2 years warranty",
    "5 years Pilah birthday party",
    "30-day trial users",
    "Diskon 20% 3 hari",
    "7 Days in Tibet readers",
    "Lebaran 2 minggu lagi",
    "Order 66",
    "Orders 66",
    "10 orders club",
    "VIP 30 days",
    "30 days",
    "Customers > 1 year",
    "Members over 2 years",
    "VIP > 30 days",
    "Webinar > 2 hours",
    "Stays over 3 days",
    "Event in 3 days",
    "Sale next 2 weeks",
    "Next 2 weeks",
    "Quiet last 45 days",
    "Haven't bought in 30 days",
    "Free 30 days",
    "3x buyers",
    "Top 10 orders",
    "Big spenders > 100k",
    "VIP over 30",
    "Under 30",
    "Unsubscribed last 30 days",
    "VIP2 orders",
    "12:30 orders",
    "> 3 emails",
)


@pytest.mark.parametrize("name", OFFERS)
def test_offer_is_left_alone(name: str) -> None:
    for by_time in (within("last_purchase", 45), ago("last_purchase", 45), ahead("renewal", 45)):
        assert advised(name, both(BUSY, by_time)) is None
        assert advised(name, by_time) is None


CONTAINING: list[tuple[str, dict[str, Any]]] = [
    ("Jakarta", city("Jak")),
    ("Jakarta", field("city", startsWith="ja")),
    ("Gold Plus", field("tier", matches="Gold")),
    ("VIPs and Students", labelled("VIP")),
    ("Last 45 days", both(ahead("renewal", 45), within("last_purchase", 7))),
    ("Bought last 30 days", ahead("renewal", 45)),
    ("Bought last 30 days", both(field("recent", atLeast=1), within("last_purchase", 60))),
    ("> 25 years", both(GROWN, OLD)),
    ("2024 orders", BUSY),
    ("Not over 5 orders", field("orders", atMost=5)),
    ("Active Jakarta", both(city("Jakarta"), status("UNSUBSCRIBED"))),
    ("Active buyers", both(status("UNSUBSCRIBED"), within("last_purchase", 30))),
    ("Not without VIP", labelled("VIP")),
    ("Not Student", labelled("VIP")),
    ("Bought last 30 days", both(in_segment("Guests 90 days"), within("last_purchase", 60))),
    ("VIP", none_of({"label": {"containsAll": ["VIP", "Student"]}})),
    ("Jakarta Selatan", both(city("Jakarta"), none_of(city("Kota Bandung")))),
    ("Jakarta", none_of(city("Jakarta Selatan"))),
    ("Not Jakarta Selatan", both(city("Jakarta"), none_of(city("Jakarta Selatan")))),
    ("Not in Jakarta Selatan", city("Jakarta")),
    ("Gold", field("tier", matches="Gold Plus")),
    ("Gold Plus", field("tier", matchesAny=["Gold", "Gold Plus"])),
    ("Buyers in Indonesia", city("Jakarta")),
    ("VIP in Medan", both(labelled("VIP"), city("Surabaya"))),
    ("People in Early Access", city("Surabaya")),
    ("Student VIPs", both(in_segment("Guests 90 days"), labelled("VIP"))),
    ("Student", both(in_segment("Guests 90 days"), labelled("VIP"))),
]


@pytest.mark.parametrize(("name", "document"), CONTAINING)
def test_what_may_be_within_is_left_alone(name: str, document: dict[str, Any]) -> None:
    assert advised(name, document) is None


def test_fixed_list_has_no_rule_to_disagree_with() -> None:
    assert name_piece("VIP in Jakarta > 30 Days, Unsubscribed", None, SHOP) is None
    piece = name_piece("Segment 1", None, SHOP)
    assert piece is not None
    assert (piece.code, piece.suggested_name) == (AdviceCode.NAME_SAYS_NOTHING, None)
