"""Columns that say who agreed to be mailed, known by their names: whoever says "no" there is never ACTIVE."""

from dataclasses import replace

from app.filters.vocabulary import Status
from app.transfer.columns.answers import AGREED, BLANK, DECLINED, WITHDRAWN
from app.transfer.columns.names import KNOWN
from app.transfer.columns.plan import Column, Role
from app.transfer.columns.presets.preset import status
from app.transfer.columns.seen import Seen
from app.transfer.columns.statuses import ANY_OTHER, REFUSALS, Words
from app.transfer.columns.words import plain


def _words_in(text: str) -> frozenset[str]:
    return frozenset(text.split())


# A header speaks of consent where one of its words asks for it and the others only say what for.
_SUBSCRIBED = _words_in("subscribed abonniert abonné abonne suscrito suscrita berlangganan")
_CONSENT = _words_in(
    "optin consent consents consented newsletter newsletters gdpr permission accepts wants mailable "
    "einwilligung werbeeinwilligung einverständnis dsgvo newsletteranmeldung newsletterabo "
    "consentement rgpd infolettre consentimiento boletín boletin acepta toestemming nieuwsbrief "
    "persetujuan langganan buletin"
)
_BESIDE = _words_in(
    "a the to for of is has i be are e mail mails email emails marketing direct advertising werbung status given "
    "customer contact user member receive receives offers promotions promotional communication communications "
    "subscription anmeldung abo abonnement double erteilt publicidad pemasaran"
)
_STATUSES = frozenset({"subscription status", "subscriber status", "email status", "mailing status"})

_TO_FIELD = "to keep the answers, map it to a field"
_NOTES = {
    Status.UNSUBSCRIBED.value: f"whoever says no here is UNSUBSCRIBED; {_TO_FIELD}",
    Status.PENDING.value: f"whoever says no here is PENDING, not ACTIVE; {_TO_FIELD}",
}
_BESIDE_FIELD = "new contacts who may not be mailed by this column are PENDING, not ACTIVE"
_UNREADABLE = "its values are not yes or no, so it says nothing of consent; where it should, map it to status"


def consent_of(header: str, seen: Seen) -> Column | None:
    """A status column, where the header asks for consent and most values answer; None for any other."""
    refusal = _refusal_of(header)
    if not refusal or not seen.is_answered:
        return None
    return replace(status(_meanings(refusal)), note=_NOTES[refusal])


def with_consent(column: Column, header: str, seen: Seen) -> Column:
    """A field's column that speaks of consent as well, for new contacts alone, or a note on why it doesn't."""
    said = KNOWN.get(plain(header)) or consent_of(header, seen)
    if said is not None and said.role is Role.STATUS and said.words:
        return replace(column, words=_softened(said.words), note=column.note or _BESIDE_FIELD)
    return replace(column, note=column.note or _UNREADABLE) if _refusal_of(header) else column


def _refusal_of(header: str) -> str:
    """What a "no" under such a header means; "" where it doesn't ask for consent."""
    name = plain(header).replace("opt in", "optin").replace("opted in", "optin")
    found = {*name.split()}
    if not found <= _SUBSCRIBED | _CONSENT | _BESIDE:
        return ""
    if found & _SUBSCRIBED:
        return Status.UNSUBSCRIBED.value
    return Status.PENDING.value if found & _CONSENT or name in _STATUSES else ""


def _meanings(refusal: str) -> Words:
    meanings = dict.fromkeys((*AGREED, *BLANK), "") | dict.fromkeys(DECLINED, refusal)
    meanings |= dict.fromkeys(WITHDRAWN, Status.UNSUBSCRIBED.value) | REFUSALS
    return (*meanings.items(), (ANY_OTHER, Status.PENDING.value))


def _softened(words: Words) -> Words:
    # A field's value may be older than the contact's status, and must not change it.
    return tuple((word, meaning and Status.PENDING.value) for word, meaning in words)
