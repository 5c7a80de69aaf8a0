"""Whether files can be kept in a folder is seen before somebody sends one."""

from pathlib import Path

import pytest

from app.transfer.files.folder import is_writable, prove_writable


def test_a_missing_folder_is_made_and_left_empty(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "files"
    assert is_writable(folder)
    prove_writable(folder)
    assert (list(folder.iterdir()), folder.stat().st_mode & 0o777) == ([], 0o700)
    assert is_writable(folder)


@pytest.mark.parametrize("below", [".", "files", "data/files"])
def test_what_is_no_folder_is_told(tmp_path: Path, below: str) -> None:
    file = tmp_path / "file"
    file.write_text("")
    assert not is_writable(file / below)
    with pytest.raises(OSError, match=r"(?i)not a directory|exists"):
        prove_writable(file / below)
