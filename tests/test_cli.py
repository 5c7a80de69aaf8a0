"""The command line, run as a person would: real processes on a real server."""

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from tests.transfer.imports.test_cdnow import CUSTOMERS, QUESTIONS, answers, needs_data

PILAH = Path(sys.executable).with_name("pilah")

Pilah = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
async def empty_database(server: str, worker_id: str) -> AsyncIterator[str]:
    """A database without tables."""
    name = f"pilah_cli_{worker_id}_{os.getpid()}"
    control = await asyncpg.connect(server)
    await control.execute(f'CREATE DATABASE "{name}"')
    yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    await control.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await control.close()


@pytest.fixture(scope="module", autouse=True)
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of files of every command here."""
    folder = tmp_path_factory.mktemp("files")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PILAH_FILES", str(folder))
        yield folder


@pytest.fixture(scope="module")
def pilah(empty_database: str, files: Path) -> Pilah:
    """Runs a command and gives what it said."""

    def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [PILAH, *arguments],
            capture_output=True,
            text=True,
            timeout=120,
            env={**os.environ, "DATABASE_URL": empty_database, "TERM": "dumb", "COLUMNS": "100", **environment},
        )

    return run


def said(pilah: Pilah, *arguments: str) -> str:
    done = pilah(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def made_token(pilah: Pilah, *arguments: str) -> str:
    """A token, which is alone on stdout."""
    done = pilah("token", "create", *arguments)
    assert (done.returncode, done.stderr.startswith("Keep this token")) == (0, True)
    assert re.fullmatch(r"pilah_\d+_[0-9A-Za-z]{49}\n", done.stdout)
    return done.stdout.strip()


def table(output: str) -> list[list[str]]:
    """The rows of the table in an output, without its head."""
    body = re.split(r"─+\s*\n", output)[-1]
    return [re.split(r"\s{2,}", line.strip()) for line in body.splitlines() if line.strip()]


def test_help_names_every_command(pilah: Pilah) -> None:
    text = said(pilah, "--help")
    for word in ("demo", "serve", "import", "migrate", "schema", "workspace", "token", "DATABASE_URL", "PILAH_DATA"):
        assert word in text
    for command in (["demo"], ["import"], ["token", "create"]):
        assert "Usage" in said(pilah, *command, "--help")


def test_demo_fills_once_and_prints_the_table_again(pilah: Pilah) -> None:
    first = said(pilah, "demo", "--exit", "--contacts", "2000")
    again = said(pilah, "demo", "--exit", "--contacts", "9")
    rows = table(first)
    assert [row[0] for row in rows] == [
        "Contacts in Jakarta",
        "VIP or Frequent Buyers",
        "Inactive Buyers > 30 Days",
        "Active VIPs",
    ]
    for _, matched, sendable, took in rows:
        assert 0 < int(sendable.replace(",", "")) <= int(matched.replace(",", "")) < 2_000
        assert float(took) > 0
    assert rows[3][1] == rows[3][2]
    assert [row[:3] for row in table(again)] == [row[:3] for row in rows]
    assert first.startswith("2,000 contacts")
    assert "token" not in first.lower()


def test_workspaces_and_tokens(pilah: Pilah) -> None:
    said(pilah, "workspace", "create", "Toko Émas", "--time-zone", "Asia/Makassar")
    assert ["Toko Émas", "Asia/Makassar"] in [row[1:3] for row in table(said(pilah, "workspace", "list"))]
    token = made_token(pilah, "--workspace", "Toko Émas", "--name", "site", "--scope", "admin")
    made_token(pilah, "--workspace", "Toko Émas", "--scope", "read", "--scope", "write")
    rows = table(said(pilah, "token", "list", "--workspace", "Toko Émas"))
    assert [(row[1], row[3]) for row in rows] == [("site", "admin"), ("command line", "read, write")]
    assert token.startswith(rows[0][2])
    assert token not in said(pilah, "token", "list", "--workspace", "Toko Émas")
    said(pilah, "token", "revoke", rows[0][0], "--workspace", "Toko Émas")
    made_token(pilah, "--workspace", "Toko Émas", "--name", "short", "--scope", "read", "--expires", "90d")
    revoked, lasting, short = (row[4:] for row in table(said(pilah, "token", "list", "--workspace", "Toko Émas")))
    assert (len(revoked), len(lasting), len(short)) == (2, 1, 2)
    begins, ends = (datetime.fromisoformat(text.removesuffix(" UTC")) for text in short)
    assert 90 <= (ends - begins).total_seconds() / 86_400 < 90.01


def test_import_tells_every_refused_line_and_protects_statuses(pilah: Pilah, tmp_path: Path, files: Path) -> None:
    said(pilah, "workspace", "create", "Imports", "--time-zone", "Asia/Jakarta")
    path = tmp_path / "people.csv"
    path.write_text("email,status\ngone@example.com,unsubscribed\nbounced@example.com,hard_bounce\n")
    assert said(pilah, "import", str(path), "--workspace", "Imports").startswith("2 created, 0 changed")
    path.write_bytes(
        b"\xef\xbb\xbfe-mail;city;joined;code;status;tags\r\n"
        b"gone@example.com;Bandung;2026-01-01;007;active;VIP\r\n"
        b"bounced@example.com;;;;active;\r\n"
        b'ani@example.com;"Jakarta\r\nSelatan";2026-01-02;01;;\r\n'
        b"ani;;;;;\r\n"
        b"x@example.com;;;\r\n"
        b"y@example.com;\xff\xe2\x82\xac\xe2\x82\xac;;;;\r\n"
        b"z@example.com;;2026-02-30;;;\r\n"
        b"\r\n"
        b'open@example.com;"Medan;;;;\r\n'
        b"last@example.com;Medan;2026-01-03;02;;\r\n"
    )
    asked = ["import", str(path), "--workspace", "Imports", "--status", "active", "--consent", "at the till"]
    columns = [
        ["e-mail", "e-mail address"],
        ["city", "city (new field)", "TEXT"],
        ["joined", "joined (new field)", "DATE"],
        ["code", "code (new field)", "TEXT"],
        ["status", "status"],
        ["tags", "labels"],
    ]
    refused = [
        'line 6: "ani" is not an e-mail address',
        "line 7: too few cells: 4 instead of 6",
        "line 8: it is not text in UTF-8",
        "line 9: joined: there is no day 2026-02-30",
        "line 11: a quotation mark opens a cell that is never closed",
    ]
    tried = said(pilah, *asked, "--dry-run")
    first, mailed, *_ = tried.splitlines()
    assert first == "2 would be created, 1 would be changed, 1 unchanged, 5 refused."
    assert mailed == "2 may be mailed, 1 unsubscribed, 1 bounced."
    *planned, labels, start = [*tried.partition("line 6")[0].splitlines()]
    assert table("\n".join(planned)) == columns
    assert (labels, tried.splitlines()[-5:]) == ('New labels: "VIP".', refused)
    done = said(pilah, *start.removeprefix("To do it: pilah ").split()).splitlines()
    assert done[:2] == ["2 created, 1 changed, 1 unchanged, 5 refused.", mailed]
    undo = done[-6]
    same = said(pilah, "import", str(path), "--workspace", "Imports")
    assert same.startswith("0 created, 0 changed, 4 unchanged")
    assert "To take it back" not in same
    command = undo.removeprefix("To take it back: pilah ").split()
    assert command[2:] == ["--workspace", "Imports"]
    assert said(pilah, *command) == "Undone.\n"
    assert said(pilah, *asked).startswith("2 created, 1 changed, 1 unchanged")
    assert list(files.iterdir()) == []


async def test_undo_tells_what_was_changed_since(empty_database: str, pilah: Pilah, tmp_path: Path) -> None:
    said(pilah, "workspace", "create", "Undone")
    path = tmp_path / "people.csv"
    path.write_text("email,name\na@example.com,Ani\nb@example.com,Budi\n")
    said(pilah, "import", str(path), "--workspace", "Undone")
    path.write_text("email,name,city\na@example.com,Anita,Solo\nc@example.com,Citra,Medan\n")
    undo = said(pilah, "import", str(path), "--workspace", "Undone").splitlines()[-1].split()[6]
    connection = await asyncpg.connect(empty_database)
    await connection.execute("UPDATE contact SET name = 'Someone', updated_at = now() WHERE email ~ '^[ac]@'")
    await connection.close()
    first, *kept = said(pilah, "undo-import", undo, "--workspace", "Undone").splitlines()
    assert first == "Undone."
    assert kept == [
        "Left alone, as changed since: name of a@example.com",
        "Left alone, as changed since: c@example.com, who stays a contact",
    ]
    again = pilah("undo-import", undo, "--workspace", "Undone")
    assert (again.returncode, again.stderr) == (
        1,
        "Only an import that is over can be undone, within 30 days, and once.\n",
    )


def test_refused_rows_are_written_to_be_mended_and_imported_again(pilah: Pilah, tmp_path: Path) -> None:
    said(pilah, "workspace", "create", "Many refused")
    path, refused = tmp_path / "people.csv", tmp_path / "refused.csv"
    path.write_text("email,city\n" + "".join(f"refused{n} at example.com,=Solo {n}\n" for n in range(1_200)))
    output = said(pilah, "import", str(path), "--workspace", "Many refused", "--refused", str(refused))
    assert output.splitlines()[-1].startswith("and 200 more")
    refused.write_text(refused.read_text().replace(" at ", "@"))
    again = said(pilah, "import", str(refused), "--workspace", "Many refused")
    assert again.startswith("1,200 created, 0 changed, 0 unchanged, 0 refused.\n")


def test_imports_are_listed_cancelled_and_started(pilah: Pilah, tmp_path: Path) -> None:
    said(pilah, "workspace", "create", "Listed")
    path = tmp_path / "people\x1b[31m.csv"
    path.write_text("email\na@example.com\nb@example.com\nnobody\n")
    tried = said(pilah, "import", str(path), "--workspace", "Listed", "--dry-run")
    id = re.findall(r"start-import (\S+) --workspace Listed", tried)[0]
    first = table(said(pilah, "imports", "--workspace", "Listed"))[0]
    assert (first[0], first[1], first[2], first[4:]) == (id, "people[31m.csv", "CHECKED", ["3", "2", "0", "0", "1"])
    assert said(pilah, "start-import", id, "--workspace", "Listed").startswith("2 created, 0 changed")
    assert table(said(pilah, "imports", "--workspace", "Listed"))[0][2] == "DONE"
    late = pilah("cancel-import", id, "--workspace", "Listed")
    assert (late.returncode, late.stderr) == (1, "This import is over already.\n")


def test_no_text_of_a_file_steers_the_terminal(pilah: Pilah, tmp_path: Path) -> None:
    said(pilah, "workspace", "create", "Steered")
    path = tmp_path / "people.csv"
    path.write_text("email,a\x1b[2Jb\n\x1b]0;x\x07,1\nx@example.com,1\n")
    for arguments in (["--dry-run"], ["--mapping", '{"\x1b[2J": "x"}'], ["--tool", "\x1b[2J"]):
        done = pilah("import", str(path), "--workspace", "Steered", *arguments)
        assert not set("\x1b\x07\x9b") & set(done.stdout + done.stderr)
        assert done.stdout + done.stderr


def test_an_import_tells_what_its_columns_say_of_consent(pilah: Pilah, tmp_path: Path) -> None:
    said(pilah, "workspace", "create", "Consents")
    path = tmp_path / "people.csv"
    path.write_text("email,Newsletter\nknown@example.com,\n")
    said(pilah, "import", str(path), "--workspace", "Consents")
    path.write_text("email,Newsletter\nknown@example.com,yes\nyes@example.com,yes\nno@example.com,no\n")
    asked = ["import", str(path), "--workspace", "Consents", "--status", "active", "--consent", "at the till"]
    for arguments in ([*asked, "--dry-run"], asked):
        lines = said(pilah, *arguments).splitlines()
        assert lines[1] == "1 may be mailed, 2 pending."
        assert lines[2].startswith("Who stays pending was known before and keeps that status")
        note = "Newsletter: whoever says no here is PENDING, not ACTIVE; to keep the answers, map it to a field."
        assert note in lines


@pytest.mark.parametrize("command", ["undo-import", "start-import"])
async def test_an_interrupted_undo_goes_on(empty_database: str, pilah: Pilah, tmp_path: Path, command: str) -> None:
    name = f"Halfway {command}"
    said(pilah, "workspace", "create", name)
    path = tmp_path / "people.csv"
    path.write_text("email\na@example.com\n")
    id = re.findall(r"undo-import (\S+)", said(pilah, "import", str(path), "--workspace", name))[0]
    connection = await asyncpg.connect(empty_database)
    await connection.execute(
        "UPDATE file_import SET state = 'UNDOING', finished_at = NULL, ending = NULL WHERE workspace_id = "
        "(SELECT id FROM workspace WHERE name = $1)",
        name,
    )
    await connection.close()
    assert said(pilah, command, id, "--workspace", name) == "Undone.\n"


async def test_an_import_leaves_others_alone(empty_database: str, pilah: Pilah, tmp_path: Path) -> None:
    said(pilah, "workspace", "create", "Alone")
    path = tmp_path / "people.csv"
    path.write_text("email\na@example.com\n")
    control = await asyncpg.connect(empty_database)
    waiting = await control.fetchval(
        "INSERT INTO file_import (workspace_id, name, stored, size, state, is_dry_run, options, created_at) "
        "SELECT id, 'other.csv', 'missing', 1, 'QUEUED', FALSE, '{}', now() FROM workspace WHERE name = 'Alone' "
        "RETURNING id"
    )
    assert said(pilah, "import", str(path), "--workspace", "Alone").startswith("1 created")
    row = await control.fetchrow("SELECT state, started_at, missed_at FROM file_import WHERE id = $1", waiting)
    await control.execute("DELETE FROM file_import WHERE id = $1", waiting)
    await control.close()
    assert row
    assert tuple(row) == ("QUEUED", None, None)


async def test_nobody_who_left_is_made_sendable_by_an_import(
    empty_database: str, pilah: Pilah, tmp_path: Path
) -> None:
    said(pilah, "workspace", "create", "Statuses", "--time-zone", "UTC")
    path = tmp_path / "people.csv"
    path.write_text("email,status\na@b.id,unsubscribed\nc@d.id,hard_bounce\ne@f.id,pending\ng@h.id,active\n")
    said(pilah, "import", str(path), "--workspace", "Statuses")
    path.write_text("email,status\na@b.id,active\nc@d.id,active\ne@f.id,active\ng@h.id,unsubscribed\n")
    said(pilah, "import", str(path), "--workspace", "Statuses", "--status", "active", "--consent", "at the till")
    connection = await asyncpg.connect(empty_database)
    rows = await connection.fetch(
        "SELECT email, contact.status FROM contact JOIN workspace ON workspace.id = workspace_id "
        "WHERE workspace.name = 'Statuses' ORDER BY email"
    )
    await connection.close()
    assert [row[1] for row in rows] == ["UNSUBSCRIBED", "HARD_BOUNCE", "PENDING", "UNSUBSCRIBED"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["token", "create", "--workspace", "Nowhere", "--scope", "admin"], 'There is no workspace "Nowhere".'),
        (
            ["token", "create", "--workspace", "Errors", "--scope", "all"],
            "A scope is one of read, write, import, export, admin.",
        ),
        (
            ["token", "create", "--workspace", "Errors", "--scope", "read", "--expires", "soon"],
            "Say in how many hours, days or weeks it ends, as in 12h, 90d or 52w.",
        ),
        (
            ["token", "create", "--workspace", "Errors", "--scope", "read", "--expires", "0d"],
            "This token would have expired already.",
        ),
        (["token", "revoke", "999", "--workspace", "Errors"], "There is no such token in this workspace."),
        (["workspace", "create", "Errors"], 'There is a workspace "Errors" already.'),
        (
            ["workspace", "create", "M", "--time-zone", "Mars/Up"],
            'There is no time zone "Mars/Up"; take an IANA name',
        ),
        (["workspace", "create", " "], "A name is needed."),
        (
            ["import", "/no/such.csv", "--workspace", "Errors"],
            "/no/such.csv can't be used: No such file or directory.",
        ),
        (["import", "/", "--workspace", "Errors"], "/ can't be used: Is a directory."),
        (["import", os.devnull, "--workspace", "Errors"], "This file is empty."),
        (["import", __file__, "--workspace", "Errors"], "No column holds e-mail addresses; call it"),
        (["import", "x", "--workspace", "Errors", "--status", "gone"], "The status is one of PENDING, ACTIVE."),
        (
            ["import", "x", "--workspace", "Errors", "--status", "active", "--mode", "all", "--mapping", "{"],
            "The mode is one of CREATE, UPDATE, CREATE_AND_UPDATE.\nThe mapping is no JSON that can be read.\nSay in consent how",
        ),
        (["undo-import", "SW1wb3J0Ojk5", "--workspace", "Errors"], "There is no such import."),
        (["undo-import", "99", "--workspace", "Errors"], "There is no such import."),
        (["serve", "--host", "no.such.host.invalid"], "no.such.host.invalid is no address of this machine."),
    ],
)
def test_what_cannot_be_done_is_a_sentence(pilah: Pilah, arguments: list[str], sentence: str) -> None:
    pilah("workspace", "create", "Errors")
    done = pilah(*arguments)
    assert done.returncode == 1
    assert done.stderr.startswith(sentence)
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["import"],
        ["token", "create", "--workspace", "X"],
        ["undo-import"],
    ],
)
def test_wrong_usage_ends_with_2(pilah: Pilah, arguments: list[str]) -> None:
    assert pilah(*arguments).returncode == 2


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (
            "postgresql://someone:secret@127.0.0.1:1/x",
            "Nothing answers as PostgreSQL at 127.0.0.1:1/x; is it running?",
        ),
        ("nonsense", "The address of PostgreSQL does not parse"),
    ],
)
def test_a_database_that_is_not_there_is_a_sentence(pilah: Pilah, address: str, sentence: str) -> None:
    for command in (["migrate"], ["workspace", "list"], ["demo", "--exit"]):
        done = pilah(*command, DATABASE_URL=address)
        assert done.returncode == 1
        assert done.stderr.startswith(sentence)
        assert "secret" not in done.stderr


@pytest.mark.parametrize("size", ["many", "0", "-3"])
def test_a_setting_that_does_not_parse_is_a_sentence(pilah: Pilah, size: str) -> None:
    done = pilah("migrate", PILAH_POOL=size)
    assert (done.returncode, done.stderr) == (
        1,
        f'PILAH_POOL is "{size}"; give a whole number from 1 to 1,000.\n',
    )


def test_a_missing_database_is_a_sentence(pilah: Pilah, empty_database: str) -> None:
    parts = urlsplit(empty_database)
    done = pilah("migrate", DATABASE_URL=urlunsplit(parts._replace(path="/no_such_database")))
    assert (done.returncode, "has no database" in done.stderr) == (1, True)


def test_migrate_can_be_run_again_and_schema_needs_no_database(pilah: Pilah) -> None:
    for _ in range(2):
        assert said(pilah, "migrate") == "The tables are up to date.\n"
    sdl = pilah("schema", DATABASE_URL="postgresql://127.0.0.1:1/x")
    assert sdl.returncode == 0
    assert "type Query" in sdl.stdout


@contextmanager
def serving(database: str, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [PILAH, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "DATABASE_URL": database},
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answer(
    process: "subprocess.Popen[str]", url: str, token: str = "", query: str = "", **variables: object
) -> tuple[int, str]:
    """The status and body of a request, sent again until the process listens."""
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    request = urllib.request.Request(
        url, json.dumps({"query": query, "variables": variables}).encode() if query else None, headers
    )
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, process.communicate()
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            time.sleep(0.1)
    raise TimeoutError


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_serve_answers_until_it_is_stopped(pilah: Pilah, empty_database: str, stop: signal.Signals) -> None:
    port = free_port()
    with serving(empty_database, "serve", "--port", str(port)) as process:
        assert answer(process, f"http://127.0.0.1:{port}/ready")[0] == 200
        second = pilah("serve", "--port", str(port))
        assert (second.returncode, second.stderr) == (
            1,
            f"Port {port} is taken on 127.0.0.1; stop what uses it, or choose another with --port.\n",
        )
        process.send_signal(stop)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert f"http://127.0.0.1:{port}/graphql" in out


def test_demo_serves_what_it_printed_and_leaves_open_pages_their_tokens(empty_database: str) -> None:
    port = free_port()
    tokens: list[str] = []
    for _ in range(2):
        with serving(empty_database, "demo", "--contacts", "2000", "--port", str(port)) as process:
            assert process.stdout
            said_lines = iter(process.stdout.readline, "")
            token = next(line.split(": ")[1].strip() for line in said_lines if line.startswith("Token: "))
            url = f"http://127.0.0.1:{port}/graphql"
            query = '{previewSegment(filter: {field: {key: "city", test: {contains: "Jakarta"}}}) {count}}'
            status, body = answer(process, url, token, query)
            assert (status, json.loads(body)["data"]["previewSegment"]["count"] > 0) == (200, True)
            for earlier in tokens:
                assert answer(process, url, earlier, query)[0] == 200
            tokens.append(token)
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)
            assert process.returncode == 0


def postmaster(pid_file: Path) -> str:
    """The server's process id; nothing while there is none."""
    try:
        return next(iter(pid_file.read_text().split()), "")
    except FileNotFoundError:
        return ""


def test_a_killed_postgresql_is_started_again() -> None:
    folder = Path(tempfile.mkdtemp(prefix="pilah-kept-"))
    folder.chmod(0o755)
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    port = free_port()
    process = subprocess.Popen(
        [PILAH, "serve", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**environment, "PILAH_DATA": str(folder / "data")},
    )
    try:
        ready = f"http://127.0.0.1:{port}/ready"
        assert answer(process, ready)[0] == 200
        pid_file = folder / "data" / "cluster" / "postmaster.pid"
        killed = postmaster(pid_file)
        os.kill(int(killed), signal.SIGKILL)
        until = time.monotonic() + 30
        while time.monotonic() < until and postmaster(pid_file) in ("", killed):
            time.sleep(0.1)
        while time.monotonic() < until and answer(process, ready)[0] != 200:
            time.sleep(0.1)
        assert postmaster(pid_file) not in ("", killed)
        assert answer(process, ready)[0] == 200
    finally:
        process.terminate()
        process.communicate(timeout=30)
        until = time.monotonic() + 30
        while (folder / "data" / "cluster" / "postmaster.pid").exists() and time.monotonic() < until:
            time.sleep(0.2)
        shutil.rmtree(folder, ignore_errors=True)


@needs_data
def test_real_customers_are_counted_over_graphql(pilah: Pilah, empty_database: str) -> None:
    said(pilah, "workspace", "create", "CDNOW", "--time-zone", "UTC")
    token = made_token(pilah, "--workspace", "CDNOW", "--scope", "admin")
    assert "23,570" in said(pilah, "import", str(CUSTOMERS), "--workspace", "CDNOW")
    query = """query ($filter: FilterInput!) {
      previewSegment(filter: $filter, at: "1998-06-30T12:00:00Z") { count }
    }"""
    expected, port = answers(), free_port()
    with serving(empty_database, "serve", "--port", str(port)) as process:
        for words, filter in QUESTIONS.items():
            count = next(count for told, count in expected.items() if re.match(rf"{re.escape(words)}(?! and)", told))
            status, body = answer(process, f"http://127.0.0.1:{port}/graphql", token, query, filter=filter)
            assert (status, json.loads(body)["data"]) == (200, {"previewSegment": {"count": count}}), words


async def test_an_interrupted_import_ends_soon_and_goes_on_when_it_is_told_to(
    pilah: Pilah, empty_database: str, tmp_path: Path
) -> None:
    said(pilah, "workspace", "create", "Interrupted", "--time-zone", "UTC")
    path = tmp_path / "long.csv"
    path.write_text("email,n\n" + "".join(f"p{n}@example.com,{n}\n" for n in range(60_000)))
    watching = await asyncpg.connect(empty_database)
    with serving(empty_database, "import", str(path), "--workspace", "Interrupted") as process:
        while not await watching.fetchval("SELECT EXISTS (SELECT FROM file_import_part WHERE NOT is_merged)"):
            assert process.poll() is None, process.communicate()
            await asyncio.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.startswith("Interrupted. To go on: pilah start-import ")
    assert "Traceback" not in err
    assert said(pilah, *err.split()[5:9]).startswith("60,000 created, 0 changed, 0 unch")
    count = await watching.fetchval("SELECT count(*) FROM contact WHERE email ~ '^p[0-9]+@example.com$'")
    await watching.close()
    assert count == 60_000
