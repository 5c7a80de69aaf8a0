"""Imports as GraphQL shows them: started, cancelled, undone, and never another workspace's."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import pytest

from app.filters.ids import number_of, to_global
from app.filters.vocabulary import Status
from app.queries.imports.ledger import create_import, find_import
from app.queries.tokens import create_token
from app.queries.workspaces import create_workspace
from app.transfer.imports.options import Mode, Options
from app.transfer.work import next_import
from tests.graphql.conftest import Ask

FILE = """Email,First Name,Last Name,City,Orders,Tags,Joined
ani@example.com,Ani,Ayu,Jakarta,3,"VIP,New",31/01/2026
budi@example.com,Budi,,Bandung,,VIP,15/02/2026
budi@example.com,Budi,Baru,Bandung,5,,15/02/2026
not an address,,,,,,
citra@example.com,Citra,,Medan,7,,14/02/2026
"""
WHOLE = """id name state isDryRun mode status consent tool problem refusedUrl newFields newLabels
  counts { rows staged merged created changed unchanged refused }
  columns { header role key name type isNew form rule clears }
  samples { line before after } reasons { reason rows } createdAt startedAt finishedAt undoableUntil
  refusedRows { edges { cursor node { line } } nodes { line reason cells } pageInfo { hasNextPage } }
  keptContacts { contact { email } keys }"""
CHANGE = (
    "mutation ($id: ID!) { %sImport(input: {id: $id}) { import { state isDryRun } errors { code path message } } }"
)
ONE = f"query ($id: ID!) {{ import(id: $id) {{ {WHOLE} }} }}"


class Give(Protocol):
    """Puts a file where imports are sought, and its import's id into the queue."""

    async def __call__(self, workspace: int, content: str = FILE, *, dry: bool = False, **options: Any) -> str: ...


@pytest.fixture
async def run(tmp_path: Path, pool: None) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Does all the imports that wait; none is left to others, who would seek its file elsewhere."""

    async def run() -> None:
        while await next_import(tmp_path):
            pass

    yield run
    await run()


@pytest.fixture
def give(tmp_path: Path, run: Callable[[], Awaitable[None]]) -> Give:
    places = count()

    async def give(workspace: int, content: str = FILE, *, dry: bool = False, **options: Any) -> str:
        stored = f"file{next(places)}"
        (tmp_path / stored).write_text(content)
        asked = Options(**options).to_document()
        number = await create_import(workspace, "people.csv", stored, len(content), asked, is_dry_run=dry)
        return to_global("Import", number)

    return give


async def test_a_dry_run_shows_everything_then_is_started_and_undone(
    ask: Ask, workspace: int, give: Give, run: Callable[[], Awaitable[None]]
) -> None:
    id = await give(workspace, dry=True, status=Status.ACTIVE, consent="shop, 2026", mode=Mode.CREATE_AND_UPDATE)
    waiting = (await ask(ONE, id=id))["data"]["import"]
    assert (waiting["state"], waiting["columns"], waiting["counts"]["rows"]) == ("QUEUED", [], 0)
    await run()
    shown = (await ask(ONE, id=id))["data"]["import"]
    assert (shown["state"], shown["problem"], shown["isDryRun"]) == ("CHECKED", None, True)
    assert (shown["mode"], shown["status"], shown["consent"]) == ("CREATE_AND_UPDATE", "ACTIVE", "shop, 2026")
    assert shown["refusedUrl"] == f"/imports/{id}/refused.csv"
    assert shown["counts"] == {
        "rows": 5,
        "staged": 5,
        "merged": 5,
        "created": 3,
        "changed": 0,
        "unchanged": 0,
        "refused": 2,
    }
    columns = {column["header"]: column for column in shown["columns"]}
    assert [column["header"] for column in shown["columns"]] == FILE.splitlines()[0].split(",")
    assert columns["Orders"] == {
        "header": "Orders",
        "role": "FIELD",
        "key": "orders",
        "name": "Orders",
        "type": "NUMBER",
        "isNew": True,
        "form": None,
        "rule": "OVERWRITE",
        "clears": False,
    }
    assert (columns["Tags"]["role"], columns["Tags"]["rule"], columns["Joined"]["type"]) == ("LABELS", "ADD", "DATE")
    assert shown["newFields"] == [column["key"] for column in shown["columns"] if column["isNew"]]
    assert sorted(shown["newLabels"]) == ["New", "VIP"]
    assert [sample["line"] for sample in shown["samples"]] == [2, 4, 6]
    assert shown["samples"][0]["before"] is None
    assert shown["samples"][0]["after"]["email"] == "ani@example.com"
    refused = shown["refusedRows"]["nodes"]
    assert [(row["line"], row["cells"][0]) for row in refused] == [(3, "budi@example.com"), (5, "not an address")]
    assert {"reason": "replaced by line N", "rows": 1} in shown["reasons"]
    assert shown["undoableUntil"] is None
    assert datetime.fromisoformat(shown["createdAt"]) <= datetime.fromisoformat(shown["finishedAt"])

    started = (await ask(CHANGE % "start", id=id))["data"]["startImport"]
    assert started == {"import": {"state": "QUEUED", "isDryRun": False}, "errors": []}
    await run()
    done = (await ask(ONE, id=id))["data"]["import"]
    assert (done["state"], done["counts"], done["samples"]) == ("DONE", shown["counts"], [])
    assert datetime.fromisoformat(done["undoableUntil"]) > datetime.fromisoformat(done["finishedAt"])

    edited = await ask('{ contact(email: "citra@example.com") { id } }')
    await ask(
        'mutation ($id: ID!) { updateContact(input: {id: $id, name: "Citra Baru"}) { errors { code } } }',
        id=edited["data"]["contact"]["id"],
    )
    undone = (await ask(CHANGE % "undo", id=id))["data"]["undoImport"]
    assert (undone["import"]["state"], undone["errors"]) == ("UNDOING", [])
    await run()
    gone = (await ask(ONE, id=id))["data"]["import"]
    assert (gone["state"], gone["keptContacts"]) == (
        "UNDONE",
        [{"contact": {"email": "citra@example.com"}, "keys": None}],
    )


async def test_what_undoing_left_of_a_contact_is_named(
    ask: Ask, workspace: int, give: Give, run: Callable[[], Awaitable[None]]
) -> None:
    for content in ("email,city\na@example.com,Medan\nb@example.com,Medan\n", "email,city\na@example.com,Solo\n"):
        id = await give(workspace, content)
        await run()
    found = (await ask('{ contact(email: "a@example.com") { id } }'))["data"]["contact"]["id"]
    value = '{key: "city", value: "Bandung"}'
    await ask(f'mutation {{ updateContact(input: {{id: "{found}", fields: [{value}]}}) {{ errors {{ code }} }} }}')
    await ask(CHANGE % "undo", id=id)
    await run()
    kept = (await ask("query ($id: ID!) { import(id: $id) { keptContacts { contact { id } keys } } }", id=id))["data"]
    assert kept["import"]["keptContacts"] == [{"contact": {"id": found}, "keys": ["city"]}]


async def test_a_file_that_fails_says_why(
    ask: Ask, workspace: int, give: Give, run: Callable[[], Awaitable[None]]
) -> None:
    id = await give(workspace, "name\nAni\n", tool="mailchimp")
    await run()
    failed = (await ask(ONE, id=id))["data"]["import"]
    assert (failed["state"], failed["tool"], failed["columns"]) == ("FAILED", "mailchimp", [])
    assert "e-mail" in failed["problem"]


async def test_columns_of_json_show_their_keys_as_headers(
    ask: Ask, workspace: int, give: Give, run: Callable[[], Awaitable[None]]
) -> None:
    header = "id,uuid,email,name,attributes,subscription_status,optin,created_at,updated_at"
    row = (
        '1,5d0a,a@example.com,Ani,"{""city"": ""Medan""}",confirmed,double,2026-01-01T00:00:00Z,2026-01-01T00:00:00Z'
    )
    id = await give(workspace, f"{header}\n{row}\n", dry=True, tool="listmonk")
    await run()
    shown = (await ask(ONE, id=id))["data"]["import"]
    assert (shown["state"], shown["tool"]) == ("CHECKED", "listmonk")
    assert [column["header"] for column in shown["columns"]] == [*header.split(","), "city"]
    assert shown["newFields"][-1] == "city"


@pytest.fixture
async def refused(workspace: int, give: Give, run: Callable[[], Awaitable[None]]) -> str:
    """An import that refused the lines 2 to 8."""
    id = await give(workspace, "email,city\n" + "x,\n" * 7 + "a@example.com,Medan\n")
    await run()
    return id


ROWS = """query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  import(id: $id) { refusedRows(first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { line } } nodes { line } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } } }"""


async def test_refused_rows_come_in_pages_both_ways(ask: Ask, refused: str) -> None:
    seen: list[list[int]] = []
    after = None
    while True:
        page = (await ask(ROWS, id=refused, first=3, after=after))["data"]["import"]["refusedRows"]
        seen.append([row["line"] for row in page["nodes"]])
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == [[2, 3, 4], [5, 6, 7], [8]]
    back = (await ask(ROWS, id=refused, last=2, before=page["edges"][0]["cursor"]))["data"]["import"]["refusedRows"]
    assert [row["line"] for row in back["nodes"]] == [6, 7]
    assert back["pageInfo"]["hasPreviousPage"]


@pytest.mark.parametrize(
    ("selection", "code"),
    [
        ("refusedRows(first: 0) { nodes { line } }", "INVALID_RANGE"),
        ("refusedRows(first: 1, last: 1) { nodes { line } }", "ONE_OF"),
        ('refusedRows(after: "cmVmdXNlZDE6Mg==") { nodes { line } }', "INVALID_ID"),
        ('refusedRows(after: "forged") { nodes { line } }', "INVALID_ID"),
        ("reasons(first: 201) { rows }", "INVALID_RANGE"),
        ("keptContacts(first: -1) { keys }", "INVALID_RANGE"),
    ],
)
async def test_a_list_that_can_t_be_given_is_refused(ask: Ask, refused: str, selection: str, code: str) -> None:
    answer = await ask(f"query ($id: ID!) {{ import(id: $id) {{ {selection} }} }}", id=refused)
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert [problem["code"] for problem in error["extensions"]["problems"]] == [code]


async def test_imports_come_newest_first_and_count_at_once(
    ask: Ask, workspace: int, give: Give, run: Callable[[], Awaitable[None]]
) -> None:
    ids = [await give(workspace, f"email\np{place}@example.com\n") for place in range(3)]
    await run()
    page = "edges { cursor node { id counts { created } } } nodes { id } pageInfo { hasNextPage endCursor }"
    first = (await ask(f"{{ imports(first: 2) {{ {page} }} }}"))["data"]["imports"]
    assert [edge["node"] for edge in first["edges"]] == [{"id": id, "counts": {"created": 1}} for id in ids[:0:-1]]
    assert first["pageInfo"]["hasNextPage"]
    after = first["pageInfo"]["endCursor"]
    rest = (await ask(f"query ($after: String) {{ imports(after: $after) {{ {page} }} }}", after=after))["data"]
    assert [node["id"] for node in rest["imports"]["nodes"]] == ids[:1]


async def test_a_node_may_be_an_import(ask: Ask, workspace: int, give: Give) -> None:
    id = await give(workspace)
    found = await ask("query ($id: ID!) { node(id: $id) { id __typename ... on Import { name } } }", id=id)
    assert found["data"]["node"] == {"id": id, "__typename": "Import", "name": "people.csv"}


@pytest.mark.parametrize(
    ("change", "path"), [("start", "input.id"), ("cancel", "input.id"), ("undo", "input.id")], ids=lambda it: it
)
async def test_what_can_t_be_changed_any_more_is_told(
    ask: Ask, workspace: int, give: Give, run: Callable[[], Awaitable[None]], change: str, path: str
) -> None:
    id = await give(workspace)
    await run()
    if change == "undo":
        await ask(CHANGE % "undo", id=id)
        await run()
    payload = (await ask(CHANGE % change, id=id))["data"][f"{change}Import"]
    assert payload["import"] is None
    assert [(error["code"], error["path"]) for error in payload["errors"]] == [("NOT_ALLOWED", path)]


async def test_a_waiting_import_is_cancelled(
    ask: Ask, workspace: int, give: Give, run: Callable[[], Awaitable[None]]
) -> None:
    id = await give(workspace)
    payload = (await ask(CHANGE % "cancel", id=id))["data"]["cancelImport"]
    assert (payload["import"]["state"], payload["errors"]) == ("CANCELLED", [])
    await run()
    assert (await ask("{ contacts { nodes { id } } }"))["data"]["contacts"]["nodes"] == []


@pytest.mark.parametrize("change", ["start", "cancel", "undo"])
async def test_another_workspace_s_import_is_no_import(
    ask_as: Callable[[str], Ask], workspace: int, give: Give, change: str
) -> None:
    id = await give(workspace)
    stranger = ask_as(await create_token(await create_workspace(f"strangers {id}", "UTC"), "test", ["admin"]))
    seen = await stranger(
        "query ($id: ID!) { import(id: $id) { id } node(id: $id) { id } imports { nodes { id } } }", id=id
    )
    assert seen["data"] == {"import": None, "node": None, "imports": {"nodes": []}}
    payload = (await stranger(CHANGE % change, id=id))["data"][f"{change}Import"]
    assert [error["code"] for error in payload["errors"]] == ["NOT_FOUND"]
    assert (await find_import(workspace, number_of(id, "Import"))).state.value == "QUEUED"


@pytest.mark.parametrize("id", ["", "x", "SW1wb3J0Og==", to_global("Import", 2**62), to_global("Contact", 1)])
async def test_what_is_no_import_is_null(ask: Ask, id: str) -> None:
    assert (await ask("query ($id: ID!) { import(id: $id) { id } }", id=id))["data"] == {"import": None}
    payload = (await ask(CHANGE % "undo", id=id))["data"]["undoImport"]
    assert [error["code"] for error in payload["errors"]] == ["NOT_FOUND"]


@pytest.mark.parametrize(
    ("scopes", "may"), [(["import"], True), (["admin"], True), (["write"], False), (["read", "export"], False)]
)
async def test_only_the_scope_import_changes_imports(
    ask_as: Callable[[str], Ask], workspace: int, give: Give, scopes: list[str], may: bool
) -> None:
    id = await give(workspace)
    ask = ask_as(await create_token(workspace, "test", scopes))
    assert (await ask("query ($id: ID!) { import(id: $id) { id } }", id=id))["data"]["import"] == {"id": id}
    answer = await ask(CHANGE % "cancel", id=id)
    if may:
        assert answer["data"]["cancelImport"]["errors"] == []
    else:
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
    assert ((await find_import(workspace, number_of(id, "Import"))).state.value == "CANCELLED") is may
