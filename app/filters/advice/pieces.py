"""A piece of advice: what to consider about a filter, a sentence, and the edit that follows it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from app.filters.catalog import Segment
from app.filters.checked import Filter
from app.filters.vocabulary import Status

MOST_PIECES: Final = 20


class AdviceCode(Enum):
    """What to consider, the gravest first."""

    CONTRADICTORY = "CONTRADICTORY"
    EMPTY = "EMPTY"
    ALWAYS_TRUE = "ALWAYS_TRUE"
    TOO_BROAD = "TOO_BROAD"
    NAME_DISAGREES = "NAME_DISAGREES"
    NOT_SENDABLE = "NOT_SENDABLE"
    SAME_AS = "SAME_AS"
    NEARLY_SAME = "NEARLY_SAME"
    INSIDE = "INSIDE"
    REMOVES_NOBODY = "REMOVES_NOBODY"
    ADDS_NOBODY = "ADDS_NOBODY"
    NAME_SAYS_NOTHING = "NAME_SAYS_NOTHING"


@dataclass(frozen=True, slots=True)
class Edit:
    """An edited filter, how many it matches, and how many of those may be mailed."""

    tree: Filter
    count: int
    sendable: int


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing to consider: of the node at `path`, or of the whole filter where that is None."""

    code: AdviceCode
    message: str
    path: str | None = None
    edit: Edit | None = None
    suggested_name: str | None = None
    segment: Segment | None = None
    by_status: Mapping[Status, int] | None = None


_GRAVITY: Final = {code: place for place, code in enumerate(AdviceCode)}


def in_order(pieces: Iterable[Piece]) -> list[Piece]:
    """The gravest first, of each node the gravest alone, MOST_PIECES at most."""
    return list(_once_a_node(sorted(pieces, key=lambda piece: _GRAVITY[piece.code])))[:MOST_PIECES]


def _once_a_node(pieces: Iterable[Piece]) -> Iterator[Piece]:
    told: set[str] = set()
    for piece in pieces:
        if piece.path is None:
            yield piece
        elif piece.path not in told:
            told.add(piece.path)
            yield piece
