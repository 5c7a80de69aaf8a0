"""What the page on second sight shows can be asked."""

import re
from pathlib import Path

import pytest
from graphql import parse, validate

from app.filters.advice.pieces import AdviceCode
from app.graphql.schema import schema

PAGE = Path(__file__).parents[2] / "docs" / "second-sight.md"
EXAMPLES = re.findall(r"```graphql\n(.+?)```", PAGE.read_text(), re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_documented_example_is_valid(example: str) -> None:
    assert validate(schema._schema, parse(example)) == []


def test_page_has_examples() -> None:
    assert len(EXAMPLES) == 12


def test_every_advice_is_documented_the_gravest_first() -> None:
    section = re.search(r"\n## Advice\n(.+?)\n## ", PAGE.read_text(), re.DOTALL)
    table = section[1].split("the gravest first")[1] if section else ""
    assert re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE) == [code.value for code in AdviceCode]
