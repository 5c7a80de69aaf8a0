"""Messages that are due, claimed by one sender at a time, with all that their bodies need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson

from app.queries.connections import Connection, connection, transaction

# As long as a sender that was killed keeps others from its messages.
LEASE = timedelta(seconds=60)
MOST_LOOKED_AT = 500

_WAITING = (
    "SELECT workspace_id, id FROM webhook WHERE is_enabled AND (paused_until IS NULL OR paused_until <= $1) "
    "AND EXISTS (SELECT FROM webhook_message WHERE webhook_message.workspace_id = webhook.workspace_id "
    "AND webhook_id = webhook.id AND finished_at IS NULL AND due_at <= $1) ORDER BY random()"
)
_TARGET = (
    "SELECT name, url, secret, previous_secret, previous_until FROM webhook "
    "WHERE workspace_id = $1 AND id = $2 AND is_enabled"
)
# What is earlier and shares a contact is sought by the index of contacts alone: the `+ 0` keeps the others from it.
_EARLIER = (
    "SELECT FROM webhook_message AS earlier WHERE earlier.workspace_id + 0 = $1 AND earlier.webhook_id + 0 = $2 "
    "AND earlier.id + 0 < message.id AND earlier.finished_at IS NULL AND earlier.contact_ids && message.contact_ids"
)
_CLAIM = (
    "UPDATE webhook_message SET due_at = $5, tries = tries + 1 WHERE workspace_id = $1 AND id = ANY(ARRAY("
    "SELECT id FROM (SELECT id, contact_ids FROM webhook_message WHERE workspace_id = $1 AND webhook_id = $2 "
    f"AND finished_at IS NULL AND due_at <= $3 ORDER BY due_at, id LIMIT {MOST_LOOKED_AT} FOR UPDATE SKIP LOCKED) "
    f"AS message WHERE NOT EXISTS ({_EARLIER}) LIMIT $4)) "
    "RETURNING id, type, segment_id, contact_ids, content, tries, created_at"
)
_PEOPLE = "SELECT id, email, status FROM contact WHERE workspace_id = $1 AND id = ANY($2::bigint[])"
_SEGMENTS = "SELECT id, name FROM segment WHERE workspace_id = $1 AND id = ANY($2::bigint[])"


@dataclass(frozen=True, slots=True)
class Target:
    """Where messages go, and the secrets that sign them, the newest first."""

    workspace_id: int
    webhook_id: int
    name: str
    url: str = field(repr=False)
    secrets: Sequence[str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Person:
    """A contact as it is when a message is sent."""

    email: str
    status: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this sender alone sends, until its lease is over; `tries` counts this one too.

    Of `people` those are missing who are gone; `segment` is the name of the message's.
    """

    id: int
    type: str
    segment_id: int | None
    segment: str | None
    content: Sequence[Mapping[str, Any]]
    people: Mapping[int, Person] = field(repr=False)
    tries: int
    created_at: datetime


async def waiting_webhooks(at: datetime) -> list[tuple[int, int]]:
    """The webhooks of all workspaces (workspace, id) that have a message to be sent, in any order."""
    async with connection() as borrowed:
        return [(row[0], row[1]) for row in await borrowed.fetch(_WAITING, at)]


async def claim_messages(
    workspace_id: int, webhook_id: int, most: int, at: datetime
) -> tuple[Target, list[Claimed]] | None:
    """So many of a webhook's messages at most, oldest first; None where it is off.

    A message that shares a contact with an earlier one waits until that one is delivered or given up.
    """
    async with transaction() as borrowed:
        row = await borrowed.fetchrow(_TARGET, workspace_id, webhook_id)
        if row is None:
            return None
        secrets = [row["secret"]]
        if row["previous_until"] is not None and row["previous_until"] > at:
            secrets.append(row["previous_secret"])
        target = Target(workspace_id, webhook_id, row["name"], row["url"], secrets)
        return target, await _claimed(borrowed, target, most, at)


async def _claimed(borrowed: Connection, target: Target, most: int, at: datetime) -> list[Claimed]:
    within = target.workspace_id
    rows = await borrowed.fetch(_CLAIM, within, target.webhook_id, at, most, at + LEASE)
    ids = {id for row in rows for id in row["contact_ids"]}
    people = {row[0]: Person(row[1], row[2]) for row in await borrowed.fetch(_PEOPLE, within, [*ids])}
    segment_ids = {row["segment_id"] for row in rows} - {None}
    names = {row[0]: row[1] for row in await borrowed.fetch(_SEGMENTS, within, [*segment_ids])}
    return [
        Claimed(
            row["id"],
            row["type"],
            row["segment_id"],
            names.get(row["segment_id"]),
            orjson.loads(row["content"]),
            {id: people[id] for id in row["contact_ids"] if id in people},
            row["tries"],
            row["created_at"],
        )
        for row in sorted(rows, key=lambda row: row["id"])
    ]
