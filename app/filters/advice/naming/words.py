"""A name as words, numbers and signs, each with its place in it."""

import re
from collections.abc import Set
from dataclasses import dataclass
from typing import Final
from unicodedata import normalize

from app.filters.folding import fold

_WORD: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)*|[^\W0-9_]+|[^\w\s]|_")


@dataclass(frozen=True, slots=True)
class Word:
    """A number, a word of letters or one sign, folded; from `start` to before `end` of the name."""

    text: str
    start: int
    end: int

    @property
    def is_number(self) -> bool:
        """Whether it is digits, perhaps with points and commas between."""
        return "0" <= self.text[:1] <= "9"

    @property
    def is_letters(self) -> bool:
        """Whether it is a word of letters."""
        return self.text[:1].isalpha()


@dataclass(frozen=True, slots=True)
class Title:
    """A name that is read: its `text`, composed, with its words."""

    text: str
    words: tuple[Word, ...]

    def word(self, place: int) -> str:
        """The folded word at a place; "" beyond the ends."""
        return self.words[place].text if 0 <= place < len(self.words) else ""

    def is_number(self, place: int) -> bool:
        """Whether a number stands there."""
        return 0 <= place < len(self.words) and self.words[place].is_number

    def is_letters(self, place: int) -> bool:
        """Whether a word of letters stands there."""
        return 0 <= place < len(self.words) and self.words[place].is_letters

    def is_glued(self, place: int) -> bool:
        """Whether nothing is between the word there and the one before it."""
        return 0 < place < len(self.words) and self.words[place - 1].end == self.words[place].start

    def is_code(self, place: int) -> bool:
        """Whether letters are right before a number, as in `Q3`."""
        return self.is_glued(place) and self.is_letters(place - 1)

    def has(self, words: Set[str]) -> bool:
        """Whether one of these words is in it."""
        return any(word.text in words for word in self.words)

    def between(self, first: int, last: int) -> str:
        """The name from one word to another, as written."""
        return self.text[self.words[first].start : self.words[last].end]

    def with_replaced(self, place: int, by: str) -> str:
        """The name with other text instead of the word there."""
        return self.text[: self.words[place].start] + by + self.text[self.words[place].end :]


def read_title(name: str) -> Title:
    """A name with its words. Takes time by its length alone."""
    text = normalize("NFC", name)
    found = (Word(fold(match.group()), match.start(), match.end()) for match in _WORD.finditer(text))
    return Title(text, tuple(word for word in found if word.text))


def has_words(text: str, part: str) -> bool:
    """Whether a folded text has all words of another, side by side."""
    words, wanted = _WORD.findall(text), _WORD.findall(part)
    return any(words[place : place + len(wanted)] == wanted for place in range(len(words) - len(wanted) + 1))


def variants(text: str) -> tuple[str, str, str]:
    """A folded word with and without the `s` of the plural."""
    return text, f"{text}s", text.removesuffix("s")
