"""Texts that are one of some, and that have certain pieces and lack others."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import assert_never


class Place(Enum):
    """Where a piece stands in a text."""

    START = "START"
    END = "END"
    ANYWHERE = "ANYWHERE"


@dataclass(frozen=True, slots=True)
class Piece:
    """A text that stands at a place of another."""

    place: Place
    text: str

    def is_in(self, whole: str) -> bool:
        """Whether the whole text has it there."""
        match self.place:
            case Place.START:
                return whole.startswith(self.text)
            case Place.END:
                return whole.endswith(self.text)
            case Place.ANYWHERE:
                return self.text in whole
            case _:
                assert_never(self.place)

    def brings(self, other: "Piece") -> bool:
        """Whether every text that has this one has the other."""
        return other.place in (self.place, Place.ANYWHERE) and other.is_in(self.text)

    def bars(self, other: "Piece") -> bool:
        """Whether no text can have both: two beginnings or two ends, neither of which continues the other."""
        same_end = self.place is other.place and self.place is not Place.ANYWHERE
        return same_end and not self.brings(other) and not other.brings(self)


@dataclass(frozen=True, slots=True)
class Texts:
    """A text, or where it may be `absent`, none.

    It is one of `whole` (None: any), and as entered one of `entered`; it has at least one piece of each of
    `required`; and it is none of `not_whole` and `not_entered` and has no piece of `barred`.
    """

    absent: bool = True
    whole: frozenset[str] | None = None
    entered: frozenset[str] | None = None
    required: tuple[tuple[Piece, ...], ...] = ()
    not_whole: frozenset[str] = frozenset()
    not_entered: frozenset[str] = frozenset()
    barred: tuple[Piece, ...] = ()

    @property
    def size(self) -> int:
        """About how often a piece is looked for in a text."""
        pieces = sum(map(len, self.required)) + len(self.barred)
        wholes = 0 if self.whole is None else len(self.whole)
        return 1 + len(self.not_whole) // 8 + wholes // 8 + pieces * (pieces if self.whole is None else wholes)

    def __and__(self, other: "Texts") -> "Texts":
        return Texts(
            self.absent and other.absent,
            _one_of_both(self.whole, other.whole),
            _one_of_both(self.entered, other.entered),
            (*self.required, *other.required),
            self.not_whole | other.not_whole,
            self.not_entered | other.not_entered,
            (*self.barred, *other.barred),
        )

    def __bool__(self) -> bool:
        if self.absent:
            return True
        if self.entered is not None and self.entered <= self.not_entered:
            return False
        if self.whole is not None:
            return any(map(self._allows, self.whole - self.not_whole))
        return all(any(map(self._leaves, pieces)) for pieces in self.required)

    def _allows(self, whole: str) -> bool:
        return all(_any_in(whole, pieces) for pieces in self.required) and not _any_in(whole, self.barred)

    def _leaves(self, piece: Piece) -> bool:
        """Whether a text that has the piece may be as is asked."""
        is_out = any(map(piece.brings, self.barred))
        return not is_out and not any(all(map(piece.bars, pieces)) for pieces in self.required)


def _any_in(whole: str, pieces: Iterable[Piece]) -> bool:
    return any(piece.is_in(whole) for piece in pieces)


def _one_of_both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other
