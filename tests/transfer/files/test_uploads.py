"""The folder of stored files: what is kept of an upload, and that nothing is kept of a broken one."""

import asyncio
import hashlib
import os
import resource
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.filters.problems import Code, Refused
from app.transfer.files.uploads import path_of, remove, store, sweep

BLOCK = b"0123456789" * 60_000


async def sent(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        await asyncio.sleep(0)
        yield chunk


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


@pytest.mark.parametrize("chunks", [[b"a"], [b"", b"a,b\n", b"1,2\n"], [BLOCK] * 5])
async def test_what_comes_is_stored(tmp_path: Path, chunks: list[bytes]) -> None:
    content, folder = b"".join(chunks), tmp_path / "made" / "here"
    stored = await store(folder, sent(*chunks), len(content))
    assert path_of(folder, stored.name).read_bytes() == content
    assert (stored.size, stored.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert names_in(folder) == [stored.name]


@pytest.mark.parametrize(
    ("chunks", "limit", "code"),
    [([b"12", b"345"], 4, Code.TOO_LARGE), ([BLOCK] * 5, 2_000_000, Code.TOO_LARGE), ([], 4, Code.REQUIRED), ([b""], 4, Code.REQUIRED)],
)  # fmt: skip
async def test_nothing_stays_of_a_refused_file(tmp_path: Path, chunks: list[bytes], limit: int, code: Code) -> None:
    with pytest.raises(Refused) as refused:
        await store(tmp_path, sent(*chunks), limit)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert names_in(tmp_path) == []


async def test_nobody_else_may_read_a_file(tmp_path: Path) -> None:
    stored = await store(tmp_path / "files", sent(b"a"), 1)
    modes = [oct(path.stat().st_mode & 0o777) for path in (tmp_path / "files", tmp_path / "files" / stored.name)]
    assert modes == ["0o700", "0o600"]


async def test_nothing_stays_where_the_disk_is_full(tmp_path: Path) -> None:
    with files_of_at_most(1_000_000), pytest.raises(Refused) as refused:
        await store(tmp_path, sent(*[BLOCK] * 5), 10_000_000)
    assert [problem.code for problem in refused.value.problems] == [Code.NO_ROOM]
    assert names_in(tmp_path) == []


async def test_nothing_stays_where_the_client_hangs_up(tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield BLOCK
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await store(tmp_path, broken(), 10_000_000)
    assert names_in(tmp_path) == []


@pytest.mark.parametrize("turns", [0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89])
async def test_nothing_stays_where_it_is_cancelled(tmp_path: Path, turns: int) -> None:
    async def stalling() -> AsyncIterator[bytes]:
        for _ in range(9):
            yield BLOCK
        await asyncio.Event().wait()

    storing = asyncio.create_task(store(tmp_path, stalling(), 10_000_000))
    for _ in range(turns):
        await asyncio.sleep(0.000_2)
    storing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await storing
    assert names_in(tmp_path) == []


async def test_the_loop_goes_on_beside_a_large_file(tmp_path: Path) -> None:
    async def tick() -> float:
        longest, last = 0.0, time.perf_counter()
        while not storing.done():
            await asyncio.sleep(0)
            now = time.perf_counter()
            longest, last = max(longest, now - last), now
        return longest

    storing = asyncio.create_task(store(tmp_path, sent(*[BLOCK] * 100), 100_000_000))
    assert await tick() < 1
    assert (await storing).size == 60_000_000


@pytest.mark.parametrize("name", ["../secret", "a/b", "/etc/passwd", "..", "", "."])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused, match="no such file"):
        path_of(tmp_path, name)


def test_a_removed_file_may_be_gone_already(tmp_path: Path) -> None:
    (tmp_path / "name").write_bytes(b"content")
    remove(tmp_path, "name")
    remove(tmp_path, "name")
    assert names_in(tmp_path) == []


def test_leftovers_that_nobody_knows_are_swept(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for name in ("known", "young", "old", ".killed.draft"):
        (tmp_path / name).touch()
    for name in ("known", "old", ".killed.draft", "folder"):
        os.utime(tmp_path / name, (time.time() - 900,) * 2)
    assert sweep(tmp_path, {"known"}, 600) == 2
    assert names_in(tmp_path) == ["folder", "known", "young"]
    assert sweep(tmp_path / "missing", set(), 600) == 0
