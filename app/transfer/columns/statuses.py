"""What a status column's words say of a contact; of several, the strictest holds."""

import re
from collections.abc import Iterable, Sequence

from app.filters.folding import fold
from app.filters.problems import Code, InvalidValue, shown
from app.filters.vocabulary import OPT_OUTS, Status
from app.transfer.columns.labels import read_labels
from app.transfer.columns.words import LONGEST_WORD, plain

Words = tuple[tuple[str, str], ...]

ANY_OTHER = "*"
_IDLE = " -–—_.,;|/()[]{}'\""
LONGEST_STATUS = 1_000

YES = (*("yes", "true", "1", "y", "ya", "ja", "j", "wahr", "oui", "o", "vrai", "sí", "si", "s", "verdadero", "waar"),)
NO = (
    *("no", "false", "0", "n", "tidak", "nein", "falsch", "non", "faux", "falso", "nee", "onwaar"),
    *("none", "null", "n a"),
)

_STRICTEST_FIRST = (Status.UNSUBSCRIBED, Status.HARD_BOUNCE, Status.PENDING, Status.ACTIVE)


def words(
    *,
    active: Sequence[str] = (),
    pending: Sequence[str] = (),
    unsubscribed: Sequence[str] = (),
    hard_bounce: Sequence[str] = (),
    silent: Sequence[str] = (),
) -> Words:
    """A column's words, written as `word_of` gives them; `silent` ones say nothing, and `*` is any other word."""
    by_status = {
        Status.ACTIVE.value: active,
        Status.PENDING.value: pending,
        Status.UNSUBSCRIBED.value: unsubscribed,
        Status.HARD_BOUNCE.value: hard_bounce,
        "": silent,
    }
    return tuple((word, status) for status, given in by_status.items() for word in given)


# Only what can mean nothing else; a customer's "confirmed" may be an order's.
USUAL = words(
    active=(
        *("active", "subscribed", "opted in", "aktif", "berlangganan", "aktiv", "abonniert"),
        *("actif", "abonné", "abonnée", "activo", "activa", "suscrito", "suscrita", "actief", "geabonneerd"),
    ),
    pending=(
        *("pending", "unconfirmed", "never subscribed", "non subscribed", "nonsubscribed", "not subscribed"),
        *("transactional", "soft bounce", "soft bounced"),
        *("tertunda", "menunggu", "belum dikonfirmasi", "belum konfirmasi"),
        *("ausstehend", "unbestätigt", "nicht bestätigt", "nicht abonniert", "en attente", "non confirmé"),
        *("pendiente", "sin confirmar", "in afwachting", "onbevestigd"),
    ),
    unsubscribed=(
        *("unsubscribed", "unsubscribe", "opted out", "opt out", "optout"),
        *("blocklisted", "blocklist", "blacklisted", "blacklist", "suppressed", "user suppressed"),
        *("complained", "complaint", "spam complaint", "spam", "do not email", "do not contact"),
        *("berhenti berlangganan", "tidak berlangganan", "abgemeldet", "abbestellt", "ausgetragen", "gesperrt"),
        *("désabonné", "désabonnée", "désinscrit", "désinscrite", "dado de baja", "dada de baja"),
        *("desuscrito", "desuscrita", "afgemeld", "uitgeschreven", "geblokkeerd"),
    ),
    hard_bounce=(
        *("hard bounce", "hard bounced", "hardbounce", "bounced", "bounce", "cleaned", "invalid email"),
        *("unzustellbar", "rebotado", "onbestelbaar"),
    ),
)
_OPT_OUTS = {status.value for status in OPT_OUTS}
REFUSALS = {word: status for word, status in USUAL if status in _OPT_OUTS}
_USUAL_WORDS = frozenset(dict(USUAL))
_REFUSAL = re.compile(rf"\b(?:{'|'.join(REFUSALS)})\b")

# Parts of words, which no other word has.
_STEMS = (
    (
        re.compile("unsub|opt(?:ed|ing)?out|donote?mail|donotcontact|bl[ao]ck?list|complain|suppress"),
        Status.UNSUBSCRIBED,
    ),
    (re.compile("hardbounc"), Status.HARD_BOUNCE),
    (re.compile("inactive|not(?:opted|opt)in|notsubscri"), Status.PENDING),
)
_BETWEEN = re.compile(r"[\W_]+")


def read_status(text: str, given: Words) -> Status | None:
    """The status in a cell; None where it says nothing. `given` are all of the column's words, () the usual ones.

    Of several words between commas the strictest holds. Raises InvalidValue for an unknown one.
    """
    meanings = dict(given or USUAL)
    if len(text) > LONGEST_STATUS:
        raise InvalidValue(Code.INVALID_STATUS, f"{shown(text)} is too long for a status")
    whole = word_of(text)
    parts = [whole] if whole in meanings else [word_of(part) for part in read_labels(text)]
    return strictest(_read(part, text, meanings) for part in parts if part)


def first_unknown(texts: Iterable[str], given: Words) -> str | None:
    """The first of the texts that is no status; None where all are."""
    for text in texts:
        try:
            read_status(text, given)
        except InvalidValue:
            return text
    return None


def word_of(text: str) -> str:
    """The word as a column's words are written; nothing where there are but blanks, dashes and brackets."""
    return plain(text) or "".join(sign for sign in fold(text[:LONGEST_WORD]) if sign not in _IDLE)


def strictest(statuses: Iterable[Status | None]) -> Status | None:
    """The one that mails least; None where none says anything."""
    found = set(statuses)
    return next((status for status in _STRICTEST_FIRST if status in found), None)


def _read(word: str, text: str, meanings: dict[str, str]) -> Status | None:
    meaning = meanings.get(word)
    if meaning is None and ANY_OTHER in meanings:
        meaning = _any_other(word, text, meanings[ANY_OTHER])
    if meaning is None:
        raise InvalidValue(Code.INVALID_STATUS, f"{shown(text)} is no status; say in the mapping what it means")
    return Status(meaning) if meaning else None


def _any_other(word: str, text: str, meaning: str) -> str:
    """What `*` means, but for texts with a refusal in them: "unsubscribed by phone" is never ACTIVE."""
    if meaning in _OPT_OUTS or word in _USUAL_WORDS:
        return meaning
    refused = refusal_in(text)
    return meaning if refused is None else refused.value


def refusal_in(text: str) -> Status | None:
    """The strictest refusal that a text has somewhere, however it is parted and whatever is invisible in it."""
    folded = fold(text[:LONGEST_STATUS])
    found = {Status(REFUSALS[word]) for word in _REFUSAL.findall(" ".join(_BETWEEN.split(folded)))}
    squeezed = _BETWEEN.sub("", folded)
    return strictest(found | {status for stems, status in _STEMS if stems.search(squeezed)})
