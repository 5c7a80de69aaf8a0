"""An import followed over the product's own socket while it is worked on."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from itertools import count, groupby
from pathlib import Path
from subprocess import PIPE
from typing import Any

import httpx
import pytest
from tortoise.connection import get_connection

from app.asgi import create_app
from app.cli.serving import GRACE_SECONDS
from app.filters.ids import number_of, to_global
from app.queries.imports.changing import cancel_import
from app.queries.imports.claims import claimed_import
from app.queries.imports.ledger import create_import
from app.queries.tokens import create_token, list_tokens, revoke_token
from app.queries.workspaces import create_workspace
from app.transfer.imports.options import Options
from app.transfer.work import next_import
from tests.graphql.sockets import Speaker, opened, served

FOLLOW = "subscription ($id: ID!) { importProgress(id: $id) { id state counts { rows staged merged created } } }"
STATES = ["QUEUED", "LOADING", "MERGING", "DONE"]


@pytest.fixture
async def url(dsn: str, pool: None, tmp_path: Path) -> AsyncIterator[str]:
    async with served(create_app(dsn, tmp_path)) as (address, _):
        yield address


@pytest.fixture
async def speaker(url: str, token: str) -> AsyncIterator[Speaker]:
    async with opened(url, {"token": token}) as speaker:
        yield speaker


@pytest.fixture
async def waiting(workspace: int, tmp_path: Path) -> AsyncIterator[str]:
    """An import of 2,000 rows that nobody works on yet."""
    content = "email,city\n" + "".join(f"p{number}@example.com,Medan\n" for number in range(2_000))
    (tmp_path / "stored").write_text(content)
    made = await create_import(
        workspace, "people.csv", "stored", len(content), Options().to_document(), is_dry_run=False
    )
    yield to_global("Import", made)
    while await next_import(tmp_path):
        pass


async def heard(speaker: Speaker) -> Any:
    """What the next message tells of the import."""
    return (await speaker.hear())["payload"]["data"]["importProgress"]


async def test_an_import_is_followed_to_its_end(speaker: Speaker, waiting: str, tmp_path: Path) -> None:
    await speaker.subscribe(FOLLOW, variables={"id": waiting})
    told = [await heard(speaker)]
    assert told == [{"id": waiting, "state": "QUEUED", "counts": {"rows": 0, "staged": 0, "merged": 0, "created": 0}}]
    with pytest.raises(TimeoutError):  # where nothing has changed nothing is said
        await asyncio.wait_for(speaker.hear(), 1)
    work = asyncio.create_task(next_import(tmp_path))
    while told[-1]["state"] != "DONE":
        told.append(await heard(speaker))
    assert await speaker.hear() == {"id": "1", "type": "complete"}
    seen = [state for state, _ in groupby(message["state"] for message in told)]
    assert seen == [state for state in STATES if state in seen]
    assert told[-1]["counts"] == {"rows": 2_000, "staged": 2_000, "merged": 2_000, "created": 2_000}
    assert await work


async def test_an_import_that_is_over_is_told_once(
    speaker: Speaker, waiting: str, workspace: int, tmp_path: Path
) -> None:
    await cancel_import(workspace, number_of(waiting, "Import"))
    assert await next_import(tmp_path)
    answer, end = await speaker.answers(FOLLOW, variables={"id": waiting})
    assert (answer["payload"]["data"]["importProgress"]["state"], end["type"]) == ("CANCELLED", "complete")


async def test_another_workspace_s_import_is_not_followed(url: str, waiting: str) -> None:
    stranger = await create_token(await create_workspace(f"strangers to {waiting}", "UTC"), "test", ["admin"])
    async with opened(url, {"token": stranger}) as speaker:
        for id in (waiting, to_global("Import", 2**62), "nothing"):
            (error,) = await speaker.answers(FOLLOW, variables={"id": id})
            assert [problem["code"] for problem in error["payload"][0]["extensions"]["problems"]] == ["NOT_FOUND"]


async def test_a_revoked_token_follows_no_more(speaker: Speaker, waiting: str, workspace: int) -> None:
    await speaker.subscribe(FOLLOW, variables={"id": waiting})
    await heard(speaker)
    for token in await list_tokens(workspace):
        await revoke_token(workspace, token.id)
    await cancel_import(workspace, number_of(waiting, "Import"))
    error = await speaker.hear()
    assert (error["type"], error["payload"][0]["extensions"]["code"]) == ("error", "UNAUTHENTICATED")


async def test_followers_hold_no_connection(speaker: Speaker, waiting: str) -> None:
    for number in range(20):
        await speaker.subscribe(FOLLOW, str(number), {"id": waiting})
        await heard(speaker)
    pool = get_connection("default")._pool
    async with AsyncExitStack() as held, asyncio.timeout(5):
        for _ in range(pool.get_max_size()):
            await held.enter_async_context(pool.acquire())


async def test_followers_do_not_keep_a_server_that_is_stopped(
    dsn: str, token: str, waiting: str, tmp_path: Path
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with claimed_import() as claim:  # the server's own work is to leave it alone
        assert claim is not None
        with serving(port, DATABASE_URL=dsn, PILAH_FILES=str(tmp_path), PILAH_LOG_LEVEL="warning") as process:
            await ready(f"http://127.0.0.1:{port}/ready")
            async with opened(f"ws://127.0.0.1:{port}/graphql", {"token": token}) as speaker:
                await speaker.subscribe(FOLLOW, variables={"id": waiting})
                assert (await heard(speaker))["state"] == "QUEUED"
                process.send_signal(signal.SIGTERM)
                began = time.monotonic()
                assert (await speaker.closing())[0] == 1012
            _, err = await asyncio.to_thread(process.communicate, timeout=30)
            assert (process.returncode, err) == (0, "")
            assert time.monotonic() - began < GRACE_SECONDS


@contextmanager
def serving(port: int, **environment: str) -> "Iterator[subprocess.Popen[str]]":
    """`pilah serve` as its own process."""
    command = [str(Path(sys.executable).with_name("pilah")), "serve", "--port", str(port)]
    with subprocess.Popen(command, env=os.environ | environment, stdout=PIPE, stderr=PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


async def ready(url: str) -> None:
    """The server answers."""
    async with asyncio.timeout(60), httpx.AsyncClient() as client:
        for _ in count():
            with suppress(httpx.TransportError):
                if (await client.get(url)).status_code == 200:
                    return
            await asyncio.sleep(0.1)
