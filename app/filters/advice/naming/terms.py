"""The labels, options, values and other names that stand in a segment's name."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from app.filters.advice.naming.words import Title, variants
from app.filters.folding import fold

LONGEST_TERM: Final = 12


@dataclass(frozen=True, slots=True)
class Term:
    """Words of a name, from one place to another, that are something known by its folded name `key`."""

    first: int
    last: int
    key: str

    @property
    def places(self) -> range:
        """The places of its words."""
        return range(self.first, self.last + 1)


def terms(title: Title, is_known: Callable[[str], bool]) -> Iterator[Term]:
    """Where folded names that are known stand in a title, in singular or plural; the longest at each place."""
    place = 0
    while place < len(title.words):
        found = _longest(title, place, is_known)
        if found:
            yield found
        place = found.last + 1 if found else place + 1


def _longest(title: Title, first: int, is_known: Callable[[str], bool]) -> Term | None:
    for last in range(min(first + LONGEST_TERM, len(title.words)) - 1, first - 1, -1):
        for key in variants(fold(title.between(first, last))):
            if is_known(key):
                return Term(first, last, key)
    return None


def places_of(found: Iterable[Term]) -> frozenset[int]:
    """The places of all their words."""
    return frozenset(place for term in found for place in term.places)
