"""Made people: the same ones for the same count and day, none of them real."""

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from typing import NamedTuple, TypeVar

from app.filters.values import Json
from app.filters.vocabulary import FieldType, Status

SEED = 20_260


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST_NAMES = _words(
    "Adi Agus Ahmad Aisyah Andi Anisa Arif Ayu Bagus Bambang Budi Candra Citra Dedi Dewi Dian Dimas Dinda Eko Endah "
    "Fajar Fitri Galih Gita Hadi Hana Hendra Indah Indra Intan Joko Kartika Ketut Kirana Lestari Lina Made Maya Mega "
    "Nadia Ningsih Novi Nur Nyoman Putri Putu Rahmat Rangga Rani Ratna Rina Rizky Sari Siti Slamet Sri Surya Tri "
    "Utami Wahyu Wati Wayan Wulan Yanti Yoga Yudi Yuni Zahra Aaron Alice Amélie Björn Chen Chloé Daniel Farah Grace "
    "Haruka José Kavita Liam María Mei Mohamed Noor Oliver Priya Sofía Tomáš Wei Zoë"
)
LAST_NAMES = _words(
    "Anggraini Ardiansyah Cahyono Firmansyah Ginting Gunawan Halim Handayani Harahap Hartono Hidayat Irawan Iskandar "
    "Kurniawan Kusuma Lubis Mahendra Maharani Manurung Maulana Nasution Nugroho Nurhayati Pangestu Permata Pradana "
    "Pranata Prasetyo Purnama Rahayu Rahmawati Saputra Saragih Setiawan Siahaan Sihombing Simanjuntak Siregar "
    "Situmorang Subagyo Sudirman Sugiarto Suharto Sukma Sulistyo Susanto Suryani Syahputra Wibowo Widodo Wijaya "
    "Winata Yulianti Yusuf Abdullah Chua García Goh Ibrahim Kumar Lee Lim Müller Nguyễn O'Brien Ong Rahman Sharma "
    "Smith Suzuki Tan Wong"
)

# With the share of people who live there; the rest gave no city.
CITIES = {
    "Jakarta": 3.0,
    "Jakarta Selatan": 3.5,
    "Jakarta Barat": 2.0,
    "Jakarta Timur": 2.0,
    "Jakarta Pusat": 1.0,
    "Jakarta Utara": 0.8,
    "Bandung": 10.0,
    "Surabaya": 11.0,
    "Yogyakarta": 7.0,
    "Medan": 7.0,
    "Makassar": 5.0,
    "Denpasar": 6.0,
    "Semarang": 5.0,
    "Bekasi": 5.0,
    "Depok": 4.0,
    "Tangerang": 4.5,
    "Palembang": 3.0,
    "Malang": 3.0,
    "Balikpapan": 2.0,
    "Padang": 2.0,
    "Singapore": 4.0,
    "Kuala Lumpur": 3.5,
    "Penang": 1.0,
}
STATUSES = {Status.ACTIVE: 82.0, Status.PENDING: 8.0, Status.UNSUBSCRIBED: 7.0, Status.HARD_BOUNCE: 3.0}
SOURCES = {"checkout": 45.0, "newsletter form": 25.0, "instagram": 12.0, "event": 8.0, "import": 6.0}
PLANS = ("Free", "Plus", "Business")
CATEGORIES = ("Batik", "Books", "Coffee", "Electronics", "Fashion", "Home", "Skincare", "Toys")

# Those who bought often may have these,
VIP, FREQUENT = "VIP", "Frequent Buyers"
# and anybody these, with the share of people who do.
LABELS = {
    "Newsletter": 60.0,
    "Workshop 2025": 3.0,
    "Ramadan Campaign": 35.0,
    "Harbolnas 12.12": 25.0,
    "Reseller": 4.0,
    "Student": 12.0,
    "App User": 40.0,
    "Referred a Friend": 8.0,
    "Wholesale": 1.0,
    "Birthday Club": 30.0,
    "Early Access": 15.0,
    "Store Visitor": 42.0,
}

# Key, name, type and options.
FIELDS = (
    ("city", "City", FieldType.TEXT, ()),
    ("phone", "Phone", FieldType.TEXT, ()),
    ("plan", "Plan", FieldType.CHOICE, PLANS),
    ("favourite_category", "Favourite Category", FieldType.CHOICE, CATEGORIES),
    ("orders", "Orders", FieldType.NUMBER, ()),
    ("total_spent", "Total Spent", FieldType.NUMBER, ()),
    ("loyalty_points", "Loyalty Points", FieldType.NUMBER, ()),
    ("first_purchase", "First Purchase", FieldType.DATE, ()),
    ("last_purchase", "Last Purchase", FieldType.DATE, ()),
    ("birthday", "Birthday", FieldType.DATE, ()),
    ("last_visit", "Last Visit", FieldType.DATETIME, ()),
    ("newsletter", "Newsletter", FieldType.BOOLEAN, ()),
)


Dealt = TypeVar("Dealt")


class Person(NamedTuple):
    """One contact. `fields` has its values by key (a moment for `last_visit`); what it lacks is missing."""

    email: str
    name: str | None
    source: str | None
    external_id: str | None
    status: Status
    labels: list[str]
    created_at: datetime
    last_sent_at: datetime | None
    last_opened_at: datetime | None
    last_clicked_at: datetime | None
    fields: dict[str, Json | datetime]


def people(count: int, today: date) -> Iterator[Person]:
    """So many people, as they would be on that day (in UTC)."""
    made = _Making(today)
    return (made.person(number) for number in range(1, count + 1))


class _Making:
    """The dice, and tables of what they decide."""

    def __init__(self, today: date) -> None:
        self.chance = Random(SEED).random  # noqa: S311 - made people, no secrets
        self.cities, self.statuses, self.sources = _deck(CITIES), _deck(STATUSES), _deck(SOURCES)
        self.midnight = datetime(today.year, today.month, today.day, tzinfo=UTC)
        self.days = [(today - timedelta(days=ago)).isoformat() for ago in range(2_000)]
        self.birthdays = [(date(1950, 1, 1) + timedelta(days=day)).isoformat() for day in range(20_000)]

    def below(self, end: int) -> int:
        return int(self.chance() * end)

    def person(self, number: int) -> Person:
        first = FIRST_NAMES[self.below(len(FIRST_NAMES))]
        last = LAST_NAMES[self.below(len(LAST_NAMES))]
        orders = int(1 / (1.0001 - self.chance()) ** 0.6) if self.chance() < 0.9 else 0
        known_days = 30 + self.below(1_500)
        sent, opened, clicked = self.mails()
        return Person(
            f"{_ascii(first)}.{_ascii(last)}{number}@example.{('com', 'org', 'net')[number % 3]}",
            f"{first} {last}" if self.chance() < 0.95 else None,
            self.sources[self.below(1_000)],
            f"C{number:07d}" if self.chance() < 0.6 else None,
            self.statuses[self.below(1_000)] or Status.ACTIVE,
            self.labels(orders),
            self.midnight - timedelta(days=known_days, seconds=self.below(86_400)),
            sent,
            opened,
            clicked,
            self.traits(known_days) | self.purchases(orders, known_days),
        )

    def labels(self, orders: int) -> list[str]:
        chance = self.chance
        labels = [label for label, share in LABELS.items() if chance() * 100 < share]
        if orders > 1 and chance() < 0.7:
            labels.append(FREQUENT)
        if orders > 2 and chance() < 0.34:
            labels.append(VIP)
        return labels

    def traits(self, known_days: int) -> dict[str, Json | datetime]:
        chance = self.chance
        fields: dict[str, Json | datetime] = {"plan": PLANS[int(chance() ** 2.5 * 3)]}
        if city := self.cities[self.below(1_000)]:
            fields["city"] = city
        if chance() < 0.75:
            fields["phone"] = f"08{11 + self.below(80)}{self.below(100_000_000):08d}"
        if chance() < 0.7:
            fields["birthday"] = self.birthdays[self.below(20_000)]
        if chance() < 0.9:
            fields["newsletter"] = chance() < 0.64
        if chance() < 0.8:
            fields["last_visit"] = self.midnight - timedelta(seconds=int(chance() ** 2 * known_days * 86_400))
        return fields

    def purchases(self, orders: int, known_days: int) -> dict[str, Json | datetime]:
        chance = self.chance
        fields: dict[str, Json | datetime] = {"orders": orders}
        if orders:
            ago = int(chance() ** 1.7 * min(known_days, 700))
            fields["last_purchase"] = self.days[ago]
            fields["first_purchase"] = self.days[ago if orders == 1 else ago + self.below(known_days - ago)]
            fields["total_spent"] = orders * (25_000 + self.below(900) * 500)
            fields["favourite_category"] = CATEGORIES[self.below(len(CATEGORIES))]
        if chance() < 0.85:
            fields["loyalty_points"] = int(chance() ** 3 * 10_000) + orders * 10
        return fields

    def mails(self) -> tuple[datetime | None, datetime | None, datetime | None]:
        """When the last one was sent, opened and clicked on, if any was."""
        if self.chance() > 0.7:
            return None, None, None
        sent = self.midnight - timedelta(seconds=172_800 + self.below(30 * 86_400))
        if self.chance() > 0.4:
            return sent, None, None
        opened = sent + timedelta(seconds=60 + self.below(172_000))
        return sent, opened, opened + timedelta(seconds=30) if self.chance() < 0.3 else None


def _deck(shares: Mapping[Dealt, float]) -> list[Dealt | None]:
    """A thousand cards, each as often as its share of a hundred; the rest are blank."""
    cards: list[Dealt | None] = [card for card, share in shares.items() for _ in range(round(share * 10))]
    return cards + [None] * (1_000 - len(cards))


@cache
def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return plain.replace("'", "")
