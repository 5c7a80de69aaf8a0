"""What the operator does at the command line goes into the workspace's audit log, too."""

from contextlib import AbstractAsyncContextManager

from app.queries.acts import Act, Actor
from app.queries.audit import recorded


def by_operator(
    workspace_id: int, operation: str, kind: str | None = None, number: int | None = None
) -> AbstractAsyncContextManager[Act]:
    """What is done within is the operator's; `kind` and `number` are the object's, where there is one already."""
    return recorded(Act(workspace_id, Actor(), operation, kind, number))
