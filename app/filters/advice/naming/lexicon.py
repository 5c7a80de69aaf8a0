"""The words, English and Indonesian, by which names of segments speak of time, of more and less, and of people."""

from collections.abc import Mapping
from typing import Final

from app.filters.vocabulary import Status, Unit


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Singular, plural and Indonesian, then others; those of one letter stand right behind their number only.
UNIT_WORDS: Final[Mapping[Unit, tuple[str, ...]]] = {
    Unit.HOUR: ("hour", "hours", "jam", "hr", "hrs", "h"),
    Unit.DAY: ("day", "days", "hari", "d"),
    Unit.WEEK: ("week", "weeks", "minggu", "pekan", "wk", "wks", "w"),
    Unit.MONTH: ("month", "months", "bulan", "bln", "mo", "mos", "mth", "mths"),
    Unit.YEAR: ("year", "years", "tahun", "thn", "yr", "yrs", "y"),
}
UNITS: Final = {word: unit for unit, words in UNIT_WORDS.items() for word in words}
LOCAL_UNITS: Final = _set("jam hari minggu pekan bulan bln tahun thn")
DIMENSIONS: Final = _set("2d 3d 4d")

DASHES: Final = _set("- ‐ ‑ ‒ – — ~")
RANGE: Final = DASHES | _set("to sampai hingga")

MORE: Final = _set(
    "> ≥ more over above older longer beyond exceeding least min minimum minimal lebih atas melebihi lama"
)
LESS: Final = _set(
    "< ≤ less under below within younger newer fewer most max maximum maksimal maks up kurang bawah dalam"
)
STRICT: Final = _set("> < more over above beyond exceeding less under below fewer lebih kurang melebihi")
LAST: Final = _set("last past previous trailing recent")
NEXT: Final = _set("next coming upcoming")
BEHIND: Final = _set("ago lalu back")
AHEAD: Final = _set("ahead later lagi")
LAST_BEHIND: Final = _set("terakhir belakangan belakang")
OR_MORE: Final = _set("more older longer above lebih")
OR_LESS: Final = _set("less fewer younger newer below kurang")
NEXT_BEHIND: Final = _set("mendatang depan")
BETWEEN_COMPARISON_AND_NUMBER: Final = _set("= than the a of dari to rp idr usd $ € £")

NEGATIONS: Final = _set(
    "not non no never without excluding exclude excludes excluded excl except excepted minus but other others rest "
    "outside haven hasn didn isn aren don doesn tanpa bukan kecuali selain tidak tak belum luar"
)
BEFORE_NEGATED: Final = _set("- ‐ ‑ in a an the any yet label with di from dari")
INACTIVE: Final = _set(
    "inactive dormant lapsed idle sleeping silent cold churn churned unengaged disengaged unopened nonaktif "
    "reactivation reactivate win winback lost gone stale"
)
ALMOST: Final = _set(
    "prospect prospects prospective candidate candidates potential future almost near nearly close ex former lost "
    "upsell upgrade upgrades soon next aspiring lookalike lookalikes calon eks mantan become becoming once "
    "previously formerly longer was were pre past win winback"
)

STATUSES: Final[Mapping[str, Status]] = {
    "active": Status.ACTIVE,
    "actives": Status.ACTIVE,
    "aktif": Status.ACTIVE,
    "pending": Status.PENDING,
    "unconfirmed": Status.PENDING,
    "unsubscribed": Status.UNSUBSCRIBED,
    "unsubscribers": Status.UNSUBSCRIBED,
    "unsubs": Status.UNSUBSCRIBED,
    "bounced": Status.HARD_BOUNCE,
    "bounces": Status.HARD_BOUNCE,
}

# What may stand behind words that mean people by themselves; anything else makes a longer term ("Free Shipping").
CONNECTIONS: Final = _set(
    "and or in with who that which not non but from without except excluding over under more less since older "
    "last within dan atau di yang dengan dari tanpa bukan kecuali lebih kurang"
)
PEOPLE: Final = _set(
    "contact contacts customer customers buyer buyers subscriber subscribers user users member members people "
    "person client clients lead leads shopper shoppers fan fans lover lovers reader readers visitor visitors "
    "guest guests audience vip vips pelanggan kontak pembeli anggota orang pengguna klien pengunjung penggemar"
)
KINDS: Final = _set("segment list group status plan tier label tag")
JOINS: Final = _set("and or with who that not but without except excluding dan atau yang dengan tanpa bukan kecuali")
OLD: Final = _set("old lama")

SCALES: Final = {
    "k": 1_000,
    "rb": 1_000,
    "ribu": 1_000,
    "m": 1_000_000,
    "mio": 1_000_000,
    "mn": 1_000_000,
    "million": 1_000_000,
    "jt": 1_000_000,
    "juta": 1_000_000,
}

# Words of a field's name that are no name for its numbers.
UNSPECIFIC: Final = _set("total number count of the amount value no jumlah nilai total last first days")

IN: Final = _set("in from near di dari")
PLACES: Final = _set(
    "city cities kota country negara province provinsi region wilayah state town district area location lokasi "
    "kabupaten kecamatan island pulau"
)
