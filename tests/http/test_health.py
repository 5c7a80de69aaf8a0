"""Whether the process lives, and whether it can serve."""

import asyncio
import time
from pathlib import Path
from threading import Event

import asyncpg
import httpx
import pytest
from starlette.applications import Starlette
from tortoise.connection import get_connection

from app.asgi import create_app
from app.http import health
from app.queries.connections import connection


async def get(application: Starlette, path: str) -> httpx.Response:
    """What an application answers at a path."""
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="http://pilah.test") as client:
        return await client.get(path)


async def test_a_server_that_can_serve_is_ready(application: Starlette) -> None:
    assert (await get(application, "/ready")).json() == {"status": "ready"}


async def test_a_stopping_server_lives_but_is_not_ready(pool: None, tmp_path: Path) -> None:
    stopping = create_app("postgresql://nowhere/", tmp_path)
    stopping.state.is_draining = True
    answer = await get(stopping, "/ready")
    assert (answer.status_code, answer.json()["reason"]) == (503, "the server is stopping")
    assert answer.headers["connection"] == "close"
    assert (await get(stopping, "/live")).status_code == 200


async def test_missing_migrations_are_the_reason(application: Starlette, dsn: str) -> None:
    control = await asyncpg.connect(dsn)
    change = (
        "UPDATE tortoise_migrations SET name = $2 WHERE id = (SELECT max(id) FROM tortoise_migrations) AND name = $1"
    )
    last: str = await control.fetchval("SELECT name FROM tortoise_migrations ORDER BY id DESC LIMIT 1")
    await control.execute(change, last, "another")
    try:
        answer = await get(application, "/ready")
    finally:
        await control.execute(change, "another", last)
        await control.close()
    assert (answer.status_code, "pilah migrate" in answer.json()["reason"]) == (503, True)


async def test_readiness_waits_for_no_connection(application: Starlette, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE_SECONDS", 0.2)
    client = get_connection("default")
    async with connection():
        pool = client._pool
    held = [await pool.acquire() for _ in range(pool.get_max_size())]
    started = time.monotonic()
    try:
        answer = await get(application, "/ready")
    finally:
        for each in held:
            await pool.release(each)
    assert (answer.status_code, time.monotonic() - started < 1) == (503, True)
    assert "within 0.2 s" in answer.json()["reason"]
    assert (await get(application, "/ready")).status_code == 200


async def test_a_folder_of_files_that_has_gone_is_the_reason(pool: None, dsn: str, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    application = create_app(dsn, folder)
    assert (await get(application, "/ready")).status_code == 200
    folder.rmdir()
    folder.write_text("no folder")
    answer = await get(application, "/ready")
    assert (answer.status_code, answer.json()["reason"]) == (503, "the folder of files can't be written")
    folder.unlink()
    assert (await get(application, "/ready")).status_code == 200


async def test_a_folder_that_hangs_holds_up_nothing_else(
    application: Starlette, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging = Event()
    monkeypatch.setattr(health, "PATIENCE_SECONDS", 0.2)
    health._looking.submit(hanging.wait, 10)
    try:
        for _ in range(8):
            assert "no answer within" in (await get(application, "/ready")).json()["reason"]
        assert await asyncio.to_thread(lambda: "at once") == "at once"
    finally:
        hanging.set()
    monkeypatch.undo()
    assert (await get(application, "/ready")).status_code == 200
