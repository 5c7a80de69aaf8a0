"""Words as they are looked up."""

import pytest

from app.transfer.columns.words import LONGEST_WORD, plain


@pytest.mark.parametrize(
    ("text", "word"), [("E-Mail_Address", "e mail address"), (" STRAẞE ", "strasse"), ("–", ""), ("✓", "")]
)
def test_words_lose_case_and_punctuation(text: str, word: str) -> None:
    assert plain(text) == word


def test_of_a_long_text_only_the_beginning_is_folded() -> None:
    assert plain("x" * 1_000_000) == "x" * LONGEST_WORD
    assert len(plain("a" + "\u0316\u0301" * 500_000)) <= LONGEST_WORD
