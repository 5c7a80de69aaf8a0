"""`pilah export`, run as a person would."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.queries.catalogs import current_catalog
from app.queries.connections import connection
from app.queries.pins import Pinning, pin_contacts
from app.queries.segments import create_dynamic
from tests.transfer.exports.written import add, ndjson_objects, parquet_objects

PILAH = Path(sys.executable).with_name("pilah")
NEW = {"field": {"key": "name", "test": {"matches": "Budi"}}}


@pytest.fixture
async def named(workspace: int) -> str:
    """The name of a workspace of two people, one of whom is in a segment."""
    await add(workspace, "ani@example.com", {"name": "=Ani"})
    await add(workspace, "budi@example.com", {"name": "Budi"})
    await create_dynamic(workspace, "New people", NEW)
    async with connection() as borrowed:
        name: str = await borrowed.fetchval("SELECT name FROM workspace WHERE id = $1", workspace)
    return name


def pilah(dsn: str, *arguments: str) -> tuple[int, str, str]:
    """What a command says, and its code."""
    environment = {**os.environ, "DATABASE_URL": dsn, "TERM": "dumb", "COLUMNS": "200"}
    done = subprocess.run([PILAH, *arguments], capture_output=True, text=True, timeout=120, env=environment)
    return done.returncode, done.stdout, done.stderr


def test_everyone_is_written_to_a_file(dsn: str, named: str, tmp_path: Path) -> None:
    file = tmp_path / "all.csv.gz"
    done = pilah(dsn, "export", str(file), "--workspace", named, "--columns", "email,name", "--header", "names")
    assert done == (0, f"2 contacts written to {file}.\n", "")
    assert file.stat().st_mode & 0o777 == 0o600
    lines = gzip.decompress(file.read_bytes()).decode().splitlines()
    assert lines == ["E-mail,Name", '"ani@example.com","\'=Ani"', '"budi@example.com","Budi"']


@pytest.mark.parametrize(
    "whom", [("--segment", "new PEOPLE"), ("--filter", json.dumps(NEW))], ids=["segment", "filter"]
)
def test_a_part_is_written_in_the_format_of_the_name(
    dsn: str, named: str, tmp_path: Path, whom: tuple[str, str]
) -> None:
    read: dict[str, Any] = {"some.ndjson": ndjson_objects, "some.parquet": parquet_objects}
    for name, objects in read.items():
        code, said, _ = pilah(dsn, "export", str(tmp_path / name), "--workspace", named, *whom)
        assert (code, said) == (0, f"1 contact written to {tmp_path / name}.\n")
        assert [row["email"] for row in objects((tmp_path / name).read_bytes())] == ["budi@example.com"]


async def test_who_is_pinned_is_written(dsn: str, workspace: int, named: str, tmp_path: Path) -> None:
    citra, file = await add(workspace, "citra@example.com", {"name": "Citra"}), tmp_path / "new.csv"
    [segment] = (await current_catalog(workspace)).segments
    await pin_contacts(workspace, segment, Pinning([citra]))
    done = pilah(dsn, "export", str(file), "--workspace", named, "--segment", "new people", "--columns", "email")
    assert done == (0, f"2 contacts written to {file}.\n", "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("x.csv", "--segment", "New peple"), 'There is no segment "New peple"; did you mean "New people"?'),
        (("x.csv", "--filter", "{"), "The filter is not valid JSON."),
        (("x.csv", "--filter", "{}", "--segment", "New people"), "Give --segment or --filter, not both."),
        (("x.xlsx",), "Format is one of csv, ndjson, parquet."),
    ],
)
def test_what_can_not_be_written_is_told(
    dsn: str, named: str, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    file, *rest = arguments
    code, _, said = pilah(dsn, "export", str(tmp_path / file), "--workspace", named, *rest)
    assert (code, said) == (1, told + "\n")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_overwritten_by_force_alone(dsn: str, named: str, tmp_path: Path) -> None:
    file = tmp_path / "some.csv"
    file.write_text("mine")
    asked = ["export", str(file), "--workspace", named]
    assert pilah(dsn, *asked) == (1, "", f"{file} is there already; to overwrite it, say --force.\n")
    assert file.read_text() == "mine"
    assert pilah(dsn, *asked, "--force")[0] == 0
    assert file.read_text().startswith("email,")
    assert file.stat().st_mode & 0o777 == 0o600
