"""What the oracle is told: a workspace, its people as they were entered, and the moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

Pins = tuple[frozenset[int], frozenset[int]]


@dataclass(frozen=True, slots=True)
class Person:
    """A contact as entered: system values under their keys (texts and aware datetimes), custom ones raw."""

    id: int
    status: str
    system: Mapping[str, Any]
    labels: frozenset[int] = frozenset()
    custom: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class World:
    """A workspace: types of all its fields by key, options, labels' names, segments, people, zone.

    A segment is its document, or the ids of a fixed list's members; `pins` are who is always in one, and who never.
    """

    zone: ZoneInfo
    types: Mapping[str, str]
    options: Mapping[str, tuple[str, ...]]
    labels: Mapping[int, str]
    segments: Mapping[int, dict[str, Any] | frozenset[int]]
    people: tuple[Person, ...]
    pins: Mapping[int, Pins] = field(default_factory=dict)
    cache: dict[Any, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Moment:
    """The world as of `at` (aware)."""

    world: World
    at: datetime
