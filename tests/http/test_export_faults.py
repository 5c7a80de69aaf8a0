"""Readers that hang up, stall or dawdle, and a PostgreSQL that goes: an end that is clear, and nothing left open."""

import asyncio
from random import Random

import pytest
from starlette.applications import Starlette

from app.http import patience
from app.queries.connections import POOL_SIZE, connection
from tests.http.crowds import (
    backends_in_transaction,
    body_of,
    copying_backends,
    crowd,
    reading,
    until_quiet,
)

CROWD = 20_000
HANG_UPS = 50
PATH = "/segments/{}/export.csv?columns=email,name"


@pytest.fixture
async def path(workspace: int) -> str:
    """Where a file of eight megabytes is, too large for the buffers on its way."""
    return PATH.format(await crowd(workspace, CROWD))


async def head_of(answer: bytes) -> dict[bytes, bytes]:
    lines = answer.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]
    return dict(line.lower().split(b": ", 1) for line in lines)


async def test_a_whole_file_has_its_end(address: str, token: str, path: str) -> None:
    async with reading(address, path, token) as reader:
        answer = await reader.rest()
    body, is_whole = body_of(answer)
    assert is_whole
    assert body.count(b"\n") == CROWD + 1
    assert (await head_of(answer))[b"pilah-rows"] == str(CROWD).encode()


@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet"])
async def test_readers_that_hang_up_leave_nothing_open(
    address: str,
    token: str,
    path: str,
    form: str,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    random = Random(form)
    times = HANG_UPS if form == "csv" else 5

    async def hang_up() -> None:
        async with reading(address, path.replace("csv", form), token) as reader:
            for _ in range(random.choice((0, 1, 1, 5, 50))):
                await reader.read(4_096)
            await asyncio.sleep(random.random() / 50)
            reader.hang_up()

    for _ in range(times):
        await asyncio.gather(*(hang_up() for _ in range(random.choice((1, 1, 2, 3)))))
    await until_quiet()
    assert await copying_backends() == []
    assert [record.exc_info for record in caplog.records if record.exc_info] == []
    assert "broken_off" not in "".join(capsys.readouterr())
    every = [connection() for _ in range(POOL_SIZE)]
    async with asyncio.timeout(5):
        borrowed = [await one.__aenter__() for one in every]
    assert [await one.fetchval("SELECT 1") for one in borrowed] == [1] * POOL_SIZE
    for one in every:
        await one.__aexit__(None, None, None)
    async with reading(address, path, token) as reader:
        assert body_of(await reader.rest())[1]


async def test_a_slow_reader_slows_postgresql_down(address: str, token: str, path: str) -> None:
    async with reading(address, path, token) as reader:
        first = await reader.read(1_000)
        await asyncio.sleep(0.5)
        assert await copying_backends() == ["ClientWrite"]
        body, is_whole = body_of(first + await reader.rest())
    assert is_whole
    assert body.count(b"\n") == CROWD + 1


async def test_a_reader_sees_one_moment_whatever_changes(address: str, token: str, workspace: int, path: str) -> None:
    async with reading(address, path, token) as reader:
        first = await reader.read(1_000)
        async with connection() as borrowed:
            await borrowed.execute("UPDATE contact SET name = 'after' WHERE workspace_id = $1", workspace)
            await borrowed.execute("DELETE FROM contact WHERE workspace_id = $1 AND id % 2 = 0", workspace)
            await borrowed.execute(
                "INSERT INTO contact (workspace_id, email, email_folded, status, label_ids, fields, folded, created_at, "
                "updated_at) VALUES ($1, 'new@x.id', 'new@x.id', 'ACTIVE', '{}', '{}', '{}', now(), now())",
                workspace,
            )
        body, is_whole = body_of(first + await reader.rest())
    assert is_whole
    assert (body.count(b"\n"), body.count(b',"before '), body.count(b"after")) == (CROWD + 1, CROWD, 0)


async def test_a_reader_that_stalls_is_left(
    address: str, token: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "STALL_SECONDS", 0.2)
    async with reading(address, path, token) as reader:
        first = await reader.read(1_000)
        await until_quiet()
        assert not body_of(first + await reader.rest())[1]


@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet"])
async def test_a_file_that_breaks_has_no_end(
    address: str, token: str, path: str, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with reading(address, path.replace("csv", form), token) as reader:
        first = await reader.read(200)
        async with connection() as borrowed:
            ended = await borrowed.fetch(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND xact_start IS NOT NULL AND backend_type = 'client backend'"
            )
        answer = first + await reader.rest()
    assert len(ended) == 1
    assert not body_of(answer)[1]
    logged = "".join(capsys.readouterr())
    assert "answer_broken_off" in logged
    assert "@example.com" not in logged
    await until_quiet()


async def test_more_downloads_than_places_are_asked_to_wait(
    address: str, application: Starlette, token: str, path: str
) -> None:
    async with (
        reading(address, path, token) as one,
        reading(address, path, token) as two,
        reading(address, path, token) as three,
    ):
        firsts = [await reader.read(200) for reader in (one, two, three)]
        assert all(first.startswith(b"HTTP/1.1 200") for first in firsts)
        async with reading(address, path, token) as fourth:
            refused = await fourth.rest()
        assert refused.startswith(b"HTTP/1.1 429")
        assert b"retry-after: 10" in refused.lower()
        assert body_of(firsts[0] + await one.rest())[1]
        async with reading(address, path, token) as fifth:
            assert (await fifth.read(200)).startswith(b"HTTP/1.1 200")
    await until_quiet()
    assert application.state.downloads.free == 3
    assert await backends_in_transaction() == 0
