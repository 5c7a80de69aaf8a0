"""What a caller may ask of an import, read and refused before anything is stored."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from enum import Enum
from functools import partial
from typing import Any

import orjson

from app.filters.problems import Code, Problem, Refused, did_you_mean, shown, speakable
from app.filters.vocabulary import Status
from app.queries.contact_values import read_system_text
from app.transfer.columns.presets import preset_for
from app.transfer.files.csv_header import check_delimiter
from app.transfer.files.formats.encodings import known_encoding

FIRST_STATUSES = (Status.PENDING, Status.ACTIVE)
WORDS = ("mode", "status", "consent", "mapping", "tool", "encoding", "delimiter", "dryRun")
YES, NO = frozenset({"1", "true", "yes"}), frozenset({"", "0", "false", "no"})
LONGEST_SHOWN = 100
LONGEST_MAPPING = 500_000


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
        plain = {each.name: getattr(self, each.name) for each in fields(self)}
        return plain | {"mode": self.mode.value, "status": self.status.value}

    @classmethod
    def from_document(cls, raw: Mapping[str, Any]) -> "Options":
        """What `to_document` wrote."""
        return cls(**{**raw, "mode": Mode(raw["mode"]), "status": Status(raw["status"])})


def read_options(raw: Mapping[str, Any]) -> Options:
    """Options out of a caller's words, in any case; raises Refused with every problem.

    `dryRun` is among the words, and read by `is_dry_run`. A mapping may be the text of its JSON.
    """
    problems = [_unknown(word) for word in raw if word not in WORDS]
    mode = _chosen(raw.get("mode"), Mode.CREATE_AND_UPDATE, list(Mode), "mode", problems)
    status = _chosen(raw.get("status"), Status.PENDING, FIRST_STATUSES, "status", problems)
    texts = {name: _text(raw.get(name), name, problems) for name in ("consent", "tool", "encoding", "delimiter")}
    mapping = _mapping(raw.get("mapping"), problems)
    if status is Status.ACTIVE and not texts["consent"] and all(one.path != "consent" for one in problems):
        message = "say in consent how these people agreed to be mailed, or let them be PENDING"
        problems.append(Problem(Code.REQUIRED, message, "consent"))
    for check in (lambda: is_dry_run(raw), lambda: preset_for((), texts["tool"])):
        _collected(check, problems)
    if texts["encoding"]:
        _collected(partial(known_encoding, texts["encoding"], b""), problems)
    if texts["delimiter"]:
        _collected(partial(check_delimiter, texts["delimiter"]), problems)
    if problems:
        raise Refused(problems)
    return Options(mode, status, mapping=mapping, **texts)


def is_dry_run(raw: Mapping[str, Any]) -> bool:
    """Whether nothing is to be written; raises Refused where the word says neither yes nor no."""
    word = str(raw.get("dryRun") or "").strip().lower()
    if word not in YES | NO:
        raise Refused.because(Code.INVALID_BOOLEAN, "whether this is a dry run is true or false", "dryRun")
    return word in YES


def _unknown(word: str) -> Problem:
    message = f"there is no option {shown(word)}{did_you_mean(word, WORDS)}"
    return Problem(Code.UNKNOWN_OPTION, message, speakable(word[:LONGEST_SHOWN]))


def _collected(check: Callable[[], object], problems: list[Problem]) -> None:
    try:
        check()
    except Refused as refused:
        problems.extend(refused.problems)


def _chosen(raw: object, usual: Any, allowed: Iterable[Any], path: str, problems: list[Problem]) -> Any:
    if raw is None or raw == "":
        return usual
    word = str(raw).strip().upper().replace(" ", "_").replace("-", "_")
    found = next((one for one in allowed if one.value == word), None)
    if found is None:
        message = f"the {path} is one of {', '.join(one.value for one in allowed)}"
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


def _mapping(raw: object, problems: list[Problem]) -> object:
    if not raw:
        return None
    if isinstance(raw, str) and len(raw) > LONGEST_MAPPING:
        message = f"a mapping has at most {LONGEST_MAPPING:,} characters"
        problems.append(Problem(Code.TOO_LONG, message, "mapping"))
        return None
    try:
        found = orjson.loads(raw) if isinstance(raw, str) else raw
    except orjson.JSONDecodeError:
        problems.append(Problem(Code.INVALID_TEXT, "the mapping is no JSON that can be read", "mapping"))
        return None
    if not isinstance(found, dict):
        message = "a mapping has the file's column names, and what each becomes"
        problems.append(Problem(Code.ONE_OF, message, "mapping"))
    return found
