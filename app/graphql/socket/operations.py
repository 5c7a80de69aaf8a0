"""One operation of a socket: a query's or mutation's one answer, or a subscription's many."""

from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, cast

from graphql import ExecutionResult, GraphQLError, GraphQLSchema, OperationType, create_source_event_stream

from app.filters.problems import Refused
from app.graphql.completion import PlainExecution
from app.graphql.documents import Document, DocumentError, Documents
from app.graphql.errors import bad_input
from app.graphql.execution import answer_of, executed
from app.graphql.faults import RequestError, entry, formatted, masked
from app.graphql.requests import Asked, Refusal, check_values
from app.graphql.socket.greeting import Acknowledged, Authenticate


@dataclass(frozen=True, slots=True)
class Operations:
    """What runs operations: each has a context of its own, and so has each event of a subscription."""

    schema: GraphQLSchema
    authenticate: Authenticate
    documents: Documents

    async def answers(self, asked: Asked, client: Acknowledged) -> AsyncGenerator[dict[str, Any], None]:
        """The operation's answers; raises what `entries_of` tells where it can't begin, or not go on."""
        check_values([asked.query, asked.variables, asked.operation_name])
        document = self.documents.read(asked.query)
        kind = document.operation(asked.operation_name).operation
        context = await self.authenticate(client.authorization)
        if kind is not OperationType.SUBSCRIPTION:
            yield _begun(answer_of(await executed(self.schema, document, asked, context)))
            return
        async with aclosing(await self._events(document, asked, context)) as events:
            async for event in events:
                context = await self.authenticate(client.authorization)
                yield _begun(answer_of(await executed(self.schema, document, asked, context, event)))

    async def _events(self, document: Document, asked: Asked, context: Any) -> AsyncGenerator[Any, None]:
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
