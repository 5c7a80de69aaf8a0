"""`pilah serve` as a process of its own, that can be killed at any moment and started again."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import httpx

from tests.transfer.imports.watching import SECONDS, Watcher

PILAH = Path(sys.executable).with_name("pilah")
UNFILLED = '{"filling": null}'


def file_of(rows: range, city: str = "Solo") -> bytes:
    """A file of many parts, since a column that is left out is long."""
    filling = "x" * 900
    lines = (f"p{n}@example.com,{n},{city},{'VIP' if n % 3 else 'Old'},{filling}\n" for n in rows)
    return f"email,n,city,tags,filling\n{''.join(lines)}".encode()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A server and its callers; what the environment lacks says where PostgreSQL and the files are."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = {
            **{key: value for key, value in os.environ.items() if key != "DATABASE_URL"},
            **environment,
        }
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.token = ""

    def start(self, *, is_awaited: bool = True) -> None:
        """Start it, and wait until it answers."""
        self.process = subprocess.Popen(
            [PILAH, "serve", "--port", str(self.port)], env=self.environment, stdout=subprocess.DEVNULL
        )
        until = time.monotonic() + SECONDS
        while is_awaited and time.monotonic() < until:
            assert self.process.poll() is None
            try:
                if httpx.get(f"{self.url}/ready").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        if is_awaited:
            raise TimeoutError

    def kill(self) -> None:
        """End it as a loss of power would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        """End it in peace."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(SECONDS)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    async def open_workspace(self, watcher: Watcher, name: str) -> None:
        """Make a workspace, and speak as somebody who may do everything in it."""
        (made,) = await watcher.ask(
            "INSERT INTO workspace (name, time_zone, catalog_version, created_at) VALUES ($1, 'UTC', 1, now()) "
            "RETURNING id",
            name,
        )
        self.token = f"pilah_{made['id']}_{token_urlsafe(32)}"
        await watcher.ask(
            "INSERT INTO token (workspace_id, name, prefix, hash, scopes, created_at) "
            "VALUES ($1, 'test', $2, $3, ARRAY['admin'], now())",
            made["id"],
            self.token[:12],
            sha256(self.token.encode()).digest(),
        )

    @property
    def headers(self) -> dict[str, str]:
        """A caller's."""
        return {"authorization": f"Bearer {self.token}"}

    def files(self) -> set[str]:
        """The names in the folder of files."""
        return {path.name for path in Path(self.environment["PILAH_FILES"]).iterdir()}

    async def post(self, content: bytes) -> httpx.Response:
        """The answer to a file, whatever it is."""
        async with httpx.AsyncClient(headers=self.headers, timeout=SECONDS) as client:
            return await client.post(f"{self.url}/imports", content=content)

    def send(self, content: bytes, **options: str) -> str:
        """The id of an import that waits."""
        answer = httpx.post(
            f"{self.url}/imports", content=content, params=options, headers=self.headers, timeout=SECONDS
        )
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def change(self, id: str, change: str) -> None:
        """Tell an import to do something else."""
        httpx.post(f"{self.url}/imports/{id}/{change}", headers=self.headers, timeout=SECONDS).raise_for_status()

    async def finished(self, id: str) -> dict[str, Any]:
        """The report of an import once it is over, whatever befalls the server's PostgreSQL meanwhile."""
        async with httpx.AsyncClient(headers=self.headers, timeout=SECONDS) as client:
            for _ in range(SECONDS * 20):
                answer = await client.get(f"{self.url}/imports/{id}")
                if answer.status_code == 200 and answer.json()["finishedAt"] is not None:
                    return dict(answer.json())
                assert answer.status_code in (200, 500, 503), answer.text
                await asyncio.sleep(0.05)
        raise TimeoutError
