"""A server says that it answers once it does, and why where it can't; run as a person would."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from subprocess import DEVNULL, PIPE

import httpx
import pytest

from app.queries.tokens import SCOPES
from tests.transfer.imports.serving import free_port

PILAH = str(Path(sys.executable).with_name("pilah"))
Process = subprocess.Popen[str]
Environment = dict[str, str]


@pytest.fixture
def environment(dsn: str, tmp_path: Path) -> Environment:
    """What a server needs."""
    return os.environ | {"DATABASE_URL": dsn, "PILAH_FILES": str(tmp_path / "files"), "PILAH_LOG_FORMAT": "json"}


@contextmanager
def serving(environment: Environment, stderr: int | None = PIPE) -> Iterator[tuple[Process, int]]:
    """`pilah serve`, and its port."""
    port = free_port()
    command = [PILAH, "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=PIPE, stderr=stderr, text=True) as process:
        try:
            yield process, port
        finally:
            process.kill()


def test_a_server_that_says_it_answers_does(environment: Environment) -> None:
    with serving(environment) as (process, port):
        assert process.stdout is not None
        assert (
            process.stdout.readline() == f"Pilah answers at http://127.0.0.1:{port}/graphql; stop it with Ctrl-C.\n"
        )
        assert httpx.get(f"http://127.0.0.1:{port}/live", timeout=20).status_code == 200


def no_documents(folder: Path) -> tuple[Environment, str]:
    """A list that isn't there."""
    return {"PILAH_DOCUMENTS": str(folder / "none.json")}, "can't be read: No such file or directory."


def no_folder(folder: Path) -> tuple[Environment, str]:
    """A file in the place of the folder."""
    (folder / "file").write_text("")
    named = folder / "file" / "files"
    reason = f"The folder of files, {named}, can't be used: Not a directory. "
    return {"PILAH_FILES": str(named)}, f"{reason}Make it writable, or let PILAH_FILES name another."


def no_number(_folder: Path) -> tuple[Environment, str]:
    """A setting that doesn't parse."""
    return {"PILAH_MOST_DEPTH": "abc"}, 'PILAH_MOST_DEPTH is "abc"; give a whole number from 1 to 1,000,000,000.'


@pytest.mark.parametrize("lacking", [no_documents, no_folder, no_number], ids=lambda case: case.__name__)
def test_a_server_that_can_not_start_says_why_alone(
    environment: Environment, tmp_path: Path, lacking: Callable[[Path], tuple[Environment, str]]
) -> None:
    changed, reason = lacking(tmp_path)
    with serving(environment | changed) as (process, _):
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    assert err.endswith(f"{reason}\n")


def test_a_taken_port_of_the_measures_is_named(environment: Environment) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with serving(environment | {"PILAH_METRICS": str(port)}) as (process, _):
            out, err = process.communicate(timeout=60)
    sentence = f"Port {port} is taken on 127.0.0.1; stop what uses it, or choose another with PILAH_METRICS.\n"
    assert (process.returncode, out, err) == (1, "", sentence)


def test_a_misspelt_setting_is_warned_of(environment: Environment) -> None:
    with serving(environment | {"PILAH_MOST_DEPHT": "9"}) as (process, _):
        assert process.stderr is not None
        warning = json.loads(process.stderr.readline())
    assert (warning["level"], warning["event"]) == ("warning", "unknown_setting")
    assert warning["told"] == "PILAH_MOST_DEPHT is no setting; did you mean PILAH_MOST_DEPTH?"


def test_a_server_outlives_the_reader_of_its_log(environment: Environment) -> None:
    read, write = os.pipe()
    with serving(environment, stderr=write) as (process, port):
        os.close(read)
        os.close(write)
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        for _ in range(3):
            answer = httpx.get(f"http://127.0.0.1:{port}/graphql", params={"query": "{ __typename }"}, timeout=20)
            assert (answer.status_code, "WWW-Authenticate" in answer.headers) == (401, True)
        process.terminate()
        assert process.wait(30) == 0


@pytest.mark.parametrize("scopes", ["read,write", "read, write", "read write"])
def test_scopes_are_given_one_by_one(environment: Environment, scopes: str) -> None:
    command = [PILAH, "token", "create", "--workspace", "any", "--scope", scopes]
    done = subprocess.run(command, env=environment, stdin=DEVNULL, capture_output=True, text=True, timeout=60)
    assert {"read", "write"} <= set(SCOPES)
    assert (done.returncode, done.stderr) == (1, "Give each scope by itself: --scope read --scope write.\n")
