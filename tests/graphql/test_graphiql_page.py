"""GraphiQL is served from our own files only, under a strict policy, and says how to build it when missing."""

import asyncio
import json
import re
from pathlib import Path

import pytest
from graphql import OperationDefinitionNode, parse
from starlette.types import ASGIApp, Message, Scope

from app.graphql.graphiql_page import BUILD_COMMAND, BUILT, graphiql_assets, graphiql_page

ROOT = Path(__file__).parents[2]
SOURCE = BUILT.with_name("page")
SOURCES = sorted(path for path in SOURCE.rglob("*") if path.is_file() and "node_modules" not in path.parts)
STORIES = sorted(SOURCE.glob("stories/*.graphql"))
FITTING = 53  # characters that the editor shows of a line, where the window is 1360 pixels wide
FILES = {
    "main-AB12.js": (b"import './x.js'", "text/javascript; charset=utf-8"),
    "style-CD34.css": (b"body {}", "text/css; charset=utf-8"),
    "codicon-EF56.ttf": (b"\x00\x01", "font/ttf"),
}

Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "graphiql"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<p>GraphiQL</p>")
    (folder / "stamp").write_text("secret")
    (tmp_path / "outside.js").write_text("secret")
    for name, (content, _) in FILES.items():
        (folder / "assets" / name).write_bytes(content)
    return folder


async def ask(app: ASGIApp, path: str, method: str = "GET") -> Answer:
    scope: Scope = {"type": "http", "method": method, "path": path, "headers": [], "query_string": b""}
    sent: list[Message] = []

    async def receive() -> Message:
        return await asyncio.Future[Message]()  # a browser that waits for the answer

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:])


def policy_of(headers: dict[str, str]) -> dict[str, list[str]]:
    directives = (directive.split() for directive in headers["content-security-policy"].split(";"))
    return {name: sources for name, *sources in directives}


async def test_the_page_is_served_and_asked_for_again_each_time(built: Path) -> None:
    status, headers, body = await ask(graphiql_page(built), "/graphql")
    assert (status, body) == (200, b"<p>GraphiQL</p>")
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["cache-control"] == "no-cache"
    assert headers["vary"] == "Accept"


@pytest.mark.parametrize("name", FILES)
async def test_an_asset_is_served_with_its_type_and_kept_for_good(built: Path, name: str) -> None:
    status, headers, body = await ask(graphiql_assets(built), f"/graphql/assets/{name}")
    assert (status, body, headers["content-type"]) == (200, *FILES[name])
    assert "immutable" in headers["cache-control"]


async def test_without_a_bundle_the_page_says_what_to_run(tmp_path: Path) -> None:
    status, headers, body = await ask(graphiql_page(tmp_path), "/graphql")
    assert status == 503
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert BUILD_COMMAND in body.decode()
    assert (ROOT / BUILD_COMMAND.split()[-1]).is_file()


async def test_a_bundle_made_later_needs_no_restart(tmp_path: Path) -> None:
    page = graphiql_page(tmp_path)
    assert (await ask(page, "/graphql"))[0] == 503
    (tmp_path / "index.html").write_text("made")
    assert (await ask(page, "/graphql"))[::2] == (200, b"made")


@pytest.mark.parametrize(
    "path",
    [
        "/graphql/assets/",
        "/graphql/assets/missing.js",
        "/graphql/assets/.",
        "/graphql/assets/..",
        "/graphql/assets/../index.html",
        "/graphql/assets/../stamp",
        "/graphql/assets/../../outside.js",
        "/graphql/assets/..\\stamp",
        "/graphql/assets/..\\..\\outside.js",
        "/graphql/assets/%2e%2e%2fstamp",
        "/graphql/assets//etc/passwd",
        "/graphql/assets/main-AB12.js\0",
        "/graphql/assets/\udcff",
    ],
)
async def test_nothing_outside_the_assets_is_served(built: Path, path: str) -> None:
    status, headers, body = await ask(graphiql_assets(built), path)
    assert status == 404
    assert b"secret" not in body
    assert "immutable" not in headers.get("cache-control", "")


async def test_assets_without_a_bundle_are_missing(tmp_path: Path) -> None:
    assert (await ask(graphiql_assets(tmp_path), "/graphql/assets/main-AB12.js"))[0] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
async def test_only_reading_is_allowed(built: Path, method: str) -> None:
    for app in (graphiql_page(built), graphiql_assets(built)):
        status, headers, _ = await ask(app, "/graphql/assets/main-AB12.js", method)
        assert (status, headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ["/graphql", "/graphql/assets/main-AB12.js", "/graphql/assets/missing.js"])
@pytest.mark.parametrize("is_built", [True, False])
async def test_every_answer_keeps_the_browser_at_home(built: Path, tmp_path: Path, path: str, is_built: bool) -> None:
    folder = built if is_built else tmp_path / "nowhere"
    app = graphiql_page(folder) if path == "/graphql" else graphiql_assets(folder)
    _, headers, _ = await ask(app, path)
    policy = policy_of(headers)
    assert policy["default-src"] == policy["script-src"] == policy["connect-src"] == ["'self'"]
    assert policy["worker-src"] == ["'self'"]
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == ["'none'"]
    assert {source for sources in policy.values() for source in sources} <= {
        "'self'",
        "'none'",
        "'unsafe-inline'",
        "data:",
    }
    assert [name for name, sources in policy.items() if "'unsafe-inline'" in sources] == ["style-src"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_source_of_the_page_names_another_host(path: Path) -> None:
    assert re.findall(r"(?:https?:)?//[\w-]+\.[\w.-]+", path.read_text(encoding="utf-8")) == []


def test_the_lock_file_pins_contents_and_no_registry() -> None:
    lock = json.loads((SOURCE / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages["node_modules/graphiql"]["version"] == "5.4.0"
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if not entry["integrity"].startswith("sha512-")] == []


def test_the_lock_file_is_of_these_packages() -> None:
    wanted = json.loads((SOURCE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    lock = json.loads((SOURCE / "package-lock.json").read_text(encoding="utf-8"))
    assert lock["packages"][""]["dependencies"] == wanted
    assert {name: lock["packages"][f"node_modules/{name}"]["version"] for name in wanted} == wanted


def test_the_stories_are_numbered_from_one() -> None:
    assert [int(story.name[:2]) for story in STORIES] == list(range(1, len(STORIES) + 1))
    assert len(STORIES) == 29


def _told(story: Path) -> list[str]:
    """The lines that say what a story is about."""
    return [line for line in story.read_text(encoding="utf-8").splitlines() if line.startswith("#")]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.stem)
def test_a_story_opens_with_lines_that_fit_the_editor(story: Path) -> None:
    told = _told(story)
    assert 2 <= len(told) <= 4
    assert story.read_text(encoding="utf-8").startswith("\n".join(told))
    assert all(line.startswith("# ") for line in told)
    assert max(map(len, told)) <= FITTING


def test_stories_name_each_other_as_their_tabs_do() -> None:
    names = set(
        re.findall(r"^(?:query|mutation|subscription) (\w+)", "\n".join(map(Path.read_text, STORIES)), re.MULTILINE)
    )
    named = {
        name for story in STORIES for name in re.findall(r"\b[A-Z][a-z]+(?:[A-Z][a-z]*)+\b", " ".join(_told(story)))
    }
    assert len(names) == len(STORIES)
    assert {"CreateSegment", "EditAndBeTold"} <= named <= names
    assert not any(re.search(r"\btabs?\b", line) for story in STORIES for line in _told(story))


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.stem)
def test_a_story_is_one_named_operation_with_its_variables(story: Path) -> None:
    (operation,) = parse(story.read_text(encoding="utf-8")).definitions
    assert isinstance(operation, OperationDefinitionNode)
    assert operation.name is not None
    declared = {definition.variable.name.value for definition in operation.variable_definitions or ()}
    variables = story.with_suffix(".json")
    given = set(json.loads(variables.read_text(encoding="utf-8"))) if variables.is_file() else set()
    assert given == declared - {"after"}
