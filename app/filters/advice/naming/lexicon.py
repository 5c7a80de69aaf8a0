"""The words, English and Indonesian, by which names of segments speak of time, of more and less, and of people."""

from collections.abc import Mapping
from typing import Final

from app.filters.vocabulary import Status, Unit


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Those of one letter stand right behind their number only.
_UNITS: Final = {
    Unit.HOUR: ("hour", "hours", "jam", "hr", "hrs", "h"),
    Unit.DAY: ("day", "days", "hari", "d"),
    Unit.WEEK: ("week", "weeks", "minggu", "pekan", "wk", "wks", "w"),
    Unit.MONTH: ("month", "months", "bulan", "bln", "mo", "mos", "mth", "mths"),
    Unit.YEAR: ("year", "years", "tahun", "thn", "yr", "yrs", "y"),
}
UNITS: Final = {word: unit for unit, words in _UNITS.items() for word in words}

DASHES: Final = _set("- ‐ ‑ ‒ – — ~")
RANGE: Final = DASHES | _set("to sampai hingga")
SEPARATORS: Final = _set(", ; : | ( ) [ ] _ &")

MORE: Final = _set("> ≥ more over above older longer beyond exceeding least min minimum minimal lebih atas melebihi")
LESS: Final = _set(
    "< ≤ less under below within younger newer fewer most max maximum maksimal maks up kurang bawah dalam"
)
STRICT: Final = _set("> < more over above beyond exceeding less under below fewer lebih kurang melebihi")
LAST: Final = _set("last past previous trailing recent")
NEXT: Final = _set("next coming upcoming")
BEHIND: Final = _set("ago lalu back")
AHEAD: Final = _set("ahead later lagi")
LAST_BEHIND: Final = _set("terakhir belakangan belakang")
NEXT_BEHIND: Final = _set("mendatang depan")
OR_MORE: Final = _set("more older longer above lebih")
OR_LESS: Final = _set("less fewer younger newer below kurang")
COMPARISONS: Final = MORE | LESS | LAST | NEXT
BEFORE_NUMBER: Final = _set("= than the a of at in for since dari di selama sejak to rp idr usd $ € £")

NEGATIONS: Final = _set(
    "not non no never without excluding exclude except minus but outside tanpa bukan kecuali selain tidak tak belum "
    "luar"
)
BEFORE_NEGATED: Final = _set("- ‐ ‑ in a an the any yet label with di from dari")

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
# Anything else may be pending: a payment, a renewal.
TO_BE_CONFIRMED: Final = _set("contact contacts subscriber subscribers confirmation kontak konfirmasi")

PEOPLE: Final = _set(
    "contact contacts customer customers buyer buyers subscriber subscribers user users member members people person "
    "client clients shopper shoppers spenders vip vips women men everyone everybody all pelanggan kontak "
    "pembeli anggota orang pengguna klien wanita pria semua"
)
JOINS: Final = _set("and or with who that which are is dan atau yang dengan")
# The words that leave what stands beside them as it is.
PLAIN: Final = (
    PEOPLE
    | TO_BE_CONFIRMED
    | JOINS
    | NEGATIONS
    | (BEFORE_NEGATED - DASHES)
    | _set("at segment list group status plan tier label tag city cities kota")
)

INACTIVE: Final = _set(
    "inactive dormant lapsed idle sleeping silent cold churn churned unengaged disengaged unopened nonaktif "
    "reactivation reactivate win winback lost gone stale"
)
ACTIVE: Final = _set("active aktif")
DONE: Final = ACTIVE | _set(
    "bought purchase purchased purchases ordered visited seen opened clicked belanja beli membeli pembelian"
)
# What people do or don't: it says what a duration or a number is of.
ACTIVITY: Final = INACTIVE | DONE

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

# Words of a field's name that are no name for what it holds.
UNSPECIFIC: Final = _set(
    "total number count of the amount value no jumlah nilai total last first days date at tanggal"
)

PLACES: Final = _set(
    "city cities kota country negara province provinsi region wilayah state town district area location lokasi "
    "kabupaten kecamatan island pulau"
)
