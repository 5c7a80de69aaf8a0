"""The webhooks of a workspace: made, edited, listed, deleted, and their secrets changed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from asyncpg import Record

from app.filters.problems import Code, Refused
from app.queries.acts import made
from app.queries.connections import Connection, connection, transaction
from app.queries.names import read_name
from app.queries.webhooks.events import EventType
from app.queries.webhooks.secrets import ROTATION_HOURS, new_secret
from app.queries.webhooks.urls import read_url

MOST_WEBHOOKS = 200
MOST_SEGMENTS = 200


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """A webhook as it is kept, without its secrets."""

    id: int
    name: str
    url: str
    types: Sequence[str]
    segment_ids: Sequence[int] | None
    is_enabled: bool
    disabled_reason: str | None
    failing_since: datetime | None
    previous_until: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a new webhook is to be; `segment_ids` None is all dynamic segments."""

    name: str
    url: str
    types: Sequence[EventType]
    segment_ids: Sequence[int] | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What of a webhook is to be otherwise; what is None stays, and the segments do unless `sets_segments`."""

    name: str | None = None
    url: str | None = None
    types: Sequence[EventType] | None = None
    sets_segments: bool = False
    segment_ids: Sequence[int] | None = None
    is_enabled: bool | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """A webhook with a secret that is never shown again."""

    row: WebhookRow
    secret: str = field(repr=False)


_COLUMNS = ", ".join(WebhookRow.__dataclass_fields__)
_THERE = "workspace_id = $1 AND deleted_at IS NULL"
_CREATE = (
    "INSERT INTO webhook (workspace_id, name, url, types, segment_ids, secret, created_at) "
    "SELECT $1, $2, $3, $4, $5, $6, now() "
    f"WHERE (SELECT count(*) FROM webhook WHERE {_THERE}) < {MOST_WEBHOOKS} RETURNING {_COLUMNS}"
)
# What had been tried in vain before is tried anew, and at once, where a webhook is switched on or led elsewhere.
_ANEW = "coalesce($8, FALSE) OR $4 IS NOT NULL"
_UPDATE = (
    "UPDATE webhook SET name = coalesce($3, name), url = coalesce($4, url), types = coalesce($5, types), "
    "segment_ids = CASE WHEN $6 THEN $7 ELSE segment_ids END, is_enabled = coalesce($8, is_enabled), "
    "disabled_reason = CASE WHEN $8 THEN NULL ELSE disabled_reason END, "
    f"epoch = epoch + CASE WHEN {_ANEW} THEN 1 ELSE 0 END, failures = CASE WHEN {_ANEW} THEN 0 ELSE failures END, "
    + ", ".join(
        f"{moment} = CASE WHEN {_ANEW} THEN NULL ELSE {moment} END"
        for moment in ("failing_since", "paused_until", "asked_until")
    )
    + f" WHERE {_THERE} AND id = $2 RETURNING {_COLUMNS}"
)
_ROTATE = (
    "UPDATE webhook SET secret = $3, previous_secret = secret, "
    f"previous_until = $4::timestamptz + interval '{ROTATION_HOURS} hours' "
    f"WHERE {_THERE} AND id = $2 RETURNING {_COLUMNS}"
)
_DELETE = (
    "UPDATE webhook SET deleted_at = now(), is_enabled = FALSE, secret = '', previous_secret = NULL "
    f"WHERE {_THERE} AND id = $2 RETURNING id"
)
_KNOWN = (
    "SELECT id FROM segment WHERE workspace_id = $1 AND id = ANY($2::bigint[]) AND kind = 'DYNAMIC' "
    "AND deleted_at IS NULL"
)


async def create_webhook(workspace_id: int, wanted: Wanted, *, is_private_allowed: bool = False) -> Signed:
    """A new webhook, with its secret; raises Refused for what can't be, and where there are too many webhooks."""
    secret = new_secret()
    name, types = read_name(wanted.name, "input.name"), _types(wanted.types)
    url = read_url(wanted.url, "input.url", is_private_allowed=is_private_allowed)
    async with transaction() as borrowed:
        await _check_segments(borrowed, workspace_id, wanted.segment_ids)
        row = await borrowed.fetchrow(_CREATE, workspace_id, name, url, types, wanted.segment_ids, secret)
        if row is None:
            message = f"a workspace has at most {MOST_WEBHOOKS} webhooks; delete some first"
            raise Refused.because(Code.NOT_ALLOWED, message, "input")
        made("Webhook", row["id"])
    return Signed(webhook_row(row), secret)


async def update_webhook(
    workspace_id: int, webhook_id: int, changes: Changes, *, is_private_allowed: bool = False
) -> WebhookRow:
    """The webhook as it is after the changes; raises Refused, NOT_FOUND among others."""
    name = None if changes.name is None else read_name(changes.name, "input.name")
    url = None
    if changes.url is not None:
        url = read_url(changes.url, "input.url", is_private_allowed=is_private_allowed)
    async with transaction() as borrowed:
        await _check_segments(borrowed, workspace_id, changes.segment_ids)
        row = await borrowed.fetchrow(
            _UPDATE,
            workspace_id,
            webhook_id,
            name,
            url,
            None if changes.types is None else _types(changes.types),
            changes.sets_segments,
            changes.segment_ids,
            changes.is_enabled,
        )
        if row is None:
            raise not_found()
    return webhook_row(row)


async def rotate_secret(workspace_id: int, webhook_id: int, at: datetime) -> Signed:
    """The webhook with a new secret; the one from before signs too for a day from the moment. Raises Refused."""
    secret = new_secret()
    async with transaction() as borrowed:
        row = await borrowed.fetchrow(_ROTATE, workspace_id, webhook_id, secret, at)
        if row is None:
            raise not_found()
    return Signed(webhook_row(row), secret)


async def delete_webhook(workspace_id: int, webhook_id: int) -> None:
    """It is told nothing any more, and goes within the hour, with its messages; raises Refused NOT_FOUND."""
    async with transaction() as borrowed:
        if await borrowed.fetchval(_DELETE, workspace_id, webhook_id) is None:
            raise not_found()


async def list_webhooks(workspace_id: int) -> list[WebhookRow]:
    """A workspace's webhooks, oldest first."""
    async with connection() as borrowed:
        rows = await borrowed.fetch(f"SELECT {_COLUMNS} FROM webhook WHERE {_THERE} ORDER BY id", workspace_id)
    return [webhook_row(row) for row in rows]


async def find_webhook(workspace_id: int, webhook_id: int) -> WebhookRow:
    """A webhook by its id; raises Refused NOT_FOUND."""
    async with connection() as borrowed:
        row = await borrowed.fetchrow(
            f"SELECT {_COLUMNS} FROM webhook WHERE {_THERE} AND id = $2", workspace_id, webhook_id
        )
    if row is None:
        raise not_found()
    return webhook_row(row)


def webhook_row(row: Record) -> WebhookRow:
    """A webhook out of its columns."""
    return WebhookRow(**dict(row))


def not_found() -> Refused:
    """There is no such webhook in the workspace (or it is another's)."""
    return Refused.because(Code.NOT_FOUND, "there is no such webhook", "input.id")


def _types(types: Sequence[EventType]) -> list[str]:
    if not types:
        raise Refused.because(Code.EMPTY_LIST, "name at least one type of what it is to be told", "input.types")
    return [type.value for type in EventType if type in types]


async def _check_segments(borrowed: Connection, workspace_id: int, segment_ids: Sequence[int] | None) -> None:
    if segment_ids is None:
        return
    if not segment_ids:
        message = "name at least one segment; null, or nothing, is all of them"
        raise Refused.because(Code.EMPTY_LIST, message, "input.segments")
    if len(segment_ids) > MOST_SEGMENTS:
        message = f"name at most {MOST_SEGMENTS} segments; null is all of them"
        raise Refused.because(Code.TOO_MANY_VALUES, message, "input.segments")
    known = {row["id"] for row in await borrowed.fetch(_KNOWN, workspace_id, segment_ids)}
    for place, id in enumerate(segment_ids):
        if id not in known:
            message = "there is no such dynamic segment; of other ones no entering and leaving is kept"
            raise Refused.because(Code.UNKNOWN_SEGMENT, message, f"input.segments[{place}]")
