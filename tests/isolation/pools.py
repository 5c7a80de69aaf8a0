"""What a workspace is known by: the ids and words that its answers hold."""

from collections import defaultdict
from collections.abc import Iterator
from random import Random
from typing import Any

from app.filters.ids import from_global, to_global

# Words of the other workspace that an asker may know, as they stand in its values; and those nobody can know.
OWN = "qzatwn"
THEIRS = "qzbtwn"
GHOSTLY = "qzctwn"
SPARE = "qzdtwn"
SECRET = "qzsecret"

BURNT = 50
MOST_OF_A_KIND = 8
MOST_WORDS = 11  # as many as one filling leaves


class Pool:
    """The ids by kind, cursors included, for they are spelled likewise; and words.

    What is `shunned` is never learned.
    """

    def __init__(self) -> None:
        self.shunned: set[tuple[str, int]] = set()
        self.ids: defaultdict[str, set[int]] = defaultdict(set)
        self.texts: list[str] = []

    def learn(self, answer: Any) -> None:
        """Take every id out of an answer."""
        for text in strings_in(answer):
            if (found := from_global(text)) is not None and found not in self.shunned:
                self.ids[found[0]].add(found[1])

    def shun(self, answer: Any) -> None:
        """Never learn the ids in an answer that aren't known yet."""
        self.shunned |= {found for text in strings_in(answer) if (found := from_global(text))} - self.known()

    def known(self) -> set[tuple[str, int]]:
        """All ids, as kind and number."""
        return {(kind, number) for kind, numbers in self.ids.items() for number in numbers}

    def latest(self) -> list[str]:
        """The latest ids of each kind, for they are likely to be fit for what is asked of them."""
        return [
            to_global(kind, number)
            for kind, numbers in self.ids.items()
            for number in sorted(numbers)[-MOST_OF_A_KIND:]
        ]

    def any_id(self, random: Random, wanted: str | None = None) -> str:
        """One of the ids, else of any kind as likely as of another; cursors are written with a small letter."""
        kind = wanted or random.choice(sorted(kind for kind in self.ids if kind[0].isupper()) or ["Contact"])
        return to_global(kind, random.choice(sorted(self.ids[kind])[-MOST_OF_A_KIND:] or [1]))


def id_pairs(theirs: Pool, mine: Pool, random: Random, most: int) -> Iterator[tuple[str, str]]:
    """Ids that the other has alone, the first and some of the latest of each kind, each with one that nothing has.

    What was burnt comes just before all of theirs: as a place in an order it is the same to whoever has neither.
    """
    for kind, numbers in theirs.ids.items():
        own = sorted(numbers - mine.ids.get(kind, set()))
        latest = own[1:][-MOST_OF_A_KIND:]
        for place, number in enumerate([*own[:1], *random.sample(latest, min(most - 1, len(latest)))], start=1):
            yield to_global(kind, number), to_global(kind, own[0] - place)


def is_id(text: str) -> bool:
    """Whether it is the id of something; cursors are written with a small letter."""
    return (found := from_global(text)) is not None and found[0][:1].isupper()


def text_pairs(theirs: Pool) -> Iterator[tuple[str, str]]:
    """Words of the other, each with one that nobody has."""
    known = [text for text in theirs.texts if THEIRS in text]
    yield from ((text, text.replace(THEIRS, GHOSTLY)) for text in known[-MOST_WORDS:])


def strings_in(value: Any) -> Iterator[str]:
    """Every text within JSON."""
    match value:
        case str():
            yield value
        case list():
            for one in value:
                yield from strings_in(one)
        case dict():
            for one in value.values():
                yield from strings_in(one)
