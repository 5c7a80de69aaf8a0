"""Callers of the released schema are not broken, but for what is listed with its reason."""

import tomllib
from pathlib import Path

import pytest
from graphql import build_schema, find_breaking_changes

from app.graphql.schema import printed_schema

FOLDER = Path(__file__).parent / "released"
RELEASED = (FOLDER / "schema.graphql").read_text()


def breaking(text: str) -> set[str]:
    """What of a schema breaks callers of the released one."""
    return {change.description for change in find_breaking_changes(build_schema(RELEASED), build_schema(text))}


def listed() -> dict[str, str]:
    """The breaking changes that are meant, with their reasons."""
    changes = tomllib.loads((FOLDER / "breaking.toml").read_text()).get("change", [])
    return {change["what"]: change["why"] for change in changes}


def test_every_breaking_change_is_listed_with_its_reason() -> None:
    assert breaking(printed_schema()) == set(listed())
    assert all(listed().values())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("sendableCount: Int!", "sendable: Int!"),
        ("field(key: String!): Field", "field(key: String!, type: FieldType!): Field"),
        ("  HARD_BOUNCE\n", ""),
        ("amount: Int!", "amount: String!"),
    ],
)
def test_a_change_that_breaks_callers_is_found(before: str, after: str) -> None:
    assert before in RELEASED
    assert breaking(RELEASED.replace(before, after))
