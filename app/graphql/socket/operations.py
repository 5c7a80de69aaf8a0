"""One operation of a socket: a query's or mutation's one answer, or a subscription's many."""

from collections.abc import AsyncGenerator, AsyncIterable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, cast

from graphql import ExecutionResult, GraphQLError, GraphQLSchema, OperationType, create_source_event_stream

from app.filters.problems import Refused
from app.graphql.completion import PlainExecution
from app.graphql.documents import Admitted, Document, Documents
from app.graphql.errors import bad_input
from app.graphql.execution import answer_of, executed
from app.graphql.faults import DocumentError, RequestError, entry, formatted, masked
from app.graphql.limits.guard import Authenticate, Guard
from app.graphql.limits.looks import between_looks
from app.graphql.repeats import answered_once
from app.graphql.requests import Asked, Refusal, check_values
from app.graphql.socket.greeting import Acknowledged
from app.identity.callers import caller_of
from app.identity.watch import Watch
from app.queries.deadlines import Deadline, begin

_END: Final = object()


@dataclass(frozen=True, slots=True)
class Operations:
    """What runs operations: each has a context of its own, and so has each event of a subscription."""

    schema: GraphQLSchema
    authenticate: Authenticate
    guard: Guard

    @property
    def documents(self) -> Documents:
        """The documents that may run."""
        return self.guard.documents

    def hear(self, client: Acknowledged) -> None:
        """Count an operation against what the client may ask; raises TooOften."""
        self.guard.gate.hear(caller_of(client.authorization))

    async def why_ended(self, client: Acknowledged) -> str | None:
        """Why the client is let in no more; None where it is, and where that can't be told just now."""
        try:
            async with Watch(self.guard.gate.deadline(caller_of(client.authorization))):
                await self.authenticate(client.authorization)
        except RequestError as error:
            return error.message if error.code in ("UNAUTHENTICATED", "FORBIDDEN") else None
        except Exception:  # without PostgreSQL every socket has the same, which /ready tells
            return None
        return None

    async def answers(
        self, asked: Asked, client: Acknowledged, context: Any = None
    ) -> AsyncGenerator[dict[str, Any], None]:
        """The operation's answers; raises what `entries_of` tells where it can't begin, or not go on.

        The client has been heard by the door that it came in by, and may have been let in with a context.
        """
        caller = caller_of(client.authorization)
        check_values([asked.query, asked.variables, asked.operation_name], self.guard.limits.nesting)
        admitted = self.documents.admit(asked)
        if admitted.operation.operation is not OperationType.SUBSCRIPTION:
            yield await self._answer(admitted, asked, client, context=context)
            return
        with self.guard.subscribed(caller, client.workspace_id):
            async with Watch(deadline := self.guard.gate.deadline(caller)):
                context = context or await self.authenticate(client.authorization)
            looking = partial(begin, deadline.asker, deadline.seconds)
            async with aclosing(self._events(admitted.document, asked, context, looking)) as events:
                async for event in events:
                    yield await self._answer(admitted, asked, client, event)

    async def _answer(
        self, admitted: Admitted, asked: Asked, client: Acknowledged, event: Any = None, context: Any = None
    ) -> dict[str, Any]:
        async with Watch(self.guard.gate.deadline(caller_of(client.authorization))):
            context = context or await self.authenticate(client.authorization)
            run = partial(self._run, admitted, asked, context, event)
            return _begun(await answered_once(client.key, admitted, asked, context, run))

    async def _run(self, admitted: Admitted, asked: Asked, context: Any, event: Any) -> dict[str, Any]:
        result = await executed(self.schema, admitted.document, asked, context, event)
        return answer_of(result, admitted.extensions)

    async def _events(
        self, document: Document, asked: Asked, context: Any, looking: Callable[[], Deadline]
    ) -> AsyncGenerator[Any, None]:
        with between_looks(looking):
            stream = await self._stream(document, asked, context)
        async with aclosing(stream) as events:
            while True:
                with between_looks(looking):
                    event = await anext(events, _END)
                if event is _END:
                    return
                yield event

    async def _stream(self, document: Document, asked: Asked, context: Any) -> AsyncGenerator[Any, None]:
        executor = PlainExecution.build(
            self.schema,
            document.node,
            context_value=context,
            raw_variable_values=asked.variables,
            operation_name=asked.operation_name,
        )
        if isinstance(executor, list):
            raise NotBegun([formatted(error) for error in executor])
        found: Any = create_source_event_stream(executor)
        stream = found if isinstance(found, AsyncIterable | ExecutionResult) else await found
        if isinstance(stream, ExecutionResult):
            raise NotBegun([formatted(error) for error in stream.errors or ()])
        return cast(AsyncGenerator[Any, None], stream)


class NotBegun(Exception):
    """An operation could not begin; the entries say why."""

    def __init__(self, entries: list[dict[str, Any]]) -> None:
        super().__init__(len(entries))
        self.entries = entries


def _begun(answer: dict[str, Any]) -> dict[str, Any]:
    if "data" not in answer:
        raise NotBegun(answer["errors"])
    return answer


def entries_of(error: Exception) -> list[dict[str, Any]]:
    """Why an operation ended, as the client may know it; what is not its doing is masked and logged."""
    match error:
        case NotBegun():
            return error.entries
        case Refusal():
            return error.errors
        case DocumentError():
            return [formatted(each) for each in error.errors]
        case RequestError():
            return [entry(error.code, error.message)]
        case Refused():
            return [formatted(bad_input(error))]
        case GraphQLError():
            return [formatted(error)]
        case _:
            return [masked(error)]
