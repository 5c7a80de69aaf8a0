"""Files that are there whole or not at all."""

from pathlib import Path

import pytest

from app.filters.problems import Code, Refused
from app.transfer.files.drafts import draft, write_whole


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    with draft(tmp_path / "final") as file:
        file.write(b"content")
        assert not (tmp_path / "final").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["final"]
    assert (tmp_path / "final").read_bytes() == b"content"


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(TypeError), draft(tmp_path / "final") as file:
        file.writelines([b"content", "no bytes"])  # type: ignore[list-item]
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(Refused) as refused,
        draft(tmp_path / "final"),
        Path("/dev/full").open("wb", buffering=0) as full,
    ):
        full.write(b"content")
    assert [problem.code for problem in refused.value.problems] == [Code.NO_ROOM]
    assert list(tmp_path.iterdir()) == []


def test_another_fault_of_the_disk_is_passed_on(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), draft(tmp_path / "missing" / "final"):
        pass


def test_too_many_bytes_are_refused(tmp_path: Path) -> None:
    write_whole(tmp_path / "fits", [b"12", b"34"], 4)
    with pytest.raises(Refused) as refused:
        write_whole(tmp_path / "final", [b"12", b"345"], 4)
    assert [problem.code for problem in refused.value.problems] == [Code.TOO_LARGE]
    assert [path.name for path in tmp_path.iterdir()] == ["fits"]
