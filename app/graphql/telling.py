"""What is told of an operation that runs: its root field, how it ended, how long it took; no argument's value."""

import time
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from graphql import ExecutionResult, FieldNode, GraphQLSchema, OperationDefinitionNode

from app.graphql.documents import Document
from app.graphql.faults import is_fault
from app.graphql.requests import Asked
from app.telemetry.current import note_operation, note_workspace
from app.telemetry.measures import note_operation_end
from app.telemetry.traces import span

Execute = Callable[..., Awaitable[ExecutionResult]]


def told(execute: Execute) -> Execute:
    """The execution, counted, timed and traced."""

    @wraps(execute)
    async def telling(
        schema: GraphQLSchema, document: Document, asked: Asked, context: Any, event: Any = None
    ) -> ExecutionResult:
        operation = document.operation(asked.operation_name)
        kind, field = operation.operation.value, root_field(operation)
        note_operation(operation.name.value if operation.name else None)
        note_workspace(getattr(context, "workspace_id", None))
        started, outcome = time.perf_counter(), "cancelled"
        try:
            with span(f"{kind} {field}"):
                result = await execute(schema, document, asked, context, event)
            outcome = outcome_of(result)
            return result
        finally:
            note_operation_end(kind, field, outcome, time.perf_counter() - started)

    return telling


def root_field(operation: OperationDefinitionNode) -> str:
    """The field that a validated operation asks, which is one of the schema's; `several` where it asks more."""
    selected = operation.selection_set.selections
    names = {each.name.value if isinstance(each, FieldNode) else "several" for each in selected} - {"__typename"}
    return names.pop() if len(names) == 1 else "several"


def outcome_of(result: ExecutionResult) -> str:
    """`ok`; `refused` where all errors are the caller's doing; or `failed`."""
    if not result.errors:
        return "ok"
    return "failed" if any(is_fault(error) for error in result.errors) else "refused"
