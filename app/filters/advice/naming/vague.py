"""Names that say nothing: `Segment 1`, `test`, `asdf`, `Copy of …`, only a date."""

from collections.abc import Set
from typing import Final

from app.filters.advice.naming.lexicon import DASHES
from app.filters.advice.naming.rule import Rule
from app.filters.advice.naming.words import Title
from app.filters.catalog import Catalog
from app.filters.checked import Sample
from app.filters.folding import fold


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


NOTHING: Final = _set(
    "segment segments segmen list lists untitled unnamed noname copy "
    "salinan temp temporary tmp draft example contoh foo baz filter group grup kelompok audience name nama data "
    "misc stuff something whatever default null none nil na tbd todo undefined bla blah asd qwe "
    "zxc jkl"
)
TESTS: Final = _set("test tests testing tes uji coba cobacoba")
FILLERS: Final = _set(
    "my saya new baru old lama the an this ini final of dari bar and dan or atau v version versi judul title "
    "another second first just some st nd rd th"
)
DATES: Final = _set(
    "january february march april may june july august september october november december jan feb mar apr jun jul "
    "aug sep sept oct nov dec januari februari maret mei juni juli agustus oktober desember agu okt des monday "
    "tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun senin selasa rabu kamis jumat "
    "sabtu minggu q"
)
COPIES: Final = _set("copy salinan")
COPIES_OF: Final = _set("of dari")
ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BOTH_WAYS: Final = (*ROWS, *(row[::-1] for row in ROWS))
_MARKS: Final = DASHES | {"(", "[", "_"}
SHORTEST_RUN: Final = 3
SHORTEST_TYPED: Final = 4


def says_nothing(title: Title, rule: Rule, taken: Set[int]) -> bool:
    """Whether nobody could tell from a name whom it means; a place that is taken has a word that says something."""
    if _is_copy(title, rule.catalog):
        return True
    places = [place for place in range(len(title.words)) if title.is_letters(place)]
    if taken or not places:
        return not places
    if any(isinstance(each.condition, Sample) for each in rule.signed):
        return False
    is_begun = any(title.word(place) in DATES or _is_nothing(title, place) for place in places)
    return is_begun and all(_is_filler(title, place) for place in places)


def _is_filler(title: Title, place: int) -> bool:
    return title.word(place) in DATES | FILLERS or _is_nothing(title, place)


def _is_nothing(title: Title, place: int) -> bool:
    """Whether a word means nothing; letters beside digits, as in `B2B`, and capitals, as in `AAA`, are a code."""
    word = title.word(place)
    if word in NOTHING | TESTS or _is_typed(word):
        return True
    if len(word) == 1:
        return word.isascii() and not _is_of_code(title, place)
    return _is_repeated(word) and not title.between(place, place).isupper()


def _is_of_code(title: Title, place: int) -> bool:
    is_behind = title.is_number(place - 1) and title.is_glued(place)
    return is_behind or (title.is_number(place + 1) and title.is_glued(place + 1))


def _is_repeated(word: str) -> bool:
    """Whether one letter is all of it, or one such word twice or more."""
    period = (word + word).find(word, 1)
    part = word[:period]
    times = len(word) // period if period else 0
    return (times > 2 and period == 1) or (times > 1 and (part in NOTHING | TESTS or _is_typed(part)))


def _is_typed(word: str) -> bool:
    """Whether it is but runs along the rows of a keyboard."""
    if len(word) < SHORTEST_TYPED:
        return False
    start = 0
    while start < len(word):
        length = _run(word, start)
        if length < SHORTEST_RUN:
            return False
        start += length
    return True


def _run(word: str, start: int) -> int:
    """How many letters from there on stand side by side on a row."""
    length = 0
    while start + length < len(word) and any(word[start : start + length + 1] in row for row in _BOTH_WAYS):
        length += 1
    return length


def _is_copy(title: Title, catalog: Catalog) -> bool:
    """`Copy of …`, `… (copy)`, `… - copy (2)`; `… copy` where there is a segment of the name before it."""
    if title.word(0) in COPIES and title.word(1) in COPIES_OF:
        return True
    place = len(title.words) - 1
    while place > 0 and title.word(place) not in COPIES and not title.is_letters(place):
        place -= 1
    if place <= 0 or title.word(place) not in COPIES:
        return False
    before, behind = title.word(place - 1), title.word(place + 1)
    return before in _MARKS or behind == "(" or _is_segment(title.text[: title.words[place].start], catalog)


def _is_segment(name: str, catalog: Catalog) -> bool:
    return any(fold(name) == fold(segment.name) for segment in catalog.segments.values())
