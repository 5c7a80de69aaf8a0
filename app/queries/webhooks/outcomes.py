"""What became of a message is written down, and what that means for its webhook."""

from datetime import datetime, timedelta

import orjson

from app.queries.connections import Connection, transaction
from app.queries.webhooks.claims import Claimed, Target
from app.queries.webhooks.messages import MOST_ATTEMPTS_KEPT, Attempt

DAYS_OF_FAILURE = 3
FAILURES_UNTIL_PAUSE = 5

# The newest few attempts are kept.
_KEPT = f"CASE WHEN jsonb_array_length(attempts) < {MOST_ATTEMPTS_KEPT} THEN attempts ELSE attempts - 0 END"
_TOLD = f"leased_until = NULL, attempts = ({_KEPT}) || $3::jsonb"
_OPEN = "workspace_id = $1 AND id = $2 AND finished_at IS NULL"
_DELIVERED = f"UPDATE webhook_message SET state = 'DELIVERED', finished_at = $4, {_TOLD} WHERE {_OPEN}"
_FAILED = f"UPDATE webhook_message SET state = 'FAILED', due_at = $4, {_TOLD} WHERE {_OPEN}"
_GIVEN_UP = f"UPDATE webhook_message SET state = 'GIVEN_UP', finished_at = $4, {_TOLD} WHERE {_OPEN}"
_RELEASED = "UPDATE webhook_message SET blocked_by = NULL WHERE workspace_id = $1 AND blocked_by = $2"
_EPOCH = "SELECT epoch FROM webhook WHERE workspace_id = $1 AND id = $2 FOR NO KEY UPDATE"
_WELL = (
    "UPDATE webhook SET failures = 0, failing_since = NULL, paused_until = NULL "
    "WHERE workspace_id = $1 AND id = $2 AND failures > 0"
)
# Half as long as it has been failing, between five seconds and five minutes.
_PAUSE = "greatest(interval '5 s', least(interval '5 min', ($3 - coalesce(failing_since, $3)) / 2))"
_UNWELL = (
    "UPDATE webhook SET failures = failures + 1, failing_since = coalesce(failing_since, $3), "
    "asked_until = greatest(asked_until, $4::timestamptz), "
    "paused_until = greatest(paused_until, "
    f"CASE WHEN failures + 1 >= {FAILURES_UNTIL_PAUSE} THEN $3::timestamptz + {_PAUSE} END) "
    "WHERE workspace_id = $1 AND id = $2 AND is_enabled RETURNING failing_since"
)
_OFF = (
    "UPDATE webhook SET is_enabled = FALSE, disabled_reason = $3 WHERE workspace_id = $1 AND id = $2 AND is_enabled"
)


async def note_delivered(target: Target, message: Claimed, attempt: Attempt, at: datetime) -> None:
    """The message has arrived, so the webhook is well."""
    async with transaction() as borrowed:
        if await _is_as_it_was(borrowed, target):
            await borrowed.execute(_WELL, target.workspace_id, target.webhook_id)
        await _finish(borrowed, _DELIVERED, target, message, attempt, at)


async def note_failed(
    target: Target, message: Claimed, attempt: Attempt, next_at: datetime | None, asked_for: datetime | None = None
) -> bool:
    """The message is tried again at a moment, or given up where there is none; whether the webhook is now off.

    It is off once nothing arrived for three days. Nothing is sent to it before the moment that its receiver
    `asked_for`, and after some failures in a row it is left alone for a while. Where it was switched on or led
    elsewhere meanwhile, the message is tried anew, and that is all.
    """
    async with transaction() as borrowed:
        if not await _is_as_it_was(borrowed, target):
            await _note(borrowed, _FAILED, target, message, attempt, attempt.at)
            return False
        since: datetime | None = await borrowed.fetchval(
            _UNWELL, target.workspace_id, target.webhook_id, attempt.at, asked_for
        )
        if next_at is None:
            await _finish(borrowed, _GIVEN_UP, target, message, attempt, attempt.at)
        else:
            await _note(borrowed, _FAILED, target, message, attempt, next_at)
        if since is None or attempt.at - since < timedelta(days=DAYS_OF_FAILURE):
            return False
        why = f"nothing could be delivered for {DAYS_OF_FAILURE} days; the last time: {_shown(attempt)}"
        return await _switch_off(borrowed, target, why)


async def note_gone(target: Target, message: Claimed, attempt: Attempt) -> bool:
    """The receiver says that it is gone for good: the message is given up; whether that switched the webhook off.

    Where it was led elsewhere meanwhile, the message is tried there.
    """
    async with transaction() as borrowed:
        if not await _is_as_it_was(borrowed, target):
            await _note(borrowed, _FAILED, target, message, attempt, attempt.at)
            return False
        await _finish(borrowed, _GIVEN_UP, target, message, attempt, attempt.at)
        return await _switch_off(borrowed, target, "the receiver answered 410, which says that it is gone for good")


async def _is_as_it_was(borrowed: Connection, target: Target) -> bool:
    """Whether the webhook, which is held from now on, is still what the message was sent to."""
    epoch = await borrowed.fetchval(_EPOCH, target.workspace_id, target.webhook_id)
    return bool(epoch == target.epoch)


async def _finish(
    borrowed: Connection, statement: str, target: Target, message: Claimed, attempt: Attempt, at: datetime
) -> None:
    await _note(borrowed, statement, target, message, attempt, at)
    await borrowed.execute(_RELEASED, target.workspace_id, message.id)


async def _note(
    borrowed: Connection, statement: str, target: Target, message: Claimed, attempt: Attempt, at: datetime
) -> None:
    await borrowed.execute(statement, target.workspace_id, message.id, _written(attempt), at)


async def _switch_off(borrowed: Connection, target: Target, why: str) -> bool:
    return str(await borrowed.execute(_OFF, target.workspace_id, target.webhook_id, why)) == "UPDATE 1"


def _shown(attempt: Attempt) -> str:
    return attempt.problem or f"the answer was HTTP {attempt.status}"


def _written(attempt: Attempt) -> str:
    return orjson.dumps([attempt]).decode()
