"""What a message says. It is put together when it is sent, so an address stands in no queue and no log.

A message that is sent again names the same contacts and events, with the addresses that they have by then.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from app.filters.ids import to_global
from app.queries.webhooks.claims import Claimed, Target
from app.queries.webhooks.events import TEST, EventType


def message_id(message: Claimed) -> str:
    """The id that a receiver knows a message by, the same however often it is sent; GraphQL has it too."""
    return to_global("WebhookMessage", message.id)


def body_of(target: Target, message: Claimed) -> bytes:
    """The body, in JSON."""
    timestamp = message.created_at.isoformat(timespec="milliseconds")
    return orjson.dumps({"type": message.type, "timestamp": timestamp, "data": _data(target, message)})


def _data(target: Target, message: Claimed) -> dict[str, Any]:
    if message.type == TEST:
        return {"webhook": {"id": to_global("Webhook", target.webhook_id), "name": target.name}}
    if message.type == EventType.STATUS_CHANGED.value:
        return {"contacts": [_status_changed(message, told) for told in message.content]}
    segment = {"id": to_global("Segment", message.segment_id or 0), "name": message.segment}
    return {"segment": segment, "contacts": [_moved(message, told) for told in message.content]}


def _status_changed(message: Claimed, told: Mapping[str, Any]) -> dict[str, Any]:
    person = message.people.get(told["contact"])
    return {
        "id": to_global("Contact", told["contact"]),
        "email": person and person.email,
        "previous": told["previous"],
        "status": told["status"],
        "cause": told["cause"],
    }


def _moved(message: Claimed, told: Mapping[str, Any]) -> dict[str, Any]:
    person = message.people.get(told["contact"])
    return {
        "id": to_global("Contact", told["contact"]),
        "email": person and person.email,
        "status": person and person.status,
        "reason": told["reason"],
        "detail": _detail(told["detail"] or {}),
    }


def _detail(detail: Mapping[str, Any]) -> dict[str, Any]:
    """The reason's particulars, with ids as the world sees them."""
    shown = dict(detail)
    if "labels" in shown:
        shown["labels"] = [to_global("Label", number) for number in shown["labels"]]
    if "import" in shown:
        shown["import"] = to_global("Import", shown["import"])
    return shown
