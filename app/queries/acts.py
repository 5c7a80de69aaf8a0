"""Who does what to which object: the act under way, which its own transaction writes down as the last thing."""

from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum
from typing import Final

from asyncpg import Connection

from app.telemetry.current import request_id

_WRITE: Final = (
    "INSERT INTO audit_entry (workspace_id, token_id, subject, operation, object_kind, object_id, outcome, problem, "
    "request_id, happened_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now())"
)


class ActOutcome(Enum):
    """What became of an act."""

    DONE = "DONE"
    REFUSED = "REFUSED"
    FAILED = "FAILED"


class ActorKind(Enum):
    """What kind of actor it is, which no name of one can feign."""

    TOKEN = "TOKEN"  # noqa: S105
    SUBJECT = "SUBJECT"
    OPERATOR = "OPERATOR"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a token by its number, or an identity provider's subject; neither is the operator's command line."""

    token_id: int | None = None
    subject: str | None = None

    @property
    def kind(self) -> ActorKind:
        """Which of the three it is."""
        if self.token_id is not None:
            return ActorKind.TOKEN
        return ActorKind.OPERATOR if self.subject is None else ActorKind.SUBJECT


@dataclass(slots=True)
class Act:
    """One call that changes something or takes contacts out; `kind` and `number` are the object's, once it is known.

    `problem` is the code of what it was refused for. What it changes `may_be_done` once it is written, for how a
    commit ended isn't always heard.
    """

    workspace_id: int
    actor: Actor
    operation: str
    kind: str | None = None
    number: int | None = None
    outcome: ActOutcome = ActOutcome.DONE
    problem: str | None = None
    is_written: bool = False
    may_be_done: bool = False

    async def write(self, borrowed: Connection) -> None:
        """Put it into the audit log, on a connection whose transaction may still fail."""
        await borrowed.execute(
            _WRITE,
            self.workspace_id,
            self.actor.token_id,
            self.actor.subject,
            self.operation,
            self.kind,
            self.number,
            self.outcome.value,
            self.problem,
            request_id(),
        )
        self.may_be_done |= self.outcome is ActOutcome.DONE


acting: Final[ContextVar[Act | None]] = ContextVar("acting", default=None)

witnessed: Final[ContextVar[list[Act] | None]] = ContextVar("witnessed", default=None)
"""All acts of the request, where somebody has to know whether it may have changed anything."""


def made(kind: str, number: int) -> None:
    """Tell the act under way, if there is one, which object it has made."""
    if (act := acting.get()) is not None:
        act.kind, act.number = kind, number
