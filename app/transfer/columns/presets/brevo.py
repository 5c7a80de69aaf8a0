"""Brevo's (once Sendinblue's) exports of contacts."""

from app.transfer.columns.presets.preset import (
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
from app.transfer.columns.statuses import NO, YES, words

_BLOCKLISTED = status(OPTED_OUT)
_MARKETING = status(
    words(
        active=("subscribed",),
        pending=("never subscribed", "not subscribed"),
        unsubscribed=("unsubscribed", "blocklisted", "blacklisted"),
    )
)
_CONFIRMED = status(words(active=YES, pending=(*NO, "2")))

BREVO = Preset(
    tool="brevo",
    signs=signs(
        "email, added time, modified time",
        "email, email blacklist",
        "email, email blacklisted",
        "email, email blocklisted",
        "email, blocklisted",
        "email, sms blacklisted",
        "email, firstname, lastname, sms",
    ),
    columns={
        "email": EMAIL,
        "firstname": FIRST_NAME,
        "lastname": LAST_NAME,
        "ext id": text("external_id"),
        "sms": TEXT_FIELD,
        "whatsapp": TEXT_FIELD,
        "landline number": TEXT_FIELD,
        "email blacklist": _BLOCKLISTED,
        "email blacklisted": _BLOCKLISTED,
        "email blocklist": _BLOCKLISTED,
        "email blocklisted": _BLOCKLISTED,
        "blacklisted": _BLOCKLISTED,
        "blocklisted": _BLOCKLISTED,
        "email marketing": _MARKETING,
        "double opt in": _CONFIRMED,
        "added time": time("created_at"),
        "contact id": NOTHING,
        "modified time": NOTHING,
        "listids": NOTHING,
        "list ids": NOTHING,
    },
    dates="DMY",
)
