"""What a header says in any file, whichever tool wrote it."""

from collections.abc import Mapping, Sequence

from app.transfer.columns.plan import Column, Role
from app.transfer.columns.presets.preset import BOUNCED, FIRST_NAME, LABELS, LAST_NAME, TEXT_FIELD, status, text, time
from app.transfer.columns.statuses import ANY_OTHER, NO, words

EMAIL_HEADERS = (
    "email",
    "e mail",
    "email address",
    "e mail address",
    "alamat email",
    "alamat e mail",
    "surel",
    "alamat surel",
    "mail",
    "subscriber email",
    *("email adresse", "e mail adresse", "mailadresse", "adresse email", "adresse e mail", "courriel"),
    *("correo", "correo electrónico", "correo electronico", "emailadres", "e mailadres"),
)

# What we write into the file of refused rows, which is mended and loaded again.
REASON = "pilah_reason"
OUR_NOTES = frozenset({"pilah_line", REASON})
OUR_HEADERS = frozenset({"name", "source", "external_id", "status", "labels", "created_at", "subscribed_at"})

_STATUS = Column(Role.STATUS)
# Who unsubscribed on a day, or for a reason, has unsubscribed.
_UNSUBSCRIBED = status(words(unsubscribed=(ANY_OTHER,), silent=NO))


def _each(column: Column, *headers: str) -> dict[str, Column]:
    return dict.fromkeys(headers, column)


# Telephone numbers and postal codes are texts, though digits; written as `words.plain` gives them.
KNOWN: Mapping[str, Column] = {
    **_each(text("name"), "name", "full name", "nama", "nama lengkap"),
    **_each(text("name"), "vollständiger name", "nom complet", "nombre completo", "naam", "volledige naam"),
    **_each(FIRST_NAME, "first name", "firstname", "fname", "given name", "nama depan"),
    **_each(FIRST_NAME, "vorname", "prénom", "prenom", "nombre", "voornaam"),
    **_each(LAST_NAME, "last name", "lastname", "lname", "surname", "family name", "nama belakang"),
    **_each(LAST_NAME, "nachname", "familienname", "nom", "nom de famille", "apellido", "apellidos", "achternaam"),
    **_each(text("source"), "source", "sumber"),
    **_each(text("external_id"), "external id", "externalid"),
    **_each(_STATUS, "status"),
    **_each(_UNSUBSCRIBED, "unsubscribed", "unsubscribed at", "unsubscribed on", "unsubscribed date"),
    **_each(_UNSUBSCRIBED, "unsubscribe", "unsubscribe date", "unsubscribe time", "date unsubscribed", "unsub date"),
    **_each(_UNSUBSCRIBED, "opt out", "optout", "opted out", "email opt out", "email optout", "marketing opt out"),
    **_each(_UNSUBSCRIBED, "opt out date", "opted out at", "opt out at", "not subscribed", "no email", "no emails"),
    **_each(_UNSUBSCRIBED, "do not email", "do not mail", "do not contact"),
    **_each(_UNSUBSCRIBED, "blocklisted", "blacklisted", "suppressed", "complained", "spam complaint"),
    **_each(
        _UNSUBSCRIBED, "abgemeldet", "abgemeldet am", "abmeldedatum", "abmeldung", "abmeldung am", "widerrufen am"
    ),
    **_each(_UNSUBSCRIBED, "désabonné", "désinscrit", "date de désinscription", "date de désabonnement"),
    **_each(_UNSUBSCRIBED, "dado de baja", "fecha de baja", "uitgeschreven", "uitgeschreven op", "afgemeld"),
    **_each(_UNSUBSCRIBED, "berhenti berlangganan", "tanggal berhenti berlangganan"),
    **_each(status(BOUNCED), "bounced", "bounced at", "bounce date", "hard bounce", "hard bounced"),
    **_each(LABELS, "label", "labels", "tag", "tags", "schlagwort", "schlagworte", "schlagwörter"),
    **_each(LABELS, "étiquette", "étiquettes", "etiqueta", "etiquetas", "trefwoorden"),
    **_each(time("created_at"), "created at"),
    **_each(time("subscribed_at"), "subscribed at"),
    **_each(TEXT_FIELD, "phone", "phone number", "mobile", "mobile phone", "telephone", "whatsapp", "wa", "sms"),
    **_each(TEXT_FIELD, "telepon", "no telepon", "nomor telepon", "hp", "no hp", "nomor hp"),
    **_each(TEXT_FIELD, "telefon", "telefonnummer", "handy", "téléphone", "teléfono", "telefoon", "telefoonnummer"),
    **_each(TEXT_FIELD, "plz", "postleitzahl", "code postal", "código postal"),
    **_each(TEXT_FIELD, "zip", "zip code", "postcode", "postal code", "kode pos"),
}


def first_email_header(headers: Sequence[str]) -> int | None:
    """The place of the header, in plain words, that most surely has the addresses."""
    return next((headers.index(known) for known in EMAIL_HEADERS if known in headers), None)
