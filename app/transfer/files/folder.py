"""Whether files can be kept in a folder: proved when a server starts, looked at while it serves."""

import os
import tempfile
from pathlib import Path

from app.transfer.files.drafts import private_folder


def prove_writable(folder: Path) -> None:
    """Make the folder where it is missing, and write a file there that is gone at once; raises OSError."""
    private_folder(folder)
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"Pilah")


def is_writable(folder: Path) -> bool:
    """Whether files can be made in the folder, or it can be made where it is missing."""
    reached = next(each for each in (folder, *folder.parents) if each.exists())
    return reached.is_dir() and os.access(reached, os.W_OK | os.X_OK)
