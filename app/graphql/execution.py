"""Runs one operation of a document, whichever door it came in by, and shapes its answer."""

from typing import Any

from graphql import ExecutionResult, GraphQLSchema, execute
from strawberry.execution import optimized_is_awaitable

from app.graphql.completion import PlainExecution
from app.graphql.documents import Document
from app.graphql.faults import formatted
from app.graphql.requests import Asked
from app.graphql.telling import told


@told
async def executed(
    schema: GraphQLSchema, document: Document, asked: Asked, context: Any, event: Any = None
) -> ExecutionResult:
    """The result of the operation that was asked for; of a subscription, the result for one event."""
    result: Any = execute(
        schema,
        document.node,
        root_value=event,
        context_value=context,
        variable_values=asked.variables,
        operation_name=asked.operation_name,
        executor_class=PlainExecution,
        is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]
    )
    if not isinstance(result, ExecutionResult):
        result = await result
    found: ExecutionResult = result
    return found


def answer_of(result: ExecutionResult, extensions: dict[str, Any]) -> dict[str, Any]:
    """The answer as JSON has it; without `data` where the operation could not begin."""
    errors = result.errors
    if not errors:
        return {"data": result.data, "extensions": extensions}
    entries = [formatted(error) for error in errors]
    if result.data is None and all(error.path is None for error in errors):
        return {"errors": entries, "extensions": extensions}
    return {"errors": entries, "data": result.data, "extensions": extensions}
