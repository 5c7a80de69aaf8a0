"""How many statements a request sends: as many for a large page as for a small one."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tortoise.connection import get_connection

from app.filters.catalog import Catalog
from app.queries.catalogs import current_catalog
from app.queries.imports.changing import cancel_import
from app.queries.imports.ledger import create_import
from app.transfer.demo.filling import fill, furnish
from app.transfer.imports.options import Options
from app.transfer.imports.running import run_import
from tests.graphql.conftest import Ask
from tests.graphql.live_story import Story

CONTACTS = 150
ASYNCPGS_OWN = ("typeinfo_tree", "set_config('jit'")  # when a connection meets a type for the first time

WHOLE = """query ($first: Int!) {
  contacts(first: $first) {
    edges { cursor node { id email name status labels { name } fields { field { key name } value } } }
    pageInfo { hasNextPage endCursor }
  }
}"""
FILTERED = """query ($first: Int!) {
  contacts(first: $first, filter: {not: {label: {containsAny: ["VIP"]}}}) {
    nodes { email labels { name } fields(keys: ["city", "orders"]) { field { name } value } }
  }
}"""
WITH_SEGMENTS = "query ($first: Int!) { contacts(first: $first) { nodes { email segments { name } } } }"
WITH_HISTORY = "query ($first: Int!) { contacts(first: $first) { nodes { email statusHistory { cause } } } }"
COUNTED = "query ($first: Int!) { contacts(first: $first) { totalCount nodes { email labels { name } } } }"


@pytest.fixture
async def peopled(workspace: int) -> Catalog:
    """The fresh workspace with contacts, labels and fields; its catalog is warm."""
    await fill(await furnish(workspace), CONTACTS)
    return await current_catalog(workspace)


@pytest.fixture
async def sent(pool: None) -> AsyncIterator[list[str]]:
    """The statements that the pool's connections send from now on."""
    found: list[str] = []

    def note(record: Any) -> None:
        if not any(sign in record.query for sign in ASYNCPGS_OWN):
            found.append(record.query)

    connections = await _all_connections()
    for connection in connections:
        connection.add_query_logger(note)
    yield found
    for connection in connections:
        connection.remove_query_logger(note)


async def _all_connections() -> list[asyncpg.Connection]:
    """Every connection of the pool, opened now: one that opened later would send unseen."""
    pool = get_connection("default")._pool
    held = [await pool.acquire() for _ in range(pool.get_max_size())]
    connections = [borrowed._con for borrowed in held]
    for borrowed in held:
        await pool.release(borrowed)
    return connections


@contextmanager
def counted(sent: list[str]) -> Iterator[list[str]]:
    """What was sent within the block."""
    before = len(sent)
    within: list[str] = []
    yield within
    within += sent[before:]


@pytest.mark.parametrize(
    ("query", "statements"),
    [
        pytest.param(WHOLE, 2, id="token, page"),
        pytest.param(FILTERED, 2, id="token, filtered page"),
        pytest.param(WITH_SEGMENTS, 2, id="token, page; no segment to ask for"),
        pytest.param(WITH_HISTORY, 3, id="token, page, histories"),
        pytest.param(COUNTED, 3, id="token, page, count"),
    ],
)
@pytest.mark.usefixtures("peopled")
async def test_a_page_sends_as_many_statements_whatever_its_size(
    ask: Ask, sent: list[str], query: str, statements: int
) -> None:
    await ask("{ labels { name } }")
    for size in (1, 10, 100):
        with counted(sent) as within:
            answer = await ask(query, first=size)
        contacts = answer["data"]["contacts"]
        assert len(contacts.get("edges", contacts.get("nodes"))) == size
        assert len(within) == statements, json.dumps(within, indent=1)


@pytest.mark.usefixtures("peopled")
async def test_what_is_not_asked_for_is_not_read(ask: Ask, sent: list[str]) -> None:
    await ask("{ labels { name } }")
    with counted(sent) as within:
        await ask("{ contacts(first: 3) { nodes { email } } }")
    page = within[-1]
    assert "contact.email" in page
    assert not any(column in page for column in ("label_ids", "fields", "folded", "created_at"))


@pytest.mark.usefixtures("peopled")
async def test_a_rare_filter_takes_one_statement_more(ask: Ask, sent: list[str]) -> None:
    await ask("{ labels { name } }")
    with counted(sent) as within:
        answer = await ask(
            '{ contacts(filter: {field: {key: "email", test: {contains: "nobody"}}}) { nodes { id } } }'
        )
    assert answer["data"]["contacts"]["nodes"] == []
    assert len(within) == 3, json.dumps(within, indent=1)


async def test_a_page_of_imports_counts_them_in_one_statement(
    ask: Ask, sent: list[str], workspace: int, tmp_path: Path
) -> None:
    for _ in range(3):
        made = await create_import(workspace, "a.csv", "none", 0, Options().to_document(), is_dry_run=False)
        await cancel_import(workspace, made)
        await run_import(workspace, made, tmp_path)
    await ask("{ labels { name } }")
    with counted(sent) as within:
        answer = await ask("{ imports { nodes { id state counts { rows refused } } } }")
    assert [node["state"] for node in answer["data"]["imports"]["nodes"]] == ["CANCELLED"] * 3
    assert len(within) == 3, json.dumps(within, indent=1)


async def test_changes_asked_for_twice_are_read_once(ask: Ask, workspace: int, sent: list[str]) -> None:
    story = Story(ask, workspace)
    await story.furnish()
    id = await story.segment()
    await story.contact("ani", labels=["VIP"])
    await story.live()
    node = "{ sentence contact { email fields { value } } }"
    taken: list[int] = []
    for asked in (f"nodes {node}", f"nodes {node} edges {{ node {{ contact {{ name email }} }} }}"):
        query = f"query ($id: ID!) {{ segment(id: $id) {{ changes {{ {asked} }} }} }}"
        await ask(query, id=id)  # warm
        with counted(sent) as within:
            changes = (await story.data(query, id=id))["segment"]["changes"]
        assert changes["nodes"][0]["contact"]["email"] == "ani@example.com"
        taken.append(len(within))
    assert changes["edges"] == [{"node": {"contact": {"name": "ani", "email": "ani@example.com"}}}]
    assert taken[0] == taken[1] > 0
