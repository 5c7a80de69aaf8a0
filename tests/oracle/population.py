"""A workspace full of hostile people, made from a seed; and the moments at which it is worth looking at it."""

# ruff: noqa: DTZ001 - instants and readings of the clocks are naive here
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle.steps import changes, later, local, utc
from tests.oracle.world import Person, World

STATUSES = ("ACTIVE", "PENDING", "UNSUBSCRIBED", "HARD_BOUNCE")
OPTIONS = {"tier": ("Gold", "Straße", "50% off_now", "ﬁrst class", "back\\slash", '"quoted"')}
CUSTOM = {
    "city": "TEXT",
    "note": "TEXT",
    "spend": "NUMBER",
    "score": "NUMBER",
    "birthday": "DATE",
    "last_visit": "DATETIME",
    "member": "BOOLEAN",
    "tier": "CHOICE",
}
SYSTEM = {
    "email": "TEXT",
    "name": "TEXT",
    "source": "TEXT",
    "external_id": "TEXT",
    "created_at": "DATETIME",
    "updated_at": "DATETIME",
    "subscribed_at": "DATETIME",
    "last_sent_at": "DATETIME",
    "last_opened_at": "DATETIME",
    "last_clicked_at": "DATETIME",
}
LABELS = ("VIP", "Frequent Buyers", "%", "straße", "ﬁ", "Çağrı ‘x’", "O'Hara \"; DROP TABLE contact; --", "🍎")

# A year with the zone's own peculiarity, beside the present.
ZONES = {
    "Asia/Jakarta": (1964, 2026),
    "Europe/Berlin": (1945, 2026),
    "America/New_York": (2007, 2026),
    "Australia/Lord_Howe": (1981, 2026),
    "Africa/Casablanca": (2018, 2026),
    "Pacific/Apia": (2011, 2021),
    "America/Sao_Paulo": (2018, 2019),
    "UTC": (2024, 2026),
}

WORDS = (
    "Jakarta", "JAKARTA", "jakarta ", "Ja karta", "Jakarta Selatan", "100%", "100", "1000", "a_b", "axb",
    "a\\b", "a\\\\b", "%", "_", "\\", "\\%", "'", "''", '"', "O'Hara", "'; DROP TABLE contact; --", "\" OR 1=1",
    '{"a": "b"}', '["x"]', "null", "true", "$1", "{}", "İstanbul", "istanbul", "ıstanbul", "I", "i", "ß", "ss",
    "SS", "ẞ", "Straße", "STRASSE", "ﬁ", "fi", "ﬁrst", "é", "e\u0301", "E\u0301", "e", "\u0301", "\u1fd3",
    "\u0390", "\u0345\u03b1", "ǰ", "Å", "Å", "Σ", "ς", "σ", "👩‍👩‍👧", "👩", "🍎", "مرحبا", "\u202eabc",
    "שלום", "\u200b", "a\u00a0b", "a b", "a  b", "a\t\nb", " a b ", "a\u2003b", "a\u3000b", "a\u0085b",
    "a\x1cb", "\x01", "\u00a8", "\u00a8x", "①", "1", "½", "1⁄2", "ｆｕｌｌ", "full", "\ufeffa", "\u2028",
    "\ufdfa", "-", "--", "/*", "*", ".", "^a", "a+", "0", "-0", "2026-01-31", "\\u0000", "\\n", "\n", "日本",
    "㍿", "株式会社", "ⅷ", "viii", "ſ", "s", "K", "k", "\U0001d400", "a", "b", "ab", "ba", "\U0010ffff",
    "\ue000", "\ufffd", "\u0130", "i\u0307", "\u1e9e", "ŉ", "ʼn",
)  # fmt: skip
BLANKS = ("", " ", "\t\n", "\u00a0", "\u2003 \u3000", "\x1f", "\u0085")
NUMBERS = (
    0, -0.0, 1, "1.0", "1.00", 1.5, "-1", -1.5, "1e0", "10e-1", "1e10", "10000000000", 0.1, "0.10", "1e-40",
    "-1e-40", "1e40", "9999999999999999999999999999999999", "-9999999999999999999999999999999999", 3, "3", "+3",
    ".5", "5.", "0.5000", 2**53, 2**53 + 1, "9007199254740993.5", 100, "1E2", 1e22, "-0", "0.30000000000000004",
    0.3, 42, 42.0, " 7 ",
)  # fmt: skip
DAYS = (
    "0001-01-01", "0001-12-31", "1900-02-28", "1904-02-29", "1969-12-31", "1970-01-01", "1999-12-31",
    "2000-01-01", "2000-02-28", "2000-02-29", "2000-03-01", "2023-02-28", "2024-02-29", "2025-01-31",
    "2025-12-31", "2026-01-01", "9998-12-31", "9999-12-31",
)  # fmt: skip
SEEDS = ("autumn", "", "autumn ", "Ω", "'; --", "s" * 200)


def ats(random: Random, zone: ZoneInfo) -> list[datetime]:
    """Moments about the changes of the zone's clocks, ends of months, leap days, midnights and any."""
    old, new = ZONES[zone.key]
    found = [datetime(new, month, random.randint(1, 28), random.randint(0, 23), 59, 59) for month in (3, 7, 11)]
    for year in (old, new):
        for when, before, after in changes(datetime(year, 7, 1), zone, timedelta(days=184)):
            back = max(before - after, timedelta())
            found += [when, when - timedelta(microseconds=1), when + back / 2, when + back, when + timedelta(days=1)]
    found += [
        datetime(2024, 2, 29, 12),
        datetime(2025, 2, 28, 23, 30),
        datetime(2023, 3, 31, 1),
        datetime(2024, 12, 31, 23),
    ]
    return [moment.replace(tzinfo=UTC) for moment in found]


def instants(random: Random, zone: ZoneInfo, about: list[datetime], amount: int) -> list[datetime]:
    """Instants that lie on, just before and just after the boundaries that tests have."""
    found: list[datetime] = []
    while len(found) < amount:
        at = utc(random.choice(about))
        unit = random.choice(("HOUR", "DAY", "DAY", "WEEK", "MONTH", "YEAR"))
        instant = later(at, random.choice((-400, -30, -7, -2, -1, -1, 0, 0, 1, 1, 2, 7, 30)), unit, zone)
        if random.random() < 0.3:
            wall = local(instant, zone).replace(hour=0, minute=0, second=0, microsecond=0)
            instant = utc(wall.replace(tzinfo=zone))
        instant += timedelta(microseconds=random.choice((-1, 0, 0, 0, 1, 3_600_000_000, -1_800_000_000)))
        found.append(instant.replace(tzinfo=UTC))
    return found


def text(random: Random) -> str:
    """Words of the hostile kind, alone, joined or repeated."""
    word = random.choice(WORDS)
    match random.randint(0, 9):
        case 0:
            return word + random.choice((" ", "", "  ", "\u00a0", "%", "\u0301")) + random.choice(WORDS)
        case 1:
            return random.choice((word.upper(), word.lower(), word.title(), f" {word}\t"))
        case 2 if random.random() < 0.1:
            return (word * (10_000 // len(word)))[:9_000]
        case _:
            return word


def written(random: Random, instant: datetime, zone: ZoneInfo) -> str:
    """An instant in one of the ways in which callers write it."""
    match random.randint(0, 3):
        case 0:
            return instant.isoformat().replace("+00:00", random.choice(("Z", "z", "+00:00", "+0000", "+00")))
        case 1:
            wall = instant.astimezone(zone).replace(tzinfo=None, fold=0)
            if utc(wall.replace(tzinfo=zone)) == utc(instant):
                return wall.isoformat(sep=random.choice("T "))
            return instant.isoformat()
        case 2:
            return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", " Z")
        case _:
            offset = timedelta(minutes=random.choice((-570, 345, 420, 840)))
            wall = utc(instant) + offset
            minutes = abs(offset) // timedelta(minutes=1)
            return f" {wall.isoformat()}{'+' if offset > timedelta() else '-'}{minutes // 60:02}:{minutes % 60:02}"


def days_about(random: Random, zone: ZoneInfo, about: list[datetime]) -> str:
    """A day near one of the moments, or one at the calendar's corners."""
    if random.random() < 0.3:
        return random.choice(DAYS)
    today = random.choice(about).astimezone(zone).date()
    day = today + timedelta(
        days=random.choice((-366, -365, -31, -30, -8, -7, -2, -1, 0, 0, 1, 2, 6, 7, 30, 364, 365))
    )
    years = random.choice((0, 0, 10, 40))
    return date(day.year - years, day.month, min(day.day, 28) if years % 4 else day.day).isoformat()


def values_of(random: Random, zone: ZoneInfo, about: list[datetime]) -> dict[str, Callable[[], Any]]:
    """For each type, what makes a raw value of it."""
    pool = instants(random, zone, about, 150)
    return {
        "TEXT": lambda: text(random),
        "NUMBER": lambda: random.choice(NUMBERS),
        "DATE": lambda: days_about(random, zone, about),
        "DATETIME": lambda: written(random, random.choice(pool), zone),
        "BOOLEAN": lambda: random.choice((True, False, "yes", "No", "TRUE", "0", 1)),
        "CHOICE": lambda: random.choice((str, str.upper, str.title))(random.choice(OPTIONS["tier"])),
        "INSTANT": lambda: random.choice(pool),
    }


def system_values(number: int, values: dict[str, Callable[[], Any]], random: Random) -> dict[str, Any]:
    """A person's values of the system's fields: texts and aware datetimes; e-mail and external id are unique."""
    local_part = random.choice(("ana", "O'Hara", "a_b", "axb", "100%", "Ünïcode", "{x}", "JAKARTA", "a+b"))
    domain = random.choice(("Example.com", "mail.example.org", "пример.example"))
    optional = ("name", "source", "subscribed_at", "last_sent_at", "last_opened_at", "last_clicked_at")
    given = {
        key: values["TEXT" if SYSTEM[key] == "TEXT" else "INSTANT"]() for key in optional if random.random() < 0.7
    }
    given = {key: value[:150] if isinstance(value, str) else value for key, value in given.items()}
    if random.random() < 0.6:
        given["external_id"] = f"{random.choice(WORDS)}{number}"
    moments = {"created_at": values["INSTANT"](), "updated_at": values["INSTANT"]()}
    return {"email": f"{local_part}{number}@{domain}", **moments, **given}


def population(random: Random, zone: ZoneInfo, about: list[datetime], size: int) -> World:
    """A workspace with `size` people (ids 1 …, labels 1 …), without segments."""
    values = values_of(random, zone, about)
    people = tuple(_person(number, values, random) for number in range(1, size + 1))
    labels = dict(enumerate(LABELS, 1))
    return World(zone, {**SYSTEM, **CUSTOM}, OPTIONS, labels, {}, people)


def _person(number: int, values: dict[str, Callable[[], Any]], random: Random) -> Person:
    custom: dict[str, Any] = {key: values[kind]() for key, kind in CUSTOM.items() if random.random() < 0.8}
    for key in CUSTOM:
        if random.random() < 0.06:
            custom[key] = random.choice((None, *BLANKS))
    held = random.choice((0, 0, 1, 1, 2, 3, len(LABELS)))
    labels = frozenset(random.sample(range(1, len(LABELS) + 1), held))
    return Person(number, random.choice(STATUSES), system_values(number, values, random), labels, custom)
