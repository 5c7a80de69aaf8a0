"""ActiveCampaign's exports of contacts."""

from app.transfer.columns.presets.preset import (
    EMAIL,
    FIRST_NAME,
    LABELS,
    LAST_NAME,
    NOTHING,
    TEXT_FIELD,
    Preset,
    signs,
    status,
    time,
)
from app.transfer.columns.statuses import words

# "Inactive" people are on no list.
_STATUS = status(
    words(
        active=("active", "1"),
        pending=("unconfirmed", "0", "inactive"),
        unsubscribed=("unsubscribed", "2"),
        hard_bounce=("bounced", "3", "hard bounced"),
    )
)

ACTIVECAMPAIGN = Preset(
    tool="activecampaign",
    signs=signs(
        "email, date created, ip",
        "email, contact id, date created",
        "email, contact id, status",
        "email, date subscribed, date unsubscribed",
        "email, tags, date subscribed",
    ),
    columns={
        "email": EMAIL,
        "first name": FIRST_NAME,
        "last name": LAST_NAME,
        "tags": LABELS,
        "lists": LABELS,
        "phone": TEXT_FIELD,
        "status": _STATUS,
        "list status": _STATUS,
        "date created": time("created_at"),
        "date subscribed": time("subscribed_at"),
        "contact id": NOTHING,
        "date updated": NOTHING,
        "ip": NOTHING,
        "ip address": NOTHING,
    },
)
