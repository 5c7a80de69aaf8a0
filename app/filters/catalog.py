"""What a workspace lets a filter name: its fields, labels, segments and time zone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from app.filters.folding import fold
from app.filters.sought import sought_texts
from app.filters.vocabulary import FieldType, SegmentKind


@dataclass(frozen=True, slots=True)
class Field:
    """A property of contacts. `id` is None for the system's own; `options` are a CHOICE's, in order."""

    key: str
    name: str
    type: FieldType
    options: tuple[str, ...] = ()
    id: int | None = None

    @property
    def is_system(self) -> bool:
        """Whether every workspace has it."""
        return self.id is None


@dataclass(frozen=True, slots=True)
class Label:
    """A tag on contacts."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A named filter (its stored document) or, without one, a fixed list.

    `has_pinned_in` and `has_pinned_out` tell whether contacts are always in it, or never, whatever the filter says,
    and `has_many_pinned_in` whether the former are too many to look them up one by one; `version` is the number of
    the latest of its own.
    """

    id: int
    name: str
    kind: SegmentKind
    document: Any | None = field(hash=False)
    created_at: datetime | None = None
    updated_at: datetime | None = None
    has_pinned_in: bool = False
    has_pinned_out: bool = False
    has_many_pinned_in: bool = False
    version: int = 1


SYSTEM_FIELDS = tuple(
    Field(key, name, type)
    for key, name, type in (
        ("email", "E-mail", FieldType.TEXT),
        ("name", "Name", FieldType.TEXT),
        ("source", "Source", FieldType.TEXT),
        ("external_id", "External ID", FieldType.TEXT),
        ("created_at", "Created", FieldType.DATETIME),
        ("updated_at", "Updated", FieldType.DATETIME),
        ("subscribed_at", "Subscribed", FieldType.DATETIME),
        ("last_sent_at", "Last Sent", FieldType.DATETIME),
        ("last_opened_at", "Last Opened", FieldType.DATETIME),
        ("last_clicked_at", "Last Clicked", FieldType.DATETIME),
    )
)
SYSTEM_KEYS = frozenset(field.key for field in SYSTEM_FIELDS)


@dataclass(frozen=True)
class Catalog:
    """One workspace's words at one moment; what is archived or deleted is not in it.

    Of archived labels the ids are kept. `checked` keeps the segments' filters once `check.segment_filter` has checked
    them, and `meanings` what `meaning.segment_meaning` says of them.
    """

    workspace_id: int
    zone: ZoneInfo
    fields: Mapping[str, Field]
    labels: Mapping[int, Label]
    segments: Mapping[int, Segment]
    archived_labels: frozenset[int] = frozenset()
    checked: dict[int, object] = field(default_factory=dict, compare=False, repr=False)
    meanings: dict[int, str] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def labels_by_name(self) -> Mapping[str, Label]:
        """By the folded name."""
        return {fold(label.name): label for label in self.labels.values()}

    @cached_property
    def own_fields_by_name(self) -> Mapping[str, Field]:
        """The fields that are not the system's, by the folded name; of several of one name the first."""
        own = [field for field in self.fields.values() if not field.is_system]
        return {fold(field.name): field for field in reversed(own)}

    @cached_property
    def sought_texts(self) -> Mapping[str, frozenset[str]]:
        """What segments look for in text fields, folded, by the fields' keys."""
        return sought_texts(segment.document for segment in self.segments.values())
