"""Messages that are due, claimed by one sender at a time, with all that their bodies need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson

from app.queries.connections import Connection, connection, transaction

# As long as a sender that was killed keeps others from its messages.
LEASE = timedelta(seconds=60)
MOST_LOOKED_AT = 1_000

_FREE = "(paused_until IS NULL OR paused_until <= $1) AND (asked_until IS NULL OR asked_until <= $1)"
_READY = f"is_enabled AND NOT is_resending AND {_FREE}"
_OPEN = (
    "SELECT message.id, message.order_keys FROM webhook_message AS message "
    "WHERE message.workspace_id = webhook.workspace_id AND message.webhook_id = webhook.id "
    "AND message.finished_at IS NULL AND message.blocked_by IS NULL "
    "AND (message.leased_until IS NULL OR message.leased_until <= $1)"
)
# Those first that failed before the webhook was switched on again or led elsewhere: they wait no more.
_DUE = (
    f"({_OPEN} AND message.epoch < webhook.epoch ORDER BY message.epoch, message.due_at, message.id LIMIT {{most}}) "
    f"UNION ALL ({_OPEN} AND message.epoch = webhook.epoch AND message.due_at <= $1 "
    "ORDER BY message.due_at, message.id LIMIT {most}) LIMIT {most}"
)
_WAITING = (
    "SELECT webhook.workspace_id, webhook.id FROM webhook "
    f"CROSS JOIN LATERAL ({_DUE.format(most=1)}) AS due WHERE {_READY} ORDER BY random()"
)
_TARGET = (
    "SELECT name, url, epoch, secret, previous_secret, previous_until FROM webhook "
    f"WHERE workspace_id = $2 AND id = $3 AND {_READY} FOR NO KEY UPDATE"
)
# What is earlier and shares a contact is sought by the index of those keys alone: the `+ 0` keeps the others from it.
_EARLIER = (
    "SELECT max(earlier.id) FROM webhook_message AS earlier WHERE earlier.workspace_id + 0 = $2 "
    "AND earlier.webhook_id + 0 = $3 AND earlier.id + 0 < looked.id AND earlier.finished_at IS NULL "
    "AND earlier.order_keys && looked.order_keys"
)
# Of messages about one contact that are looked at together, each waits for the one before: that takes no seeking.
_LOOK = f"""
WITH looked AS MATERIALIZED (
    SELECT due.*, row_number() OVER () AS place FROM webhook CROSS JOIN LATERAL ({_DUE.format(most="$4")}) AS due
    WHERE webhook.workspace_id = $2 AND webhook.id = $3
), met AS (
    SELECT id, max(before) AS before FROM (
        SELECT id, lag(id) OVER (PARTITION BY key ORDER BY id) AS before
        FROM looked CROSS JOIN unnest(order_keys) AS key
    ) AS named GROUP BY id
)
SELECT looked.id, coalesce(met.before, ({_EARLIER})) AS blocked_by FROM looked LEFT JOIN met ON met.id = looked.id
ORDER BY looked.place
"""
_BLOCK = (
    "UPDATE webhook_message AS message SET blocked_by = blocked.by "
    "FROM unnest($2::bigint[], $3::bigint[]) AS blocked (id, by) "
    "WHERE message.workspace_id = $1 AND message.id = blocked.id"
)
_CLAIM = (
    "UPDATE webhook_message "
    "SET leased_until = $3, tries = CASE WHEN epoch < $4 THEN 1 ELSE tries + 1 END, epoch = $4 "
    "WHERE workspace_id = $1 AND id = ANY($2::bigint[]) "
    "RETURNING id, type, segment_id, contact_ids, content, tries, created_at"
)
_PEOPLE = "SELECT id, email, status FROM contact WHERE workspace_id = $1 AND id = ANY($2::bigint[])"
_SEGMENTS = "SELECT id, name FROM segment WHERE workspace_id = $1 AND id = ANY($2::bigint[])"


@dataclass(frozen=True, slots=True)
class Target:
    """Where messages go as of the webhook's epoch, and the secrets that sign them, the newest first."""

    workspace_id: int
    webhook_id: int
    name: str
    epoch: int
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
    """So many of a webhook's messages at most, oldest first; None where it is off, or left alone for now.

    A message that shares a contact with an earlier one waits until that one is delivered or given up. Whoever claims
    and whoever notes an outcome hold the webhook, so that none waits for what has just ended.
    """
    async with transaction() as borrowed:
        row = await borrowed.fetchrow(_TARGET, at, workspace_id, webhook_id)
        if row is None:
            return None
        secrets = [row["secret"]]
        if row["previous_until"] is not None and row["previous_until"] > at:
            secrets.append(row["previous_secret"])
        target = Target(workspace_id, webhook_id, row["name"], row["epoch"], row["url"], secrets)
        ids = await _free(borrowed, target, most, at)
        return target, await _claimed(borrowed, target, ids, at)


async def _free(borrowed: Connection, target: Target, most: int, at: datetime) -> list[int]:
    """The ids of so many due messages at most; those that wait for others are from now on not looked at."""
    looking = most
    while True:
        rows = await borrowed.fetch(_LOOK, at, target.workspace_id, target.webhook_id, looking)
        free = [row["id"] for row in rows if row["blocked_by"] is None]
        blocked = [row for row in rows if row["blocked_by"] is not None]
        if blocked:
            ids, by = [row["id"] for row in blocked], [row["blocked_by"] for row in blocked]
            await borrowed.execute(_BLOCK, target.workspace_id, ids, by)
        if free or len(rows) < looking or looking >= MOST_LOOKED_AT:
            return free[:most]
        looking *= 4


async def _claimed(borrowed: Connection, target: Target, message_ids: list[int], at: datetime) -> list[Claimed]:
    within = target.workspace_id
    rows = await borrowed.fetch(_CLAIM, within, message_ids, at + LEASE, target.epoch)
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
