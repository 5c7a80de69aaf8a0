"""`pilah worker` does what goes on behind requests, until it is stopped."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from app.filters.vocabulary import Status
from app.queries.catalogs import current_catalog
from app.queries.contact_writes import ContactDraft, create_contact
from app.queries.segments import create_dynamic
from tests.live.engine import seconds_until_members

SECONDS = 30.0
PENDING = {"status": ["PENDING"]}


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
async def test_a_worker_keeps_segments_without_a_server(dsn: str, workspace: int, tmp_path: Path) -> None:
    environment = os.environ | {"DATABASE_URL": dsn, "PILAH_FILES": str(tmp_path)}
    worker = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from app.cli import main; main()",
        "worker",
        env=environment,
        stdout=asyncio.subprocess.PIPE,
    )
    assert worker.stdout is not None
    try:
        async with asyncio.timeout(SECONDS):
            assert b"at work" in await worker.stdout.readline()
            segment = await create_dynamic(workspace, "Pending", PENDING)
            draft = ContactDraft("ani@example.com")
            ani = await create_contact(await current_catalog(workspace), draft, Status.PENDING, None)
            await seconds_until_members(workspace, segment, [ani])
    finally:
        worker.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(worker.wait(), SECONDS) == 0
