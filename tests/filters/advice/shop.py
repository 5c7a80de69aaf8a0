"""A shop's catalog, and its filters in short."""

from typing import Any
from zoneinfo import ZoneInfo

from app.filters.catalog import SYSTEM_FIELDS, Catalog, Field, Label, Segment
from app.filters.check import check
from app.filters.checked import Filter
from app.filters.vocabulary import FieldType, SegmentKind
from tests.filters.catalogs import field

ZONE = ZoneInfo("Asia/Jakarta")

FIELDS = (
    Field("city", "City", FieldType.TEXT, id=1),
    Field("plan", "Plan", FieldType.CHOICE, ("Free", "Plus", "Business"), id=2),
    Field("orders", "Orders", FieldType.NUMBER, id=3),
    Field("total_spent", "Total Spent", FieldType.NUMBER, id=4),
    Field("age", "Age", FieldType.NUMBER, id=5),
    Field("last_purchase", "Last Purchase", FieldType.DATE, id=6),
    Field("last_visit", "Last Visit", FieldType.DATETIME, id=7),
    Field("birthday", "Birthday", FieldType.DATE, id=8),
    Field("renewal", "Renewal", FieldType.DATE, id=9),
    Field("newsletter", "Newsletter", FieldType.BOOLEAN, id=10),
    Field("recent", "Orders 30 Days", FieldType.NUMBER, id=15),
    Field("home", "Home City", FieldType.CHOICE, ("Medan", "Padang"), id=11),
    Field("tier", "Tier", FieldType.CHOICE, ("Silver", "Gold", "Gold Plus"), id=12),
    Field("gender", "Gender", FieldType.CHOICE, ("Male", "Female"), id=13),
    Field("country", "Country", FieldType.CHOICE, ("Indonesia", "Malaysia"), id=14),
)
LABELS = ("VIP", "Frequent Buyers", "Student", "Reseller", "Workshop 2025", "Harbolnas 12.12", "Early Access")


def within(key: str, amount: int, unit: str = "DAY") -> dict[str, Any]:
    """A time at most so long ago."""
    return field(key, withinLast={"amount": amount, "unit": unit})


def ago(key: str, amount: int, unit: str = "DAY") -> dict[str, Any]:
    """A time longer ago than this."""
    return field(key, moreThanAgo={"amount": amount, "unit": unit})


def ahead(key: str, amount: int, unit: str = "DAY") -> dict[str, Any]:
    """A time within the next so long."""
    return field(key, withinNext={"amount": amount, "unit": unit})


def labelled(*names: str) -> dict[str, Any]:
    """Any of the labels."""
    return {"label": {"containsAny": [*names]}}


def both(*parts: dict[str, Any]) -> dict[str, Any]:
    """All of the parts."""
    return {"and": [*parts]}


def either(*parts: dict[str, Any]) -> dict[str, Any]:
    """Any of the parts."""
    return {"or": [*parts]}


def none_of(part: dict[str, Any]) -> dict[str, Any]:
    """Not the part."""
    return {"not": part}


def status(*statuses: str) -> dict[str, Any]:
    """Any of the statuses."""
    return {"status": [*statuses]}


def city(name: str) -> dict[str, Any]:
    """A city's name, or a part of it."""
    return field("city", contains=name)


OLD = ago("last_purchase", 60)
RECENT = within("last_purchase", 30)
BUSY = field("orders", atLeast=5)
RICH = field("total_spent", greaterThan=200_000)
GROWN = field("age", between={"from": 25, "to": 44})

SEGMENTS = {
    "Contacts in Jakarta": city("Jakarta"),
    "Contacts in Bandung": none_of(field("city", matchesAny=["Bandung", "Kota Bandung"])),
    "Lapsed > 45 Days": ago("last_visit", 45),
    "Contacts in Jakarta Selatan": city("Jakarta Selatan"),
}
SHOP = Catalog(
    1,
    ZONE,
    {field.key: field for field in (*SYSTEM_FIELDS, *FIELDS)},
    {number: Label(number, name) for number, name in enumerate(LABELS, 1)},
    {
        **{
            number: Segment(number, name, SegmentKind.DYNAMIC, document)
            for number, (name, document) in enumerate(SEGMENTS.items(), 1)
        },
        9: Segment(9, "Guests 90 days", SegmentKind.STATIC, None),
    },
)


def in_segment(name: str) -> dict[str, Any]:
    """The members of a segment of the shop."""
    return {"segment": {"inAny": [number for number, each in SHOP.segments.items() if each.name == name]}}


def rule(document: dict[str, Any], catalog: Catalog = SHOP) -> Filter:
    """A filter, checked."""
    return check(document, catalog)
