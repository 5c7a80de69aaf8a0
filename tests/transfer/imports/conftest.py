"""A folder that files come in by."""

from pathlib import Path

import pytest

from tests.transfer.imports.loading import Dock


@pytest.fixture
def dock(workspace: int, tmp_path: Path) -> Dock:
    """Where files come into the fresh workspace."""
    folder = tmp_path / "files"
    folder.mkdir()
    return Dock(folder, workspace)
