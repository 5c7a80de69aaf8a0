"""A request with an idempotency key: its mutation is done once and answered alike, however often it is sent."""

import asyncio
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any, Final

import orjson
from graphql import FieldNode, OperationDefinitionNode, OperationType

from app.filters.problems import Refused
from app.graphql.context import Context
from app.graphql.documents import Admitted
from app.graphql.faults import RequestError
from app.graphql.requests import Asked
from app.queries.deadlines import begin, current
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
SECRETIVE: Final = frozenset({"createToken"})  # their answers must not be kept
PATIENCE_SECONDS: Final = 5.0
SECONDS_BETWEEN_LOOKS: Final = 0.05
_REUSED: Final = f"this idempotency key came with another call within {KEPT_HOURS} hours; take a new key"
_BUSY: Final = "the first call with this idempotency key is still being done; send this again in a moment"
_LOST: Final = "a call with this idempotency key was broken off; see whether it was done, and take a new key if not"

Answer = dict[str, Any]
Run = Callable[[], Awaitable[Answer]]

_running: Final[set[asyncio.Task[Answer]]] = set()


async def answered_once(key: str | None, admitted: Admitted, asked: Asked, context: Context, run: Run) -> Answer:
    """What `run` answers; with a key, a mutation's answer to the first such call. Raises RequestError.

    Once it has begun, a mutation with a key is done to its end, whoever hangs up.
    """
    if key is None or admitted.operation.operation is not OperationType.MUTATION:
        return await run()
    call = _call(key, admitted.operation, asked, context)
    taken = await _taken(context.workspace_id, call)
    if taken is not None:
        answer: Answer = orjson.loads(taken)
        return answer
    task = asyncio.create_task(_kept(context.workspace_id, call, run))
    _running.add(task)
    task.add_done_callback(_running.discard)
    return await asyncio.shield(task)


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


async def _taken(workspace_id: int, call: Call) -> str | None:
    """The answer that was kept; None where the call is to be made. Waits for who makes it just now."""
    until = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while True:
        try:
            taken = await take_call(workspace_id, call)
        except KeyReused:
            raise RequestError("CONFLICT", _REUSED) from None
        match taken:
            case None:
                return None
            case Taken(answer=str(answer)):
                return answer
            case Taken(is_lost=True):
                raise RequestError("CONFLICT", _LOST)
        if asyncio.get_running_loop().time() > until:
            raise RequestError("CONFLICT", _BUSY)
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)


async def _kept(workspace_id: int, call: Call, run: Run) -> Answer:
    """What is answered, kept as the text that it is; where nothing was done, the key is free again."""
    if (deadline := current.get()) is not None:
        current.set(begin(deadline.asker, deadline.seconds))  # not the request's, which ends when its caller leaves
    is_done = False
    try:
        answer = await run()
        is_done = _is_done(answer)
    finally:
        if not is_done:
            await release_call(workspace_id, call)
    if is_done:
        await keep_answer(workspace_id, call, orjson.dumps(answer).decode())
    return answer


def _is_done(answer: Answer) -> bool:
    """Whether the mutation itself came to its end: what fails below it undoes nothing."""
    if answer.get("data") is None:
        return False
    return all(len(error.get("path") or ()) > 1 for error in answer.get("errors", ()))
