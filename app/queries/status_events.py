"""The events that set a contact's status, each kept in its history."""

from dataclasses import dataclass

from app.filters.problems import Code, Refused
from app.filters.vocabulary import OPT_OUTS, Status
from app.queries.changes import Cause, change_of, noting
from app.queries.connections import Connection, transaction
from app.queries.contact_values import read_system_text
from app.queries.do_not_contact import hold_list, refuse_unwanted


@dataclass(frozen=True, slots=True)
class StatusEvent:
    """Something that happened: the status it leads to, the statuses it may happen in and those it leaves alone."""

    cause: str
    status: Status
    changes: frozenset[Status]
    keeps: frozenset[Status]
    otherwise: str = ""
    note_path: str = "input.note"


CONFIRMED = StatusEvent(
    "CONFIRMED",
    Status.ACTIVE,
    changes=frozenset({Status.PENDING}),
    keeps=frozenset({Status.ACTIVE}),
    otherwise="this contact unsubscribed or bounced; a stated consent is needed to resubscribe",
)
UNSUBSCRIBED = StatusEvent(
    "UNSUBSCRIBED", Status.UNSUBSCRIBED, changes=frozenset(Status) - {Status.UNSUBSCRIBED}, keeps=frozenset(Status)
)
BOUNCED = StatusEvent(
    "BOUNCED",
    Status.HARD_BOUNCE,
    changes=frozenset({Status.ACTIVE, Status.PENDING}),
    keeps=frozenset({Status.HARD_BOUNCE, Status.UNSUBSCRIBED}),
)
RESUBSCRIBED = StatusEvent(
    "RESUBSCRIBED",
    Status.ACTIVE,
    changes=frozenset({Status.UNSUBSCRIBED, Status.HARD_BOUNCE}),
    keeps=frozenset({Status.ACTIVE}),
    otherwise="this contact has not confirmed yet; confirm it instead",
    note_path="input.consent",
)

_NOTE = (
    "WITH kept AS (INSERT INTO status_change (workspace_id, contact_id, previous, status, cause, note, changed_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, now()) RETURNING contact_id AS id, previous, status), "
    + noting(
        change_of("kept WHERE previous IS NULL", Cause.CREATED, status="status", by="status"),
        change_of(
            "kept WHERE previous <> status",
            Cause.STATUS_CHANGED,
            previous="previous",
            status="status",
            by="previous, status",
        ),
        change_of("kept WHERE previous = status", Cause.UPDATED),
    )
    + " SELECT"
)


async def record_event(workspace_id: int, contact_id: int, event: StatusEvent, note: str | None) -> None:
    """Set the status that the event leads to and keep it in the history; raises Refused where it can't happen."""
    note = read_system_text(note, event.note_path)
    async with transaction() as borrowed:
        if event.status is Status.ACTIVE:
            await hold_list(borrowed, workspace_id)
        found = await borrowed.fetchrow(
            "SELECT status, email_folded FROM contact WHERE workspace_id = $1 AND id = $2 FOR UPDATE",
            workspace_id,
            contact_id,
        )
        if found is None:
            raise not_found()
        previous = Status(found["status"])
        if previous in event.changes:
            if event.status is Status.ACTIVE:
                await refuse_unwanted(borrowed, workspace_id, found["email_folded"], "input.id")
            await borrowed.execute(
                "UPDATE contact SET status = $3, updated_at = now(), "
                "subscribed_at = CASE WHEN $3 = 'ACTIVE' THEN now() ELSE subscribed_at END "
                "WHERE workspace_id = $1 AND id = $2",
                workspace_id,
                contact_id,
                event.status.value,
            )
            await note_status(borrowed, workspace_id, contact_id, previous, event.status, event.cause, note)
        elif previous not in event.keeps:
            raise Refused.because(Code.NOT_ALLOWED, event.otherwise, "input.id")
        elif event.status in OPT_OUTS:
            # The person's own word, though the status was so before: whoever undoes that must find it.
            await borrowed.execute(
                "UPDATE contact SET updated_at = now() WHERE workspace_id = $1 AND id = $2", workspace_id, contact_id
            )
            await note_status(borrowed, workspace_id, contact_id, previous, previous, event.cause, note)


def not_found(path: str = "input.id") -> Refused:
    """There is no such contact in the workspace (or it is another's)."""
    return Refused.because(Code.NOT_FOUND, "there is no such contact", path)


async def note_status(
    borrowed: Connection,
    workspace_id: int,
    contact_id: int,
    previous: Status | None,
    status: Status,
    cause: str,
    note: str | None,
) -> None:
    """Keep a change of status, or a contact's first one (`previous` None), within the transaction that makes it."""
    await borrowed.execute(
        _NOTE,
        workspace_id,
        contact_id,
        previous and previous.value,
        status.value,
        cause,
        note,
    )
