"""Every mutation goes into the audit log: who sent it, what it is called, which object it names or makes."""

from collections.abc import Awaitable, Callable
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


def record_all(mutation: GraphQLObjectType) -> None:
    """From now on each field's calls are recorded; a field that is added later needs nothing for it."""
    for name, field in mutation.fields.items():
        if field.resolve is None:
            raise TypeError(f"the mutation {name} has no resolver")
        field.resolve = _recorded(name, field.resolve)


def _recorded(name: str, resolve: Resolver) -> Resolver:
    @wraps(resolve)
    async def recording(source: Any, info: GraphQLResolveInfo[Context], **given: Any) -> Any:
        context = info.context
        act = Act(context.workspace_id, context.bearer.actor, name, *_named(given.get("input")))
        async with recorded(act):
            try:
                payload = await resolve(source, info, **given)
            except RequestError as error:
                act.problem = error.code
                raise
            if errors := getattr(payload, "errors", None):
                act.outcome, act.problem = ActOutcome.REFUSED, errors[0].code
        return payload

    return recording


def _named(given: Any) -> tuple[str, int] | tuple[None, None]:
    """The object that an input names by its id."""
    id = given.get("id") if isinstance(given, dict) else None
    found = from_global(id) if isinstance(id, str) else None
    return found if found is not None and found[0] in KINDS else (None, None)
