"""The demo behind its own command, and Node with its clients. Without Node these tests are skipped."""

import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from hatch_build import PageNotBuilt
from tests.clients.node import Node
from tests.conftest import empty_database

PILAH = Path(sys.executable).with_name("pilah")
CONTACTS = 2_000
SECONDS = 60


@pytest.fixture(scope="session")
async def address(server: str, worker_id: str) -> AsyncIterator[str]:
    """A database for the demo alone."""
    async with empty_database(server, f"pilah_clients_{worker_id}_{os.getpid()}") as address:
        yield address


@pytest.fixture(scope="session")
def demo(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address at which `pilah demo` answers, and its token."""
    environment = os.environ | {"DATABASE_URL": address, "PILAH_FILES": str(tmp_path_factory.mktemp("files"))}
    command = [str(PILAH), "demo", "--port", "0", "--contacts", str(CONTACTS)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            url, token = _greeting(process)
            await_ready(url)
            yield url, token
        finally:
            process.terminate()


def _greeting(process: "subprocess.Popen[str]") -> tuple[str, str]:
    for line in process.stdout or ():
        if found := re.search(r"(http://127\.0\.0\.1:\d+)/graphql#token=(\S+)", line):
            return found[1], found[2]
    raise AssertionError("the demo did not come up")


def await_ready(url: str) -> None:
    """Return once the server answers; it says its address before."""
    until = time.monotonic() + SECONDS
    while True:
        try:
            with urlopen(f"{url}/ready", timeout=5):
                return
        except OSError:
            assert time.monotonic() < until, "the demo does not answer"
            time.sleep(0.1)


@pytest.fixture(scope="session")
def node(demo: tuple[str, str]) -> Node:
    """Node with the packages installed; its scripts find the demo by PILAH_URL and PILAH_TOKEN."""
    url, token = demo
    try:
        node = Node(PILAH_URL=url, PILAH_TOKEN=token)
    except PageNotBuilt as problem:
        pytest.skip(f"no Node: {problem}")
    node.install()
    return node
