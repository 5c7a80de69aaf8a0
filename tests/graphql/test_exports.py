"""Exports to files as GraphQL lists them, and what of imports a token without their scope may see."""

from collections.abc import Callable
from typing import Any

import pytest

from app.filters.ids import to_global
from app.queries.exports.ledger import create_export
from app.queries.imports.ledger import create_import
from app.queries.tokens import create_token
from app.transfer.imports.options import Options
from tests.conftest import WorkspaceMaker
from tests.graphql.conftest import Ask

PAGE = """query ($after: String) { exports(first: 2, after: $after) {
  nodes { id name state format rows size problem fileUrl createdAt expiresAt } pageInfo { hasNextPage endCursor } } }"""


async def exports_in(workspace: int, count: int) -> list[str]:
    """The opaque ids of new exports, newest first."""
    options = {"format": "ndjson"}
    made = [await create_export(workspace, f"export {n}", None, options, f"{workspace}.{n}") for n in range(count)]
    return [to_global("Export", number) for number in reversed(made)]


async def test_exports_are_listed_in_pages(ask: Ask, workspace: int, make_workspace: WorkspaceMaker) -> None:
    await exports_in(await make_workspace(), 1)
    ids = await exports_in(workspace, 3)
    first = (await ask(PAGE))["data"]["exports"]
    second = (await ask(PAGE, after=first["pageInfo"]["endCursor"]))["data"]["exports"]
    assert [node["id"] for node in (*first["nodes"], *second["nodes"])] == ids
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)
    node = first["nodes"][0]
    assert (node["name"], node["state"], node["format"], node["fileUrl"]) == ("export 2", "QUEUED", "NDJSON", None)
    found = (await ask("query ($id: ID!) { node(id: $id) { id ... on Export { name } } }", id=ids[0]))["data"]["node"]
    assert found == {"id": ids[0], "name": "export 2"}


def code_of(answer: dict[str, Any]) -> object:
    """The code of the one error there is."""
    (error,) = answer["errors"]
    return error["extensions"]["code"]


@pytest.mark.parametrize(
    ("scopes", "may"), [(["export"], True), (["admin"], True), (["read", "write", "import"], False)]
)
async def test_exports_need_their_scope(
    ask_as: Callable[[str], Ask], workspace: int, scopes: list[str], may: bool
) -> None:
    ids = await exports_in(workspace, 1)
    ask = ask_as(await create_token(workspace, "test", scopes))
    for answer in (await ask(PAGE), await ask("query ($id: ID!) { node(id: $id) { id } }", id=ids[0])):
        assert ("errors" not in answer) == may
        assert may or code_of(answer) == "FORBIDDEN"


@pytest.mark.parametrize("field", ["samples { line }", "refusedRows { nodes { cells } }"])
@pytest.mark.parametrize(
    ("scopes", "may"), [(["import"], True), (["admin"], True), (["read", "write", "export"], False)]
)
async def test_the_rows_of_a_file_need_the_scope_import(
    ask_as: Callable[[str], Ask], workspace: int, field: str, scopes: list[str], may: bool
) -> None:
    await create_import(workspace, "people.csv", f"file{workspace}", 1, Options().to_document(), is_dry_run=True)
    ask = ask_as(await create_token(workspace, "test", scopes))
    answer = await ask(f"{{ imports {{ nodes {{ name {field} }} }} }}")
    assert ("errors" not in answer) == may
    assert may or code_of(answer) == "FORBIDDEN"
    assert "errors" not in await ask("{ imports { nodes { name state newFields columns { key } } } }")
