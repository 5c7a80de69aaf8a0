"""Every mutation goes into the audit log, and what takes out a contact: who asked, what for, on which object."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any, Final

from graphql import GraphQLObjectType, GraphQLResolveInfo

from app.filters.ids import from_global
from app.graphql.context import Context
from app.graphql.faults import RequestError
from app.queries.acts import Act, ActOutcome
from app.queries.audit import recorded

KINDS: Final = frozenset(
    {"Contact", "Export", "Field", "Import", "Label", "Segment", "Token", "Webhook", "WebhookMessage"}
)

Resolver = Callable[..., Awaitable[Any]]


@asynccontextmanager
async def acted(
    context: Context, operation: str, kind: str | None = None, number: int | None = None
) -> AsyncIterator[Act]:
    """What is done within is recorded as an operation of who asks, on an object if one is named."""
    async with recorded(Act(context.workspace_id, context.bearer.actor, operation, kind, number)) as act:
        try:
            yield act
        except RequestError as error:
            act.problem = error.code
            raise


def record_all(mutation: GraphQLObjectType) -> None:
    """From now on each field's calls are recorded; a field that is added later needs nothing for it."""
    for name, field in mutation.fields.items():
        if field.resolve is None:
            raise TypeError(f"the mutation {name} has no resolver")
        field.resolve = _recorded(name, field.resolve)


def _recorded(name: str, resolve: Resolver) -> Resolver:
    @wraps(resolve)
    async def recording(source: Any, info: GraphQLResolveInfo[Context], **given: Any) -> Any:
        async with acted(info.context, name, *_named(given.get("input"))) as act:
            payload = await resolve(source, info, **given)
            if errors := getattr(payload, "errors", None):
                act.outcome, act.problem = ActOutcome.REFUSED, errors[0].code
        return payload

    return recording


def _named(given: Any) -> tuple[str, int] | tuple[None, None]:
    """The object that an input names by its id."""
    id = given.get("id") if isinstance(given, dict) else None
    found = from_global(id) if isinstance(id, str) else None
    return found if found is not None and found[0] in KINDS else (None, None)
