"""A file of made people: twelve columns and labels, as a shop's export has them."""

import csv
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

FIRST = ["Budi", "Siti", "Agus", "Dewi", "Rina", "Eko", "Putri", "Andi", "Wati", "Joko", "Sri", "Hadi", "Ayu", "Dian"]
LAST = ["Wijaya", "Santoso", "Winata", "Halim", "Kusuma", "Pratama", "Lestari", "Saputra"]
CITIES = [
    "Jakarta Selatan",
    "Bandung",
    "Surabaya",
    "Medan",
    "Depok",
    "Bekasi",
    "Semarang",
    "Denpasar",
    "Makassar",
    "Palembang",
]
LABELS = ["VIP", "Frequent Buyers", "Newsletter", "Student", "Reseller"]
STATUSES = ["active", "active", "active", "pending", "unsubscribed"]
HEADER = [
    "email",
    "name",
    "external_id",
    "status",
    "tags",
    "city",
    "phone",
    "birthday",
    "last_purchase",
    "orders",
    "total_spent",
    "newsletter",
    "last_visit",
]


def write_people(path: Path, rows: int) -> None:
    """Write so many rows, the same ones every time."""
    chance, today, now = random.Random(1), date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(_person(number, chance, today, now) for number in range(rows))


def _person(number: int, chance: random.Random, today: date, now: datetime) -> list[object]:
    first, last = chance.choice(FIRST), chance.choice(LAST)
    return [
        f"{first}.{last}{number}@example.com".lower(),
        f"{first} {last}",
        f"c{number}",
        chance.choice(STATUSES),
        ", ".join(chance.sample(LABELS, chance.choice([0, 1, 1, 2]))),
        chance.choice(CITIES),
        f"0812{chance.randrange(10**8):08d}",
        today - timedelta(days=chance.randrange(20_000)),
        today - timedelta(days=chance.randrange(900)),
        chance.randrange(40),
        chance.randrange(1, 900) * 500,
        chance.choice(["true", "false", ""]),
        (now - timedelta(seconds=chance.randrange(10**7))).isoformat(),
    ]
