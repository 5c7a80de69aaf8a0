"""Calls that may be sent again: with the same key the same call gets the same answer and changes nothing."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256
from typing import Any

import orjson

from app.filters.problems import Code, InvalidValue, Refused
from app.filters.values import read_text
from app.queries.connections import Connection, connection
from app.queries.deadlines import beyond

KEPT_HOURS = 24
LONGEST_KEY = 200

# Whoever comes second waits here until the first has ended. What is too old is as if it were not.
_OLD = f"kept.created_at < now() - interval '{KEPT_HOURS} hours'"
_CLAIM = (
    "INSERT INTO idempotent_answer AS kept (workspace_id, key, input_hash, created_at) VALUES ($1, $2, $3, now()) "
    "ON CONFLICT (workspace_id, key) DO UPDATE SET "
    f"input_hash = CASE WHEN {_OLD} THEN $3 ELSE kept.input_hash END, "
    f"answer = CASE WHEN {_OLD} THEN NULL ELSE kept.answer END, "
    f"created_at = CASE WHEN {_OLD} THEN now() ELSE kept.created_at END RETURNING input_hash, answer"
)

# For what takes more than one transaction: the key is taken first, and its answer kept when there is one.
_TAKE = (
    "INSERT INTO idempotent_answer AS kept (workspace_id, key, input_hash, created_at) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (workspace_id, key) DO UPDATE SET input_hash = $3, answer = NULL, created_at = $4 "
    f"WHERE {_OLD} RETURNING TRUE"
)
_TAKEN = (
    "SELECT input_hash, answer, created_at < now() - $3::interval AS is_lost FROM idempotent_answer "
    "WHERE workspace_id = $1 AND key = $2"
)
_OWN = "workspace_id = $1 AND key = $2 AND created_at = $3 AND answer IS NULL"
LOST_AFTER = timedelta(minutes=2)  # more than any request may take: whoever took it has ended


@dataclass(frozen=True, slots=True)
class Taken:
    """A call that somebody else makes or has made: its answer, or whether that will never come."""

    answer: Any | None
    is_lost: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A call that may be sent again: the caller's key and the hash of what it asks."""

    key: str
    input_hash: bytes


class KeyReused(Exception):
    """The key came with another call within the hours that answers are kept."""


def read_call(key: str, name: str, asked: object, path: str = "input.idempotencyKey") -> Call:
    """The call by its name and all that it asks, as dataclasses and JSON; raises Refused where the key is none."""
    try:
        text = read_text(key, LONGEST_KEY)
    except InvalidValue as invalid:
        raise Refused.because(invalid.code, invalid.message, path) from None
    if not text.strip():
        raise Refused.because(Code.REQUIRED, "give a key that is not blank, or none", path)
    written = json.dumps([name, asked], default=_plain, sort_keys=True)
    return Call(text, sha256(written.encode()).digest())


async def answer_once(
    borrowed: Connection, workspace_id: int, call: Call | None, act: Callable[[], Awaitable[Any]]
) -> Any:
    """The kept answer to the call, or else what acting answers (as JSON has it), kept within the same transaction.

    A second call with the key waits for the first. Raises KeyReused.
    """
    if call is None:
        return await act()
    [(input_hash, kept)] = await borrowed.fetch(_CLAIM, workspace_id, call.key, call.input_hash)
    if input_hash != call.input_hash:
        raise KeyReused
    if kept is not None:
        return orjson.loads(kept)
    answer = await act()
    await borrowed.execute(
        "UPDATE idempotent_answer SET answer = $3 WHERE workspace_id = $1 AND key = $2",
        workspace_id,
        call.key,
        orjson.dumps(answer).decode(),
    )
    return answer


async def take_call(workspace_id: int, call: Call, at: datetime) -> Taken | None:
    """None where the call is the caller's to make, by whom it is then kept or released. Raises KeyReused.

    `at`, the present moment to the microsecond, tells the caller from all others with the key. A caller who is
    stopped meanwhile has nothing to release.
    """
    is_asked = False
    try:
        async with connection() as borrowed:
            is_asked = True
            return await _take(borrowed, workspace_id, call, at)
    except BaseException as error:
        if is_asked and not isinstance(error, KeyReused):
            await release_call(workspace_id, call, at)
        raise


async def _take(borrowed: Connection, workspace_id: int, call: Call, at: datetime) -> Taken | None:
    while not await borrowed.fetchval(_TAKE, workspace_id, call.key, call.input_hash, at):
        found = await borrowed.fetchrow(_TAKEN, workspace_id, call.key, LOST_AFTER)
        if found is None:  # released meanwhile
            continue
        if found["input_hash"] != call.input_hash:
            raise KeyReused
        kept = found["answer"]
        return Taken(None if kept is None else orjson.loads(kept), kept is None and found["is_lost"])
    return None


async def keep_answer(workspace_id: int, call: Call, at: datetime, answer: Any) -> None:
    """Keep the answer (as JSON has it) to a call that was taken, also beyond the request's deadline."""
    with beyond():
        async with connection() as borrowed:
            await borrowed.execute(
                f"UPDATE idempotent_answer SET answer = $4 WHERE {_OWN}",
                workspace_id,
                call.key,
                at,
                orjson.dumps(answer).decode(),
            )


async def release_call(workspace_id: int, call: Call, at: datetime) -> None:
    """Nothing was done: the call may be made again, also beyond the request's deadline."""
    with beyond():
        async with connection() as borrowed:
            await borrowed.execute(f"DELETE FROM idempotent_answer WHERE {_OWN}", workspace_id, call.key, at)


async def purge_answers() -> int:
    """How many answers of all workspaces were too old and are gone."""
    async with connection() as borrowed:
        done = await borrowed.execute(f"DELETE FROM idempotent_answer AS kept WHERE {_OLD}")
    return int(done.rpartition(" ")[2])


def _plain(value: object) -> Any:
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return {each.name: getattr(value, each.name) for each in fields(value)}
    return str(value)
