"""Texts that are one of some, and that have certain fragments and lack others."""

from dataclasses import dataclass
from enum import Enum
from typing import Final, assert_never


class Place(Enum):
    """Where a fragment stands in a text."""

    START = "START"
    END = "END"
    ANYWHERE = "ANYWHERE"


@dataclass(frozen=True, slots=True)
class Fragment:
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

    def brings(self, other: "Fragment") -> bool:
        """Whether every text that has this one has the other."""
        return other.place in (self.place, Place.ANYWHERE) and other.is_in(self.text)

    def bars(self, other: "Fragment") -> bool:
        """Whether no text can have both: two beginnings or two ends, neither of which continues the other."""
        same_end = self.place is other.place and self.place is not Place.ANYWHERE
        return same_end and not self.brings(other) and not other.brings(self)


@dataclass(frozen=True, slots=True)
class Fragments:
    """At least one fragment of each of `required`, none of `barred`, and as a whole none of `not_whole`."""

    required: tuple[tuple[Fragment, ...], ...] = ()
    barred: tuple[Fragment, ...] = ()
    not_whole: frozenset[str] = frozenset()

    @property
    def number(self) -> int:
        """How many fragments are named."""
        return sum(map(len, self.required)) + len(self.barred)

    def __and__(self, other: "Fragments") -> "Fragments":
        required = (*map(other._beside, self.required), *map(self._beside, other.required))
        return Fragments(required, (*self.barred, *other.barred), self.not_whole | other.not_whole)

    def __bool__(self) -> bool:
        return all(self.required)

    def allows(self, whole: str) -> bool:
        """Whether the text is as asked."""
        has_all = all(any(fragment.is_in(whole) for fragment in fragments) for fragments in self.required)
        return has_all and whole not in self.not_whole and not any(fragment.is_in(whole) for fragment in self.barred)

    def _beside(self, fragments: tuple[Fragment, ...]) -> tuple[Fragment, ...]:
        """Those of the fragments that a text may have which is as asked."""
        return tuple(filter(self._leaves, fragments))

    def _leaves(self, fragment: Fragment) -> bool:
        is_out = any(map(fragment.brings, self.barred))
        return not is_out and not any(all(map(fragment.bars, fragments)) for fragments in self.required)


ANY: Final = Fragments()


@dataclass(frozen=True, slots=True)
class Texts:
    """A text, or where it may be `absent`, none.

    It is one of `whole`; or where that is None, it is as the fragments ask. As entered it is one of `entered` (None:
    any text) and none of `not_entered`.
    """

    absent: bool = True
    whole: frozenset[str] | None = None
    fragments: Fragments = ANY
    entered: frozenset[str] | None = None
    not_entered: frozenset[str] = frozenset()

    def steps(self, other: "Texts") -> int:
        """As many as texts or fragments are looked at beside fragments of the other, and some for more texts."""
        own, others = self.fragments.number, other.fragments.number
        wholes = len(self.whole or ()) * (1 + 8 * others) + len(other.whole or ()) * (1 + 8 * own)
        return own * others + wholes // 16 + (len(self.fragments.not_whole) + len(other.fragments.not_whole)) // 32

    def __and__(self, other: "Texts") -> "Texts":
        whole = _one_of_both(self.whole, other.whole)
        fragments = self.fragments & other.fragments
        entered = _one_of_both(self.entered, other.entered)
        not_entered = self.not_entered | other.not_entered
        if whole is not None and fragments != ANY:
            whole, fragments = frozenset(filter(fragments.allows, whole)), ANY
        return Texts(self.absent and other.absent, whole, fragments, entered, not_entered)

    def __bool__(self) -> bool:
        if self.absent:
            return True
        if self.entered is not None and self.entered <= self.not_entered:
            return False
        return bool(self.fragments) if self.whole is None else bool(self.whole)


def _one_of_both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other
