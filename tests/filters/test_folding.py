"""Texts that look or sound the same are compared the same."""

import sys
import unicodedata

import pytest

from app.filters.folding import fold, is_storable, piles_marks
from tests.oracle.meaning import folded


@pytest.mark.parametrize(
    ("text", "as_compared"),
    [
        ("Jakarta", "jakarta"), ("  Jakarta \t Selatan\n", "jakarta selatan"), ("a\u00a0\u2003b\u3000", "a b"),
         ("\x1f \x85", ""),
        ("STRASSE", "strasse"), ("Straße", "strasse"), ("STRAẞE", "strasse"), ("ﬁrst", "first"), ("e\u0301", "é"),
         ("É", "é"),
        ("İ", "i\u0307"), ("ı", "ı"), ("I", "i"), ("Σίσυφος", "σίσυφοσ"), ("ｆｕｌｌ①", "full1"),
        ("\u00a8x", "\u0308x"), ("㍿", "株式会社"),
        ("100%_\\", "100%_\\"), ("\u200b", "\u200b"), ("👩‍👩‍👧", "👩‍👩‍👧"), ("", ""),
    ],
)  # fmt: skip
def test_is_compared_as(text: str, as_compared: str) -> None:
    assert fold(text) == as_compared


def test_every_character_folds_once_and_as_the_oracle_says() -> None:
    for code in range(sys.maxunicode + 1):
        text = f"a{chr(code)} b"
        assert fold(text) == folded(text)
        assert is_storable(fold(text)) == is_storable(text) == (code != 0 and not 0xD800 <= code <= 0xDFFF)


@pytest.mark.parametrize("mark", ["\u0301", "\u0f73", "\uff9e", "\u0316\uff9e"])
def test_marks_that_are_piled_are_told_from_those_that_are_not(mark: str) -> None:
    assert piles_marks("a" + mark * 101)
    assert not piles_marks(("a" + mark * 50 if len(mark) == 1 else "a" + mark * 25) * 20)


def test_what_becomes_nothing_but_marks_counts_as_one() -> None:
    for code in range(sys.maxunicode + 1):
        if all(map(unicodedata.combining, unicodedata.normalize("NFKC", chr(code)))):
            assert piles_marks(chr(code) * 101), hex(code)


def test_what_is_folded_stays_so_for_every_letter() -> None:
    unsteady = [chr(code) for code in range(sys.maxunicode + 1) if fold(fold(chr(code))) != fold(chr(code))]
    assert unsteady == []
