"""A short name that says what a filter does: `VIP in Jakarta, Active`."""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Final

from app.filters.advice.naming.phrases import Phrase, Place, phrase_of
from app.filters.catalog import Catalog, Segment
from app.filters.checked import Filter
from app.filters.folding import fold
from app.filters.summary import summarize
from app.filters.tree import And, Not, Or

LONGEST_NAME: Final = 80
LONGEST_FOLDED: Final = 300


def names_for(tree: Filter, catalog: Catalog, taken: frozenset[str]) -> Iterator[str]:
    """Names of at most LONGEST_NAME characters, none of which is taken: the best first, without end."""
    return (name for name in _names(tree, catalog) if fold(name) not in taken)


def names_taken(catalog: Catalog, own: Segment | None = None) -> frozenset[str]:
    """The folded names of all segments but the own one."""
    return frozenset(fold(segment.name) for segment in catalog.segments.values() if segment != own)


def _names(tree: Filter, catalog: Catalog) -> Iterator[str]:
    short = _cut(_capital(_phrase(tree)))
    summary = summarize(tree, catalog.zone)
    yield short
    if len(summary) <= LONGEST_NAME and len(fold(summary)) <= LONGEST_FOLDED:
        yield " ".join(summary.split())
    yield from (_numbered(short, number) for number in count(2))


def _phrase(tree: Filter) -> Phrase:
    match tree:
        case And(parts):
            return _all([phrase for part in parts for phrase in _phrases(part)])
        case Or(parts):
            return _any([_phrase(part) for part in parts])
        case Not(Not(part)):
            return _phrase(part)
        case Not(And((part,)) | Or((part,))):
            return _phrase(Not(part))
        case Not(part):
            return _not(_phrase(part))
        case _:
            return phrase_of(tree)


def _phrases(tree: Filter) -> list[Phrase]:
    """An And within an And is as if its parts stood beside it."""
    return [phrase for part in tree.parts for phrase in _phrases(part)] if isinstance(tree, And) else [_phrase(tree)]


def _all(phrases: Sequence[Phrase]) -> Phrase:
    """Whom, where, and what more: `VIP in Jakarta, Orders > 3, Active`."""
    if len(phrases) == 1:
        return phrases[0]
    who, where, *more = (", ".join(each.words for each in phrases if each.place is place) for place in Place)
    together = f"{who or 'Contacts'} {where}" if where else who
    return Phrase(Place.MIXED, ", ".join(words for words in (together, *more) if words) or "Everyone")


def _any(phrases: Sequence[Phrase]) -> Phrase:
    if len(phrases) == 1:
        return phrases[0]
    places = {each.place for each in phrases}
    words = (f"({each.words})" if each.place is Place.MIXED else each.words for each in phrases)
    place = places.pop() if len(places) == 1 else Place.WHAT
    return Phrase(Place.WHAT if place is Place.MIXED else place, " or ".join(words) or "No One")


def _not(phrase: Phrase) -> Phrase:
    is_group = phrase.place is Place.MIXED or " or " in phrase.words
    place = Place.WHAT if phrase.place in (Place.MIXED, Place.WHO) else phrase.place
    return Phrase(place, f"not ({phrase.words})" if is_group else f"not {phrase.words}")


def _capital(phrase: Phrase) -> str:
    words = " ".join(phrase.words.split())
    return f"Contacts {words}" if phrase.place is Place.WHERE else words[:1].upper() + words[1:]


def _cut(name: str, longest: int = LONGEST_NAME) -> str:
    """A name that is not too long, with whole parts where one fits."""
    if len(name) <= longest and len(fold(name)) <= LONGEST_FOLDED:
        return name
    start = name[: longest - 3]
    while len(fold(start)) > LONGEST_FOLDED - 3:
        start = start[: len(start) // 2]
    whole = max(start.rfind(", "), start.rfind(" or "))
    return (start[:whole] if whole > 0 else start).rstrip(" ,(") + ", …"


def _numbered(name: str, number: int) -> str:
    behind = f" ({number})"
    return _cut(name, LONGEST_NAME - len(behind)) + behind
