"""A request with an idempotency key: its mutation is done once and answered alike, however often it is sent."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Hashable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from typing import Any, Final

import orjson
from graphql import FieldNode, OperationDefinitionNode, OperationType

from app.filters.problems import Refused
from app.graphql.context import Context
from app.graphql.documents import Admitted
from app.graphql.faults import RequestError
from app.graphql.requests import Asked
from app.queries.acts import Act, witnessed
from app.queries.deadlines import Deadline, current
from app.queries.idempotency import (
    KEPT_HOURS,
    Call,
    KeyReused,
    Taken,
    keep_answer,
    read_call,
    release_call,
    take_call,
)

HEADER: Final = "Idempotency-Key"
# Their answers must not be kept.
SECRETIVE: Final = frozenset({"createToken", "createWebhook", "rotateWebhookSecret"})
PATIENCE_SECONDS: Final = 5.0
SECONDS_BETWEEN_LOOKS: Final = 0.05
LAST_SECONDS: Final = 20.0
MOST_AT_ONCE: Final = 100
_REUSED: Final = f"this idempotency key came with another call within {KEPT_HOURS} hours; take a new key"
_BUSY: Final = "the first call with this idempotency key is still being done; send this again in a moment"
_LOST: Final = "a call with this idempotency key was broken off; see whether it was done, and take a new key if not"

Answer = dict[str, Any]
Run = Callable[[], Awaitable[Answer]]

_running: Final[set[asyncio.Task[Answer]]] = set()
_running_of: Final[Counter[Hashable]] = Counter()


async def answered_once(key: str | None, admitted: Admitted, asked: Asked, context: Context, run: Run) -> Answer:
    """What `run` answers; with a key, a mutation's answer to the first such call. Raises RequestError.

    Once it has begun, a mutation with a key is done to its end or its deadline, whoever hangs up.
    """
    if key is None or admitted.operation.operation is not OperationType.MUTATION:
        return await run()
    call = _call(key, admitted.operation, asked, context)
    if (deadline := current.get()) is None:
        raise LookupError("a call with a key belongs to a request, which has a deadline")
    # The request's own deadline ends when its caller leaves.
    own = Deadline(deadline.asker, deadline.seconds, deadline.at)
    return await asyncio.shield(_begun(own, _settled(context.workspace_id, call, own, run)))


@asynccontextmanager
async def repeats_ended() -> AsyncIterator[None]:
    """What was begun within the context comes to its end before the context does, if that doesn't take too long."""
    yield
    if _running:
        await asyncio.wait(_running, timeout=LAST_SECONDS)


def _begun(deadline: Deadline, settled: Coroutine[Any, Any, Answer]) -> asyncio.Task[Answer]:
    asker = deadline.asker
    if _running_of[asker] >= MOST_AT_ONCE:
        settled.close()
        raise RequestError(
            "RATE_LIMITED", f"{MOST_AT_ONCE} calls with an {HEADER} are being done; wait for one of them"
        )
    task = asyncio.create_task(settled)
    _running.add(task)
    _running_of[asker] += 1
    task.add_done_callback(partial(_ended, asker))
    return task


def _ended(asker: Hashable, task: asyncio.Task[Answer]) -> None:
    _running.discard(task)
    _running_of[asker] -= 1
    if not _running_of[asker]:
        del _running_of[asker]
    if not task.cancelled():
        task.exception()  # nobody else asks for it where the caller has left


def _call(key: str, operation: OperationDefinitionNode, asked: Asked, context: Context) -> Call:
    selected = operation.selection_set.selections
    if len(selected) != 1 or not isinstance(selected[0], FieldNode):
        raise RequestError("BAD_USER_INPUT", f"send one mutation at a time with the header {HEADER}")
    name = selected[0].name.value
    if name in SECRETIVE:
        raise RequestError("BAD_USER_INPUT", f"{name} takes no {HEADER}, for its answer is a secret")
    asks = [asked.query, asked.document_id, asked.variables, asked.operation_name, sorted(context.bearer.scopes)]
    try:
        call = read_call(key, name, asks, HEADER)
    except Refused as refused:
        raise RequestError("BAD_USER_INPUT", f"{HEADER}: {refused.problems[0].message}") from None
    # Apart from the keys that come within input.
    return Call(f"{HEADER} {sha256(call.key.encode()).hexdigest()}", call.input_hash)


async def _settled(workspace_id: int, call: Call, deadline: Deadline, run: Run) -> Answer:
    """What is answered, kept as the text that it is; where surely nothing was done, the key is free again."""
    at, acts = datetime.now(UTC), list[Act]()
    witnessed.set(acts)
    answer: Answer | None = None
    is_taken = False
    try:
        async with _within(deadline):
            if (kept := await _kept(workspace_id, call, at)) is not None:
                return kept
            is_taken = True
            answer = await run()
    finally:
        if answer is not None and _is_done(answer):
            await keep_answer(workspace_id, call, at, orjson.dumps(answer).decode())
        elif is_taken and not any(act.may_be_done for act in acts):
            await release_call(workspace_id, call, at)
    return answer


@asynccontextmanager
async def _within(deadline: Deadline) -> AsyncIterator[None]:
    """What is asked of PostgreSQL is stopped at the deadline, and whatever still goes on a second later."""
    timer = asyncio.get_running_loop().call_at(deadline.at, deadline.end)
    token = current.set(deadline)
    try:
        async with asyncio.timeout_at(deadline.at + 1):
            yield
    finally:
        current.reset(token)
        timer.cancel()


async def _kept(workspace_id: int, call: Call, at: datetime) -> Answer | None:
    """The answer that was kept; None where the call is to be made. Waits for who makes it just now."""
    until = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while True:
        try:
            taken = await take_call(workspace_id, call, at)
        except KeyReused:
            raise RequestError("CONFLICT", _REUSED) from None
        match taken:
            case None:
                return None
            case Taken(answer=str(text)):
                answer: Answer = orjson.loads(text)
                return answer
            case Taken(is_lost=True):
                raise RequestError("CONFLICT", _LOST)
        if asyncio.get_running_loop().time() > until:
            raise RequestError("CONFLICT", _BUSY)
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)


def _is_done(answer: Answer) -> bool:
    """Whether the mutation itself came to its end: what fails below it undoes nothing."""
    if answer.get("data") is None:
        return False
    return all(len(error.get("path") or ()) > 1 for error in answer.get("errors", ()))
