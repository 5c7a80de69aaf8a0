"""HubSpot's exports of contacts, and of those who unsubscribed or bounced."""

from app.transfer.columns.presets.preset import (
    BOUNCED,
    EMAIL,
    FIRST_NAME,
    LAST_NAME,
    NOTHING,
    OPTED_OUT,
    TEXT_FIELD,
    Preset,
    signs,
    status,
    text,
    time,
)
from app.transfer.columns.statuses import ANY_OTHER, NO, YES, words

# A marketing contact is one that is paid for; it says nothing of consent.
_MARKETING = status(
    words(
        pending=("non marketing contact", "not a marketing contact", "false", "no"),
        silent=("marketing contact", "true", "yes"),
    )
)
_CONFIRMED = status(words(pending=(ANY_OTHER,), silent=("confirmed", "double opt in confirmed")))
_OPTED_OUT = status(OPTED_OUT)
_BOUNCED = status(BOUNCED)

HUBSPOT = Preset(
    tool="hubspot",
    signs=signs(
        "email, unsubscribed from all email",
        "email, marketing contact status",
        "email, record id, create date",
        "email, record id, lead status",
        "email, record id, contact owner",
        "email, hs object id",
        "email, portal unsubscribe",
        "email, portal bounce",
    ),
    columns={
        "email": EMAIL,
        "first name": FIRST_NAME,
        "firstname": FIRST_NAME,
        "last name": LAST_NAME,
        "lastname": LAST_NAME,
        "record id": text("external_id"),
        "hs object id": text("external_id"),
        "original source": text("source"),
        "original traffic source": text("source"),
        "phone number": TEXT_FIELD,
        "mobile phone number": TEXT_FIELD,
        "postal code": TEXT_FIELD,
        "create date": time("created_at"),
        "createdate": time("created_at"),
        "marketing contact status": _MARKETING,
        "marketing email confirmation status": _CONFIRMED,
        "unsubscribed from all email": _OPTED_OUT,
        "hs email optout": _OPTED_OUT,
        "portal unsubscribe": _OPTED_OUT,
        "portal spam report": _OPTED_OUT,
        "global unsubscribe": _OPTED_OUT,
        "email hard bounce reason": _BOUNCED,
        "portal bounce": _BOUNCED,
        "global bounce": _BOUNCED,
        "invalid email address": status(words(hard_bounce=YES, silent=NO)),
        "last modified date": NOTHING,
        "lastmodifieddate": NOTHING,
        "associated company ids": NOTHING,
        "associated contact ids": NOTHING,
        "associated deal ids": NOTHING,
        "associated note ids": NOTHING,
    },
    starts=(("opted out of email", _OPTED_OUT), ("hs email optout", _OPTED_OUT)),
)
