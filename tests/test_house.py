"""The house is as its map says, and what is generated is fresh."""

import ast
import re
from pathlib import Path

import pytest
from graphql import build_schema

import app
from app.graphql.descriptions import undescribed
from app.graphql.schema import printed_schema
from app.queries.migrations import missing_migrations

ROOT = Path(__file__).parent.parent
ROOMS = [path for path in (ROOT / "app").iterdir() if path.name != "__pycache__" and path.stem != "__init__"]
MODULES = [path for path in (ROOT / "app").rglob("*.py") if "graphiql" not in path.parts]
FORBIDDEN = {"utils", "helpers", "common", "core", "base", "misc", "manager", "service", "handler", "processor"}


def _caption(path: Path) -> str:
    module = path / "__init__.py" if path.is_dir() else path
    return (ast.get_docstring(ast.parse(module.read_text())) or "").splitlines()[0]


def test_code_map_names_every_room_with_its_caption() -> None:
    lines = re.findall(r"^([a-z]+) {2,}(\S.*)$", app.__doc__ or "", re.MULTILINE)
    assert dict(lines) == {path.stem: _caption(path) for path in ROOMS}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_has_a_caption_and_a_name_of_the_field(path: Path) -> None:
    assert _caption(path) if path.parent.name != "app" or path.stem != "__init__" else True
    assert path.stem not in FORBIDDEN


def test_committed_schema_is_fresh() -> None:
    assert (ROOT / "schema.graphql").read_text() == printed_schema(), "run: uv run pilah schema > schema.graphql"


async def test_models_need_no_migration_that_is_not_there() -> None:
    assert await missing_migrations() == []


def test_every_type_of_the_schema_is_described() -> None:
    types = build_schema(printed_schema()).type_map.values()
    assert [type.name for type in types if not type.name.startswith("__") and not type.description] == []


def test_every_field_argument_and_value_is_described() -> None:
    assert undescribed(build_schema(printed_schema()).type_map) == [], "describe them, or let descriptions.py do so"
