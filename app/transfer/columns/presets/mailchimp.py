"""Mailchimp's exports of an audience: a file each of the subscribed, unsubscribed, cleaned and non-subscribed."""

from app.filters.vocabulary import Status
from app.transfer.columns.presets.preset import (
    EMAIL,
    FIRST_NAME,
    LABELS,
    LAST_NAME,
    NOTHING,
    Preset,
    signs,
    status,
    time,
)
from app.transfer.columns.statuses import words

_STATUS = status(
    words(
        active=("subscribed",),
        pending=("pending", "non subscribed", "nonsubscribed", "transactional", "archived"),
        unsubscribed=("unsubscribed",),
        hard_bounce=("cleaned",),
    )
)

MAILCHIMP = Preset(
    tool="mailchimp",
    signs=signs(
        "leid, euid",
        "email address, member rating",
        "email address, optin time",
        "email address, unsub time",
        "email address, clean time",
    ),
    columns={
        "email address": EMAIL,
        "first name": FIRST_NAME,
        "last name": LAST_NAME,
        "tags": LABELS,
        "status": _STATUS,
        "member status": _STATUS,
        "email marketing status": _STATUS,
        "subscription status": _STATUS,
        "optin time": time("created_at"),
        "confirm time": time("subscribed_at"),
        "optin ip": NOTHING,
        "confirm ip": NOTHING,
        "latitude": NOTHING,
        "longitude": NOTHING,
        "gmtoff": NOTHING,
        "dstoff": NOTHING,
        "last changed": NOTHING,
        "leid": NOTHING,
        "euid": NOTHING,
        "unsub campaign id": NOTHING,
        "clean campaign id": NOTHING,
    },
    implied={"unsub time": Status.UNSUBSCRIBED, "clean time": Status.HARD_BOUNCE},
)
