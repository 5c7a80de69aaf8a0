"""A name that says nothing is told, with one that says the filter."""

from typing import Any

import pytest

from app.filters.advice.names import name_piece
from app.filters.advice.pieces import AdviceCode
from tests.filters.advice.shop import (
    BUSY,
    OLD,
    SHOP,
    ago,
    both,
    city,
    either,
    in_segment,
    labelled,
    none_of,
    rule,
    status,
)
from tests.filters.catalogs import field

SAYS_NOTHING = (
    "Segment 1",
    "segment",
    "Segmen baru",
    "New segment",
    "My segment",
    "Untitled",
    "untitled segment (3)",
    "test",
    "Test 2",
    "testing",
    "Testing 123",
    "tes",
    "A/B test",
    "list",
    "My list",
    "New list 4",
    "Group A",
    "x",
    "A",
    "aaa",
    "xxxx",
    "asdf",
    "asdfasdf",
    "asdasd",
    "qwerty",
    "qwe",
    "lkjh",
    "asdf jkl",
    "foo bar",
    "blabla",
    "Copy of VIP Jakarta",
    "Salinan dari VIP",
    "VIP Jakarta (copy)",
    "VIP Jakarta - Copy",
    "VIP Jakarta copy (2)",
    "Contacts in Jakarta copy",
    "123",
    "2026",
    "2026-11-26",
    "26/11/2026",
    "November 2026",
    "26 Nov",
    "Senin",
    "!!!",
    "-",
    "🎉🎉",
    "1️⃣",
    "tmp_final_v2",
    "draft",
    "noname",
    "Test A",
    "Test2",
    "segment_1",
)
SAYS_SOMETHING = (
    "VIP",
    "Jakarta",
    "Ramadan 2026",
    "Reactivation",
    "Buyers",
    "New customers",
    "Everyone",
    "Beta testers",
    "Test drive bookers",
    "Control group",
    "Mailing list",
    "Ad copy readers",
    "Ad copy",
    "Email copy",
    "Summer sale",
    "Black Friday",
    "Q4 buyers",
    "March sale",
    "18+ only",
    "客户",
    "клиенты",
    "SG",
    "US",
    "Plan B",
    "Power users",
    "Haha club",
    "We were here",
    "Vitamin C",
    "Segment of VIPs",
    "Pelanggan baru",
    "Harbolnas 12.12",
    "Student",
    "B2B",
    "B2C",
    "A1",
    "Segment A1",
    "AAA",
    "XXL",
    "Tanpa nama",
    "No name",
    "Baru daftar",
    "Bar",
)


@pytest.mark.parametrize("name", SAYS_NOTHING)
def test_name_that_says_nothing_is_told(name: str) -> None:
    piece = name_piece(name, rule(both(labelled("VIP"), city("Jakarta"), status("ACTIVE"))), SHOP)
    assert piece is not None
    assert (piece.code, piece.suggested_name) == (AdviceCode.NAME_SAYS_NOTHING, "VIP in Jakarta, Active")


@pytest.mark.parametrize("name", SAYS_SOMETHING)
def test_name_that_says_something_is_left_alone(name: str) -> None:
    assert name_piece(name, rule(OLD), SHOP) is None


SAMPLED = both({"sample": {"percent": 50, "seed": "autumn"}}, labelled("VIP"))


@pytest.mark.parametrize("name", ["50% test", "Test A", "Uji A/B", "Group B", "A/B test"])
def test_name_of_a_trial_is_left_alone(name: str) -> None:
    assert name_piece(name, rule(SAMPLED), SHOP) is None


SUGGESTED: list[tuple[dict[str, Any], str]] = [
    (OLD, "Last Purchase > 60 Days"),
    (both(city("Jakarta"), status("ACTIVE"), labelled("VIP")), "VIP in Jakarta, Active"),
    (either(city("Jakarta"), city("Bandung")), "Contacts in Jakarta or in Bandung"),
    (labelled("VIP", "Frequent Buyers"), "VIP or Frequent Buyers"),
    (labelled("VIP", "Frequent Buyers", "Student"), "VIP, Frequent Buyers, …"),
    ({"label": {"containsAll": ["VIP", "Student"]}}, "VIP and Student"),
    ({"label": {"isEmpty": True}}, "Without Labels"),
    (none_of(city("Bandung")), "Contacts not in Bandung"),
    (none_of(either(labelled("VIP"), BUSY)), "Not (VIP or Orders ≥ 5)"),
    (field("city", isEmpty=True), "Without City"),
    (field("newsletter", isTrue=False), "Newsletter No"),
    (field("last_purchase", period="LAST_MONTH"), "Last Purchase in Last Month"),
    (field("last_purchase", before="2026-01-31"), "Last Purchase before 2026-01-31"),
    (field("email", endsWith="@gmail.com"), "E-mail …@gmail.com"),
    (field("birthday", anniversary={"amount": 1, "unit": "WEEK"}), "Birthday in Next 1 Week"),
    (in_segment("Guests 90 days"), 'Is in segment "Guests 90 days"'),
    (both(in_segment("Contacts in Jakarta"), status("ACTIVE")), "Contacts in Jakarta, Active"),
    (ago("last_visit", 45), "Last Visit > 45 Days"),
    (city("Jakarta"), 'City contains "Jakarta"'),
    ({"sample": {"percent": 5, "seed": "autumn"}}, "5% Sample"),
]


@pytest.mark.parametrize(("document", "name"), SUGGESTED)
def test_suggested_name_says_the_filter(document: dict[str, Any], name: str) -> None:
    piece = name_piece("?", rule(document), SHOP)
    assert piece is not None
    assert piece.suggested_name == name
