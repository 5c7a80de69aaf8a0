"""A real server that is told to stop: nobody notices who is being served."""

import asyncio
import json
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from app.queries.connections import connection
from app.queries.tokens import create_token
from tests.graphql.sockets import opened
from tests.graphql.test_import_progress import ready, serving
from tests.transfer.imports.serving import free_port

Process = subprocess.Popen[str]


@pytest.fixture
def ports() -> tuple[int, int]:
    """The callers' port and that of the measures."""
    return free_port(), free_port()


@pytest.fixture
async def token(workspace: int) -> str:
    """A token that may do everything."""
    return await create_token(workspace, "test", ["admin"])


@pytest.fixture
def process(dsn: str, pool: None, ports: tuple[int, int], tmp_path: Path) -> Iterator[Process]:
    """`pilah serve`."""
    with serving(
        ports[0],
        DATABASE_URL=dsn,
        PILAH_FILES=str(tmp_path),
        PILAH_METRICS=str(ports[1]),
        PILAH_DRAIN_SECONDS="2",
        PILAH_GRACE_SECONDS="8",
    ) as started:
        yield started


@pytest.fixture
async def client(process: Process, ports: tuple[int, int], token: str) -> AsyncIterator[httpx.AsyncClient]:
    """A caller of the server, once that is ready."""
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{ports[0]}", headers=headers, timeout=20) as made:
        await ready(f"{made.base_url}/ready")
        yield made


async def slow_file(seconds: float) -> AsyncIterator[bytes]:
    """A file that takes a while to come."""
    yield b"email\n"
    await asyncio.sleep(seconds)
    yield b"late@example.com\n"


async def test_a_stopped_server_ends_what_it_has_begun(
    client: httpx.AsyncClient, process: Process, token: str
) -> None:
    url = str(client.base_url).replace("http", "ws")
    upload = asyncio.create_task(client.post("/imports", content=slow_file(3)))
    async with opened(f"{url}/graphql", {"token": token}) as speaker:
        process.send_signal(signal.SIGTERM)
        stopped = time.monotonic()
        while (draining := await client.get("/ready")).status_code == 200:
            assert time.monotonic() - stopped < 1
        served = await client.post("/graphql", json={"query": "{ workspace { name } }"})
        assert (await client.get("/live")).status_code == 200
        assert (await speaker.closing())[0] == 1012
    assert draining.json()["reason"] == "the server is stopping"
    assert (served.status_code, served.headers["connection"]) == (200, "close")
    uploaded = await upload
    _, err = await asyncio.to_thread(process.communicate, timeout=20)
    assert (process.returncode, 3 <= time.monotonic() - stopped < 8) == (0, True)
    assert uploaded.status_code == 202, err
    assert {json.loads(line)["level"] for line in err.splitlines()} == {"info"}
    assert await states_of(token) == ["QUEUED"]  # for the next server


async def states_of(token: str) -> list[str]:
    """The states of the imports of a token's workspace."""
    async with connection() as borrowed:
        rows = await borrowed.fetch("SELECT state FROM file_import WHERE workspace_id = $1", int(token.split("_")[1]))
    return [row[0] for row in rows]


async def test_two_signals_or_ctrl_c_stop_at_once(client: httpx.AsyncClient, process: Process) -> None:
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    await asyncio.to_thread(process.communicate, timeout=20)
    assert (process.returncode, time.monotonic() - began < 2) == (0, True)


async def test_measures_have_a_port_of_their_own(
    client: httpx.AsyncClient, ports: tuple[int, int], token: str
) -> None:
    await client.post(
        "/graphql", json={"query": "query Mine { contacts(filter: {status: [ACTIVE]}) { nodes { id } } }"}
    )
    assert (await client.get("/metrics")).status_code == 404
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{ports[1]}") as scraper:
        answer = await scraper.get("/metrics")
        assert (await scraper.post("/graphql", json={"query": "{ __typename }"})).status_code == 404
        assert (await scraper.get("/ready")).status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    told = dict(line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#"))
    assert told['pilah_operations_total{field="contacts",kind="query",outcome="ok"}'] == "1.0"
    assert float(told['pilah_pool_connections{state="idle"}']) >= 1
    assert {'pilah_jobs{kind="import",state="QUEUED"}', 'pilah_queue_oldest_seconds{kind="export"}'} <= told.keys()
    assert float(told['pilah_statement_seconds_count{table="contact",verb="SELECT"}']) >= 1
    assert float(told["pilah_filter_compile_seconds_count"]) >= 1
    assert "Mine" not in answer.text
