"""listmonk's export of subscribers, whose attributes are one column of JSON."""

from app.transfer.columns.presets.preset import EMAIL, LABELS, NOTHING, Preset, signs, status, text, time
from app.transfer.columns.statuses import words

LISTMONK = Preset(
    tool="listmonk",
    signs=signs("email, uuid, attributes", "email, uuid, status"),
    columns={
        "email": EMAIL,
        "name": text("name"),
        "tags": LABELS,
        "lists": LABELS,
        # Who is enabled may still have left every list.
        "status": status(
            words(pending=("disabled",), unsubscribed=("blocklisted", "blacklisted"), silent=("enabled",))
        ),
        "subscription status": status(
            words(active=("confirmed",), pending=("unconfirmed",), unsubscribed=("unsubscribed",))
        ),
        "created at": time("created_at"),
        "updated at": NOTHING,
        "uuid": NOTHING,
    },
    objects=frozenset({"attributes"}),
)
