"""How a filter's contacts compare with those of segments: which to count, and what of it is told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.filters.advice.pieces import AdviceCode, Piece
from app.filters.advice.sentences import inside, nearly_same, same_contacts, same_rule
from app.filters.catalog import Segment

NEARLY: Final = 0.95
MOST_ALIKE: Final = 3
MOST_COUNTED: Final = 5
# Of a guess; less than what is nearly the same, for some contacts may not be quite like all.
GUESSED_NEARLY: Final = 0.85


@dataclass(frozen=True, slots=True)
class Likeness:
    """A segment of `size` contacts, so many of which are among the filter's own `count`: those in `both`."""

    segment: Segment
    count: int
    size: int
    both: int

    @property
    def either(self) -> int:
        """How many are in the filter, in the segment, or in both."""
        return self.count + self.size - self.both

    @property
    def jaccard(self) -> float:
        """How alike they are, from 0 to 1: the share of those in either that are in both."""
        return self.both / self.either if self.either else 0.0

    @property
    def is_around(self) -> bool:
        """Whether the segment has all of the filter's contacts, and more."""
        return self.both == self.count < self.size


def likeliest(guessed: Sequence[Likeness], most_around: float) -> list[Segment]:
    """The segments that are worth counting: the most alike, and the smallest that may be around the filter.

    Those have at most `most_around` contacts.
    """
    alike = sorted((each for each in guessed if each.jaccard >= GUESSED_NEARLY), key=lambda one: -one.jaccard)
    chosen = alike[:MOST_ALIKE]
    around = [each for each in guessed if each.is_around and each.size <= most_around and each not in chosen]
    chosen += sorted(around, key=lambda one: (one.size, one.segment.id))
    return [each.segment for each in chosen[:MOST_COUNTED]]


def likeness_pieces(same: Sequence[Segment], found: Sequence[Likeness], most_around: float) -> list[Piece]:
    """Segments of the same meaning, then others by how alike they are; MOST_ALIKE at most.

    Of segments that are around the filter the smallest is told, if it has no more than `most_around` contacts, and
    none where one has the very same contacts.
    """
    by_rule = [Piece(AdviceCode.SAME_AS, same_rule(each.name), segment=each) for each in same]
    others = [each for each in found if each.segment.id not in {segment.id for segment in same}]
    pieces = [*by_rule, *_alike(others)]
    if not any(piece.code is AdviceCode.SAME_AS for piece in pieces):
        pieces += _around([each for each in others if each.jaccard < NEARLY and each.size <= most_around])
    return pieces[:MOST_ALIKE]


def _alike(found: Sequence[Likeness]) -> Iterator[Piece]:
    for each in sorted(found, key=lambda one: -one.jaccard):
        name = each.segment.name
        if each.both == each.either:
            yield Piece(AdviceCode.SAME_AS, same_contacts(name, each.count), segment=each.segment)
        elif each.jaccard >= NEARLY:
            yield Piece(AdviceCode.NEARLY_SAME, nearly_same(name, each.both, each.either), segment=each.segment)


def _around(found: Sequence[Likeness]) -> Iterator[Piece]:
    around = sorted((each for each in found if each.is_around), key=lambda one: (one.size, one.segment.id))
    for each in around[:1]:
        yield Piece(AdviceCode.INSIDE, inside(each.segment.name, each.count, each.size), segment=each.segment)
