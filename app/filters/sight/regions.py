"""The regions into which sets of contacts part each other, as in a Venn diagram, and the filter that each means."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from app.filters.checked import Filter
from app.filters.sight.tally import Tally
from app.filters.tree import And, Not


@dataclass(frozen=True, slots=True)
class Region:
    """Whoever is in the sets at all the places `inside`, and in none of the other sets."""

    inside: tuple[int, ...]
    outside: tuple[int, ...]
    groups: int


def pairs(sets: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Each two places, and the groups that are in both sets."""
    return ((one, other, sets[one] & sets[other]) for one, other in combinations(range(len(sets)), 2))


def regions(sets: Sequence[int], tally: Tally) -> Iterator[Region]:
    """Every region within the union, those in the fewest sets first. No two share a contact."""
    found = [_region(flags, sets, tally) for flags in product((True, False), repeat=len(sets)) if any(flags)]
    yield from sorted(found, key=lambda region: len(region.inside))


def filter_of(region: Region, filters: Sequence[Filter]) -> Filter:
    """The filter that means a region of the sets that these filters mean."""
    outside: list[Filter] = [Not(filters[place]) for place in region.outside]
    return And((*(filters[place] for place in region.inside), *outside))


def _region(flags: Sequence[bool], sets: Sequence[int], tally: Tally) -> Region:
    groups = tally.everyone
    for flag, each in zip(flags, sets, strict=True):
        groups &= each if flag else tally.without(each)
    inside = tuple(place for place, flag in enumerate(flags) if flag)
    return Region(inside, tuple(place for place, flag in enumerate(flags) if not flag), groups)
