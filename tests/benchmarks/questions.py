"""What is asked of the contacts: as a filter, and as the condition that an expert would write by hand."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.filters.ids import to_global
from app.filters.values import iso_utc
from tests.benchmarks.ground import Ground

SEED = "autumn"


@dataclass(frozen=True, slots=True)
class Question:
    """A filter, and the same thing said in SQL."""

    name: str
    filter: dict[str, Any]
    sql: str


def _field(key: str, **test: Any) -> dict[str, Any]:
    return {"field": {"key": key, "test": test}}


def _label(*names: str) -> dict[str, Any]:
    return {"label": {"containsAny": list(names)}}


def questions(ground: Ground) -> list[Question]:
    """All of them, about that ground."""
    newsletter, wholesale, vip = (ground.label(name) for name in ("Newsletter", "Wholesale", "VIP"))
    today = datetime.now(ground.catalog.zone).date()
    ago, year_ago = today - timedelta(days=30), today - timedelta(days=365)
    month = {"amount": 30, "unit": "DAY"}
    jakarta, lapsed = _field("city", contains="Jakarta"), _field("last_purchase", moreThanAgo=month)
    in_jakarta, has_lapsed = "folded->>'city' LIKE '%jakarta%'", f"folded->>'last_purchase' < '{ago}'"
    not_jakarta = f"({in_jakarta}) IS NOT TRUE"
    return [
        Question("status_active", {"status": ["ACTIVE"]}, "status = 'ACTIVE'"),
        Question("status_bounced", {"status": ["HARD_BOUNCE"]}, "status = 'HARD_BOUNCE'"),
        Question("label_rare", _label("Wholesale"), f"label_ids @> '{{{wholesale}}}'"),
        Question("label_common", _label("Newsletter"), f"label_ids @> '{{{newsletter}}}'"),
        Question("contains_common", jakarta, in_jakarta),
        Question("contains_rare", _field("name", contains="zahra wong"), "folded->>'name' LIKE '%zahra wong%'"),
        Question("matches", _field("city", matches="Surabaya"), """folded @> '{"city": "surabaya"}'"""),
        Question("matches_rare", _field("city", matches="Penang"), """folded @> '{"city": "penang"}'"""),
        Question(
            "number_range",
            _field("orders", between={"from": 3, "to": 7}),
            "(folded->>'orders')::int BETWEEN 3 AND 7",
        ),
        Question("last_purchase_30_days", lapsed, has_lapsed),
        Question(
            "or_with_not",
            {"or": [_label("VIP"), {"not": jakarta}]},
            f"(label_ids @> '{{{vip}}}' OR {not_jakarta})",
        ),
        Question("negation", {"not": jakarta}, not_jakarta),
        Question(
            "active_vips_in_jakarta",
            {"and": [{"status": ["ACTIVE"]}, _label("VIP"), jakarta]},
            f"status = 'ACTIVE' AND label_ids @> '{{{vip}}}' AND {in_jakarta}",
        ),
        Question("sample", {"sample": {"percent": 5, "seed": SEED}}, _sampled()),
        Question(
            "segment_in_segment",
            {"and": [{"segment": {"inAny": [to_global("Segment", ground.segment)]}}, lapsed]},
            f"{in_jakarta} AND {has_lapsed}",
        ),
        _twenty(ground, today.isoformat(), year_ago.isoformat()),
    ]


def _sampled() -> str:
    from hashlib import sha256

    seed = int.from_bytes(sha256(SEED.encode()).digest()[:8], "big", signed=True)
    return f"(hashint8extended(id, {seed}) & {2**63 - 1}) % 1000000 < 50000"


def _twenty(ground: Ground, today: str, year_ago: str) -> Question:
    """Twenty conditions, three deep."""
    label = ground.label
    visited = iso_utc(datetime.now(UTC) - timedelta(days=90))
    parts: list[tuple[dict[str, Any], str]] = [
        ({"status": ["ACTIVE", "PENDING"]}, "status IN ('ACTIVE', 'PENDING')"),
        (
            {
                "or": [
                    _field("city", startsWith="Jakarta"),
                    _field("city", matchesAny=["Bandung", "Surabaya", "Depok"]),
                    _field("city", contains="pasar"),
                    _label("VIP"),
                    _label("Reseller"),
                ]
            },
            "(folded->>'city' LIKE 'jakarta%' OR folded->>'city' IN ('bandung', 'surabaya', 'depok') "
            "OR folded->>'city' LIKE '%pasar%' "
            f"OR label_ids && '{{{label('VIP')},{label('Reseller')}}}')",
        ),
        (
            {
                "or": [
                    _field("orders", atLeast=2),
                    _field("total_spent", greaterThan=100000),
                    _field("loyalty_points", between={"from": 500, "to": 5000}),
                    _field("plan", matches="Business"),
                ]
            },
            "(folded->'orders' >= '2' OR folded->'total_spent' > '100000' "
            "OR folded->'loyalty_points' BETWEEN '500' AND '5000' OR folded->>'plan' = 'business')",
        ),
        (
            {
                "not": {
                    "or": [
                        _field("favourite_category", matches="Toys"),
                        _field("phone", startsWith="0811"),
                        _label("Student"),
                        _field("birthday", isEmpty=True),
                    ]
                }
            },
            "NOT (coalesce(folded->>'favourite_category' = 'toys', FALSE) "
            "OR coalesce(folded->>'phone' LIKE '0811%', FALSE) "
            f"OR label_ids @> '{{{label('Student')}}}' OR NOT folded ? 'birthday')",
        ),
        (
            {
                "or": [
                    _field("last_purchase", during={"from": year_ago, "to": today}),
                    _field("newsletter", isTrue=True),
                    _field("last_visit", withinLast={"amount": 90, "unit": "DAY"}),
                    {"not": _field("email", endsWith="example.org")},
                ]
            },
            f"(folded->>'last_purchase' BETWEEN '{year_ago}' AND '{today}' OR folded->'newsletter' = 'true' "
            f"OR folded->>'last_visit' >= '{visited}' OR email_folded NOT LIKE '%example.org')",
        ),
        (
            {"not": {"and": [_label("Newsletter"), _label("Wholesale")]}},
            f"NOT label_ids @> '{{{label('Newsletter')},{label('Wholesale')}}}'",
        ),
    ]
    return Question("tree_of_20", {"and": [part[0] for part in parts]}, " AND ".join(part[1] for part in parts))
