"""The audit log, as admins see it: who did what to which object, when, and what became of it."""

import strawberry

from app.compile.clause import Clause
from app.filters.ids import from_global, to_global
from app.filters.problems import Code, InvalidValue, Refused
from app.filters.values import read_text
from app.graphql.context import Context
from app.graphql.enums import AuditActorKind, AuditOutcome
from app.graphql.paging import PageInfo, cursor_maker, page_info, read_window
from app.graphql.scalars import DateTime
from app.queries import audit
from app.queries.audit import NEWEST_FIRST, EntryRow

LONGEST_ACTOR = 200


@strawberry.type(description="One call that changed something or took contacts out.")
class AuditEntry:
    """One call that changed something or took contacts out."""

    happened_at: DateTime
    actor_kind: AuditActorKind = strawberry.field(
        description="Which kind of actor it was, whatever a token or a subject may be called."
    )
    actor: str = strawberry.field(
        description="The token's name, an identity provider's subject, or `operator` for the command line."
    )
    token_id: strawberry.ID | None = strawberry.field(description="Null where it was no token of ours.")
    operation: str = strawberry.field(description="The mutation's name, or what the HTTP request was for.")
    object_id: strawberry.ID | None = strawberry.field(
        description="What was changed, made or taken out; null where that is not one thing."
    )
    outcome: AuditOutcome
    problem: str | None = strawberry.field(description="The code of why it was refused.")
    request_id: str | None = strawberry.field(description="As the log has it, and the header X-Request-Id.")


@strawberry.type(description="An entry in a page.")
class AuditEdge:
    """An entry in a page."""

    cursor: str
    node: AuditEntry


@strawberry.type(description="A page of the audit log.")
class AuditConnection:
    """A page of the audit log."""

    edges: list[AuditEdge]
    nodes: list[AuditEntry]
    page_info: PageInfo


async def audit_connection(
    context: Context,
    actor: str | None,
    object: str | None,
    first: int | None,
    after: str | None,
    last: int | None,
    before: str | None,
) -> AuditConnection:
    """The page that the arguments ask for, newest first; raises Refused, and FORBIDDEN without the scope."""
    context.require("admin")
    window = read_window(first, after, last, before, NEWEST_FIRST, "audit")
    conditions = [*([] if actor is None else [_by(actor)]), *([] if object is None else [_on(object)])]
    page = await audit.audit_page(context.workspace_id, window, conditions)
    nodes = [_entry_type(audit.entry_row(row)) for row in page.rows]
    cursors = map(cursor_maker(NEWEST_FIRST, "audit"), page.rows)
    return AuditConnection(
        edges=[AuditEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
        nodes=nodes,
        page_info=page_info(page, NEWEST_FIRST, "audit"),
    )


def _by(actor: str) -> Clause:
    found = from_global(actor)
    if found is not None and found[0] == "Token":
        return audit.by_token(found[1])
    try:
        return audit.by_subject(read_text(actor, LONGEST_ACTOR))
    except InvalidValue as invalid:
        raise Refused.because(invalid.code, invalid.message, "actor") from None


def _on(object: str) -> Clause:
    found = from_global(object)
    if found is None:
        raise Refused.because(Code.INVALID_ID, "this is no id of an object", "object")
    return audit.on_object(*found)


def _entry_type(row: EntryRow) -> AuditEntry:
    is_on_one = row.object_kind is not None and row.object_id is not None
    return AuditEntry(
        happened_at=DateTime(row.happened_at),
        actor_kind=row.author.kind or AuditActorKind.OPERATOR,
        actor=row.author.name or "",
        token_id=None if row.token_id is None else strawberry.ID(to_global("Token", row.token_id)),
        operation=row.operation,
        object_id=strawberry.ID(to_global(row.object_kind or "", row.object_id or 0)) if is_on_one else None,
        outcome=AuditOutcome(row.outcome),
        problem=row.problem,
        request_id=row.request_id,
    )
