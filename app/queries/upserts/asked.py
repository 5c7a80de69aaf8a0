"""What a partner asks of a bulk upsert, and what each item is answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from app.filters.problems import Code, Problem
from app.filters.vocabulary import Status

MOST_ITEMS = 1_000


class UpsertKey(Enum):
    """By what an item finds its contact."""

    EMAIL = "EMAIL"
    EXTERNAL_ID = "EXTERNAL_ID"


class Outcome(Enum):
    """What became of an item."""

    CREATED = "CREATED"
    CHANGED = "CHANGED"
    UNCHANGED = "UNCHANGED"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class Item:
    """One contact as its partner has it. What is None or blank leaves what is there; `clear` has keys to clear."""

    email: str | None = None
    external_id: str | None = None
    name: str | None = None
    source: str | None = None
    status: Status | None = None
    consent: str | None = None
    labels: Sequence[str] = ()
    fields: Sequence[tuple[str, Any]] = ()
    clear: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Upsert:
    """Items, what each is known by, and the status and the consent of new contacts whose item has none."""

    items: Sequence[Item]
    key: UpsertKey = UpsertKey.EMAIL
    status: Status = Status.PENDING
    consent: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an item: the contact's id, or every problem with it."""

    outcome: Outcome
    contact_id: int | None = None
    problems: tuple[Problem, ...] = ()

    def to_document(self) -> dict[str, Any]:
        """As JSON has it."""
        problems = [[problem.code.value, problem.message, problem.path] for problem in self.problems]
        return {"outcome": self.outcome.value, "contact_id": self.contact_id, "problems": problems}

    @classmethod
    def from_document(cls, raw: Mapping[str, Any]) -> "Result":
        """What `to_document` wrote."""
        problems = tuple(Problem(Code(code), message, path) for code, message, path in raw["problems"])
        return cls(Outcome(raw["outcome"]), raw["contact_id"], problems)
