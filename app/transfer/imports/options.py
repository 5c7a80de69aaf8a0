"""What a caller may ask of an import, read and refused before anything is stored."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

from app.filters.problems import Code, Problem, Refused
from app.filters.vocabulary import Status
from app.queries.contact_values import read_system_text

FIRST_STATUSES = (Status.PENDING, Status.ACTIVE)


class Mode(Enum):
    """Which rows count: of new addresses, of known ones, or all."""

    CREATE = "CREATE"
    UPDATE = "UPDATE"
    CREATE_AND_UPDATE = "CREATE_AND_UPDATE"


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is read and what its rows do.

    `status` is for new contacts whose row has none; ACTIVE needs `consent`, how these people agreed. `mapping` and
    `tool` are as `columns.planning.plan` takes them, `encoding` and `delimiter` as `files.prepare.prepare` does.
    """

    mode: Mode = Mode.CREATE_AND_UPDATE
    status: Status = Status.PENDING
    consent: str | None = None
    mapping: Any = None
    tool: str | None = None
    encoding: str | None = None
    delimiter: str | None = None

    def to_document(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self) | {"mode": self.mode.value, "status": self.status.value}

    @classmethod
    def from_document(cls, raw: Mapping[str, Any]) -> "Options":
        """What `to_document` wrote."""
        return cls(**{**raw, "mode": Mode(raw["mode"]), "status": Status(raw["status"])})


def read_options(raw: Mapping[str, Any]) -> Options:
    """Options out of a caller's words, in any case; raises Refused with every problem."""
    problems: list[Problem] = []
    mode = _chosen(raw.get("mode"), Mode.CREATE_AND_UPDATE, list(Mode), "mode", problems)
    status = _chosen(raw.get("status"), Status.PENDING, FIRST_STATUSES, "status", problems)
    texts = {name: _text(raw.get(name), name, problems) for name in ("consent", "tool", "encoding", "delimiter")}
    if status is Status.ACTIVE and not texts["consent"]:
        message = "say in consent how these people agreed to be mailed, or let them be PENDING"
        problems.append(Problem(Code.REQUIRED, message, "consent"))
    if problems:
        raise Refused(problems)
    return Options(mode, status, mapping=raw.get("mapping") or None, **texts)


def _chosen(raw: object, usual: Any, allowed: Iterable[Any], path: str, problems: list[Problem]) -> Any:
    if raw is None or raw == "":
        return usual
    word = str(raw).strip().upper().replace(" ", "_").replace("-", "_")
    found = next((one for one in allowed if one.value == word), None)
    if found is None:
        message = f"this is one of {', '.join(one.value for one in allowed)}"
        problems.append(Problem(Code.NOT_ALLOWED, message, path))
    return found or usual


def _text(raw: object, path: str, problems: list[Problem]) -> str | None:
    if raw is not None and not isinstance(raw, str):
        problems.append(Problem(Code.INVALID_TEXT, "a text is expected here", path))
        return None
    if path == "delimiter":
        return raw or None
    try:
        return read_system_text(raw, path)
    except Refused as refused:
        problems.extend(refused.problems)
        return None
