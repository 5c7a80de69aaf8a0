"""MTARGET's exports of contacts, in English and in Indonesian."""

from app.transfer.columns.presets.preset import EMAIL, LABELS, TEXT_FIELD, Preset, signs, status, text, time
from app.transfer.columns.statuses import words

_STATUS = status(
    words(
        active=("active", "aktif"),
        pending=("pending", "tertunda", "menunggu", "menunggu konfirmasi", "belum dikonfirmasi"),
        unsubscribed=("unsubscribed", "berhenti berlangganan", "tidak berlangganan"),
        hard_bounce=("hard bounce", "hardbounce", "hard bounced"),
    )
)
_SUBSCRIBED = time("subscribed_at")
_CREATED = time("created_at")

MTARGET = Preset(
    tool="mtarget",
    signs=signs(
        "email, status, funnel status",
        "email, status, status funnel",
        "email, nama, status, label",
    ),
    columns={
        "email": EMAIL,
        "name": text("name"),
        "nama": text("name"),
        "source": text("source"),
        "sumber": text("source"),
        "label": LABELS,
        "labels": LABELS,
        "status": _STATUS,
        "subscribed at": _SUBSCRIBED,
        "tanggal berlangganan": _SUBSCRIBED,
        "created at": _CREATED,
        "tanggal dibuat": _CREATED,
        "phone": TEXT_FIELD,
        "telepon": TEXT_FIELD,
        "nomor telepon": TEXT_FIELD,
    },
    dates="DMY",
)
