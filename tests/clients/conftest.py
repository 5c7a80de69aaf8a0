"""The demo behind its own command, and Node with its clients. Without Node these tests are skipped."""

import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn
from urllib.request import urlopen

import pytest

from hatch_build import PageNotBuilt
from tests.clients.node import Node
from tests.conftest import empty_database

PILAH = Path(sys.executable).with_name("pilah")
CONTACTS = 2_000
SECONDS = 60
HURRIED = {"PILAH_MOST_REQUESTS_PER_SECOND": "10000", "PILAH_MOST_REQUESTS_IN_A_BURST": "10000"}


@pytest.fixture(scope="session")
async def address(server: str, worker_id: str) -> AsyncIterator[str]:
    """A database for the demo alone."""
    async with empty_database(server, f"pilah_clients_{worker_id}_{os.getpid()}") as address:
        yield address


@pytest.fixture(scope="session")
def demo(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address at which `pilah demo` answers, and its token."""
    folder = tmp_path_factory.mktemp("demo")
    environment = os.environ | HURRIED | {"DATABASE_URL": address, "PILAH_FILES": str(folder)}
    command = [str(PILAH), "demo", "--port", "0", "--contacts", str(CONTACTS)]
    said = folder / "said"
    with said.open("w") as output, subprocess.Popen(command, env=environment, stdout=output) as process:
        try:
            url, token = awaited(lambda: _greeting(said.read_text()), process)
            awaited(lambda: _answers(url), process)
            yield url, token
        finally:
            process.terminate()


def awaited(look: Callable[[], Any], process: "subprocess.Popen[bytes]") -> Any:
    """What a look gives as soon as it gives something; the process must live until then."""
    until = time.monotonic() + SECONDS
    while not (found := look()):
        assert process.poll() is None, "the demo went down"
        assert time.monotonic() < until, "the demo does not come up"
        time.sleep(0.1)
    return found


def _greeting(said: str) -> tuple[str, str] | None:
    found = re.search(r"(http://127\.0\.0\.1:\d+)/graphql#token=(\S+)\n", said)
    return (found[1], found[2]) if found else None


def _answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/ready", timeout=5):
            return True
    except OSError:
        return False


def go_without(what: str) -> NoReturn:
    """Skip the tests that need something; in CI, which has to bring it, fail."""
    if "CI" in os.environ:
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def node(demo: tuple[str, str]) -> Node:
    """Node with the packages installed; its scripts find the demo by PILAH_URL and PILAH_TOKEN."""
    url, token = demo
    try:
        node = Node(PILAH_URL=url, PILAH_TOKEN=token)
    except PageNotBuilt as problem:
        go_without(f"no Node: {problem}")
    node.install()
    return node
