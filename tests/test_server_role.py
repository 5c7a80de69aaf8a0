"""Servers run as a role that owns nothing: all commands work, and what a deployment lacks for it is told."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import httpx
import pytest

from app.queries.migrations import migrate
from tests.conftest import empty_database

pytestmark = pytest.mark.timeout(600)  # each command is a process of its own

PILAH = Path(sys.executable).with_name("pilah")
CREATE = 'mutation { it: createContact(input: {email: "ani@example.com"}) { errors { code } } }'
ERASE = 'mutation { it: eraseContact(input: {email: "ani@example.com", cause: "asked"}) { errors { code } } }'
FILE = "email,city\nani@example.com,Jakarta\nnobody,Bogor\n"


def run(environment: Mapping[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    """What a command says."""
    return subprocess.run([PILAH, *arguments], capture_output=True, text=True, timeout=60, env=environment)


class Deployment:
    """A database with its owner's and its servers' addresses."""

    def __init__(self, owner: str, role: str, folder: Path) -> None:
        self.owner = owner
        self.role = role
        self.folder = folder
        self.log = ""

    @property
    def server(self) -> str:
        """The servers' address."""
        parts = urlsplit(self.owner)
        return urlunsplit(parts._replace(netloc=f"{self.role}:secret@{parts.netloc.rpartition('@')[2]}"))

    async def pilah(self, *arguments: str, dsn: str = "") -> "subprocess.CompletedProcess[str]":
        """What a command says, as the servers' role where no other is named."""
        environment = {**os.environ, "DATABASE_URL": dsn or self.server, "PILAH_FILES": str(self.folder / "files")}
        return await asyncio.to_thread(run, environment, *arguments)

    async def grant(self) -> None:
        """Give the role its rights, as the owner."""
        run = await self.pilah("migrate", "--grant", self.role, dsn=self.owner)
        assert (run.returncode, run.stderr) == (0, "")

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """The address of a server that runs as the role; what it logs is in `log` afterwards."""
        environment = {**os.environ, "DATABASE_URL": self.server, "PILAH_FILES": f"{self.folder / 'files'}"}
        process = await asyncio.create_subprocess_exec(
            *(PILAH, "serve", "--port", "0"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**environment, "PILAH_DRAIN_SECONDS": "1"},
        )
        assert process.stdout is not None
        said = await asyncio.wait_for(process.stdout.readline(), 30)
        found = re.findall("http://[0-9.:]+", said.decode())
        assert found, said + await process.stdout.read()
        try:
            yield found[0]
        finally:
            process.terminate()
            self.log = (await process.stdout.read()).decode()
            await process.wait()

    async def done(self, *arguments: str) -> str:
        """What a command says that has to succeed."""
        run = await self.pilah(*arguments)
        assert (run.returncode, run.stderr) == (0, ""), (arguments, run.stdout, run.stderr)
        return run.stdout


@pytest.fixture(scope="module")
async def deployment(
    server: str, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Deployment]:
    """A migrated database, and a role without any rights."""
    name = f"pilah_role_{worker_id}_{os.getpid()}"
    control = await asyncpg.connect(server)
    await control.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'secret'")
    async with empty_database(server, name) as owner:
        await migrate(owner)
        yield Deployment(owner, name, tmp_path_factory.mktemp("deployment"))
    await control.execute(f"DROP ROLE {name}")
    await control.close()


@pytest.fixture
async def granted(deployment: Deployment) -> Deployment:
    """The same, the role with its rights."""
    await deployment.grant()
    return deployment


async def test_a_role_without_rights_is_told_what_to_do(deployment: Deployment) -> None:
    owner = await asyncpg.connect(deployment.owner)
    await owner.execute(f"DROP OWNED BY {deployment.role}")
    await owner.close()
    found = (await deployment.pilah("doctor")).stdout
    assert "can't read and write audit_entry, contact" in found
    assert "workspace_id_seq" in found
    assert found.count(f"-> run `pilah migrate --grant {deployment.role}`") == 3


async def test_commands_do_their_work_as_a_role_that_owns_nothing(granted: Deployment) -> None:
    await granted.done("workspace", "create", "Shop", "--time-zone", "Asia/Jakarta")
    file = granted.folder / "contacts.csv"
    file.write_text(FILE)
    await granted.done("import", f"{file}", "--workspace", "Shop")
    await granted.done("import", f"{file}", "--workspace", "Shop", "--dry-run")
    await granted.grant()  # with what imports have made
    [_, done] = re.findall("SW1w[A-Za-z0-9=]+", await granted.done("imports", "--workspace", "Shop"))
    await granted.done("export", f"{granted.folder / 'all.csv'}", "--workspace", "Shop")
    await granted.done("undo-import", done, "--workspace", "Shop")
    assert "PROBLEM" not in (found := await granted.done("doctor")), found
    assert "audit log" not in found


async def test_a_server_does_its_work_as_a_role_that_owns_nothing(granted: Deployment) -> None:
    await granted.done("workspace", "create", "Site", "--time-zone", "Asia/Jakarta")
    token = (await granted.pilah("token", "create", "--workspace", "Site", "--scope", "admin")).stdout.strip()
    async with granted.serving() as address, httpx.AsyncClient(base_url=address, timeout=30) as client:
        headers = {"authorization": f"Bearer {token}", "idempotency-key": "key"}
        for mutation in (CREATE, ERASE):
            headers["idempotency-key"] = mutation
            answer = await client.post("/graphql", json={"query": mutation}, headers=headers)
            assert answer.json()["data"]["it"] == {"errors": []}, answer.text
        assert (await client.get("/ready")).status_code == 200
    assert "fault" not in granted.log


@pytest.mark.parametrize(("role", "word"), [("nobody", "no role"), ("", "owner may")])
async def test_rights_go_to_a_role_that_has_not_all(deployment: Deployment, role: str, word: str) -> None:
    named = role or urlsplit(deployment.owner).username or "postgres"
    refused = await deployment.pilah("migrate", "--grant", named, dsn=deployment.owner)
    assert (refused.returncode, word in refused.stderr + refused.stdout) == (1, True)
