"""The plan for a file: what each of its columns becomes, by which rule; kept as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import Enum
from typing import Any

from app.filters.vocabulary import FieldType
from app.transfer.columns.expansion import Expansion


class Role(Enum):
    """What a column is read as. TIME is for new contacts only; NOTHING is left out."""

    EMAIL = "EMAIL"
    TEXT = "TEXT"
    STATUS = "STATUS"
    LABELS = "LABELS"
    TIME = "TIME"
    FIELD = "FIELD"
    NOTHING = "NOTHING"


class Rule(Enum):
    """What a value does to the contact's own: replace it, come where there is none, or join it (labels)."""

    OVERWRITE = "OVERWRITE"
    FILL = "FILL"
    ADD = "ADD"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file.

    `key` is of a system text, a time or a field, or the name of the reasons in a file of refused rows; `name` the
    field's, else the header's. `is_new` says that the field is to be made. `form` is how the file writes its days,
    moments or numbers; "" is ISO 8601 and plain digits. `words` are a status column's, as `statuses.read_status`
    takes them, or a field's that speaks of consent as well. `clears`: an empty cell clears the value.
    `name_part` is 1 for a first name and 2 for a last one, which together make the contact's name; 0 is neither.
    `note` is a sentence on what somebody should know before the column is loaded, or "".
    """

    role: Role
    key: str = ""
    name: str = ""
    type: FieldType = FieldType.TEXT
    is_new: bool = False
    form: str = ""
    words: tuple[tuple[str, str], ...] = ()
    rule: Rule = Rule.OVERWRITE
    clears: bool = False
    name_part: int = 0
    note: str = ""

    def to_document(self) -> dict[str, Any]:
        """As JSON has it, without what is as usual."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        usual = {field.name: field.default for field in fields(self)}
        return {
            name: value.value if isinstance(value, Enum) else value
            for name, value in given.items()
            if value != usual[name]
        }

    @classmethod
    def from_document(cls, raw: Mapping[str, Any]) -> "Column":
        """What `to_document` wrote; raises ValueError, TypeError or KeyError for anything else."""
        typed = {
            "role": Role(raw["role"]),
            "type": FieldType(raw.get("type", FieldType.TEXT.value)),
            "rule": Rule(raw.get("rule", Rule.OVERWRITE.value)),
            "words": tuple((word, status) for word, status in raw.get("words", ())),
        }
        return cls(**{**raw, **typed})


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file becomes: a column for each of the header's, then for each key of the expansions.

    `tool` is the one whose export it is, or "". `status` is what the file as a whole says of its contacts, or "".
    """

    tool: str
    columns: tuple[Column, ...]
    expansions: tuple[Expansion, ...] = ()
    status: str = ""

    def to_document(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "tool": self.tool,
            "columns": [column.to_document() for column in self.columns],
            "expansions": [{"place": one.place, "keys": list(one.keys)} for one in self.expansions],
            "status": self.status,
        }

    @classmethod
    def from_document(cls, raw: Mapping[str, Any]) -> "Plan":
        """What `to_document` wrote; raises ValueError, TypeError or KeyError for anything else."""
        return cls(
            raw["tool"],
            tuple(Column.from_document(column) for column in raw["columns"]),
            tuple(Expansion(one["place"], tuple(one["keys"])) for one in raw["expansions"]),
            raw["status"],
        )
