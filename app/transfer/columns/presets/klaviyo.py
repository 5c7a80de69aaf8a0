"""Klaviyo's exports of a list or a segment, and of suppressed profiles."""

from app.transfer.columns.presets.preset import (
    EMAIL,
    FIRST_NAME,
    LAST_NAME,
    NOTHING,
    TEXT_FIELD,
    Preset,
    signs,
    status,
    text,
    time,
)
from app.transfer.columns.statuses import ANY_OTHER, NO, words

# "Suppressed" keeps apart who can't be reached from who doesn't want to be.
_SUPPRESSED = status(
    words(
        unsubscribed=("unsubscribed", "user suppressed", "spam complaint", ANY_OTHER),
        hard_bounce=("hard bounce", "hard bounced", "invalid email"),
        silent=NO,
    )
)

KLAVIYO = Preset(
    tool="klaviyo",
    signs=signs("email, klaviyo id", "email, email marketing consent", "email, email suppressions"),
    columns={
        "email": EMAIL,
        "first name": FIRST_NAME,
        "last name": LAST_NAME,
        "external id": text("external_id"),
        "source": text("source"),
        "phone number": TEXT_FIELD,
        "zip code": TEXT_FIELD,
        "email marketing consent": status(
            words(
                active=("subscribed",),
                pending=("never subscribed", "not subscribed", "no consent", "pending"),
                unsubscribed=("unsubscribed",),
            )
        ),
        "email suppressions": _SUPPRESSED,
        "suppressed": _SUPPRESSED,
        "suppression reason": _SUPPRESSED,
        "profile created on": time("created_at"),
        "email marketing consent timestamp": time("subscribed_at"),
        "klaviyo id": NOTHING,
        "ip address": NOTHING,
        "latitude": NOTHING,
        "longitude": NOTHING,
        "consent form id": NOTHING,
        "consent form version": NOTHING,
    },
)
