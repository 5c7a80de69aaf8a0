"""What a subscription asks of PostgreSQL is asked in its caller's turn, in time, and while it waits its time stands."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from app.filters.ids import number_of, to_global
from app.filters.problems import Refused
from app.graphql.limits.looks import between_looks, look
from app.queries.connections import POOL_SIZE, connection
from app.queries.deadlines import Stopped, begin
from app.queries.imports.changing import cancel_import
from app.queries.imports.ledger import create_import
from app.queries.tokens import create_token
from app.queries.turns import Asker
from app.settings import Limits
from app.transfer.imports.options import Options
from app.transfer.work import next_import
from tests.conftest import WorkspaceMaker
from tests.graphql.limits.callers import Address, listening, locked, until_states
from tests.graphql.sockets import opened

FOLLOW = "subscription ($id: ID!) { importProgress(id: $id) { state } }"
SECONDS = 1.0


@pytest.fixture
async def impatient(dsn: str, pool: None, tmp_path: Path) -> AsyncIterator[Address]:
    """A server that gives a request a second."""
    async with listening(dsn, tmp_path, Limits(request_seconds=SECONDS)) as address:
        yield address


@pytest.fixture
async def patient(dsn: str, pool: None, tmp_path: Path) -> AsyncIterator[Address]:
    """A server with the usual limits."""
    async with listening(dsn, tmp_path, Limits()) as address:
        yield address


@pytest.fixture
async def waiting(workspace: int, tmp_path: Path) -> AsyncIterator[str]:
    """An import that nobody works on."""
    (tmp_path / "stored").write_text("email\n")
    options = Options().to_document()
    made = await create_import(workspace, "people.csv", "stored", 6, options, is_dry_run=False)
    yield to_global("Import", made)
    with suppress(Refused):
        await cancel_import(workspace, made)
    while await next_import(tmp_path):
        pass


async def test_followers_leave_others_their_turn(
    patient: Address, dsn: str, token: str, waiting: str, make_workspace: WorkspaceMaker
) -> None:
    other = await create_token(await make_workspace(), "other", ["read"])
    async with opened(patient.socket, {"token": token}) as speaker:
        for number in range(POOL_SIZE + 4):
            await speaker.subscribe(FOLLOW, str(number), {"id": waiting})
            assert (await speaker.hear())["type"] == "next"
        async with locked(dsn, "file_import"):
            await until_states(dsn, active=POOL_SIZE - 1)
            await asyncio.sleep(0.5)
            assert (await patient.ask(other, "{ workspace { name } }")).status == 200
            await until_states(dsn, active=POOL_SIZE - 1)


async def test_a_look_has_a_deadline(impatient: Address, dsn: str, token: str, waiting: str) -> None:
    async with opened(impatient.socket, {"token": token}) as speaker, locked(dsn, "file_import"):
        async with asyncio.timeout(4 * SECONDS):
            (answer,) = await speaker.answers(FOLLOW, variables={"id": waiting})
        assert (answer["type"], answer["payload"][0]["extensions"]["code"]) == ("error", "QUERY_TOO_COMPLEX")
        await until_states(dsn, active=0)


async def test_waiting_between_looks_takes_no_time(
    impatient: Address, token: str, waiting: str, workspace: int, tmp_path: Path
) -> None:
    async with opened(impatient.socket, {"token": token}) as speaker:
        await speaker.subscribe(FOLLOW, variables={"id": waiting})
        assert (await speaker.hear())["payload"]["data"] == {"importProgress": {"state": "QUEUED"}}
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(speaker.hear(), 2 * SECONDS)
        await cancel_import(workspace, number_of(waiting, "Import"))
        await next_import(tmp_path)
        assert (await speaker.hear())["payload"]["data"] == {"importProgress": {"state": "CANCELLED"}}


async def test_nothing_is_asked_outside_of_a_look(pool: None) -> None:
    with between_looks(lambda: begin(Asker("a"), 10)):
        with pytest.raises(Stopped):
            async with connection():
                pass
        async with look(), connection() as borrowed:
            assert await borrowed.fetchval("SELECT 1") == 1
        with pytest.raises(Stopped):
            async with connection():
                pass
    async with connection() as borrowed:
        assert await borrowed.fetchval("SELECT 1") == 1
