"""Where an embedded server keeps its things, and whether the account that runs it can get there."""

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

LOCKS = ("start", "users", "server", "keeper")


@dataclass(frozen=True, slots=True)
class Folder:
    """The names inside a data folder."""

    data: Path

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own folder."""
        return self.data / "cluster"

    @property
    def password(self) -> Path:
        """The password of the superuser `pilah`."""
        return self.data / "password"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.data / "postgres.log"

    @property
    def settings(self) -> Path:
        """The server's settings, written anew at each start."""
        return self.data / "pilah.conf"

    @property
    def locks(self) -> Path:
        """The folder of the locks."""
        return self.data / "locks"

    def lock(self, name: str) -> Path:
        """One of the locks: start, users, server or keeper."""
        return self.locks / name

    def log_tail(self) -> str:
        """The log's last lines, as a paragraph to add to an error; empty where there are none."""
        try:
            lines = self.log.read_text("utf-8", "replace")[-3000:].splitlines()[-12:]
        except OSError:
            return ""
        return "\n".join(["", f"The end of {self.log}:", *lines]) if lines else ""


def default_data_folder() -> Path:
    """The data folder of whoever has not chosen one (nothing is made yet).

    For root it is one that an unprivileged account can enter: /var/lib/pilah if that can be made.
    """
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "pilah"
    if os.geteuid() == 0:
        shared = [Path(place) for place in ("/var/lib/pilah", "/srv/pilah", "/opt/pilah")]
        return next((place for place in shared if _can_be_made(place)), shared[0])
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "pilah"
    chosen = os.environ.get("XDG_DATA_HOME", "")
    return (Path(chosen) if chosen.startswith("/") else Path.home() / ".local" / "share") / "pilah"


def nearest_existing(path: Path) -> Path:
    """The folder itself, or the closest one above it that exists."""
    return next(place for place in (path, *path.parents) if place.exists())


def _can_be_made(path: Path) -> bool:
    place = nearest_existing(path)
    open_to_all = all(above.stat().st_mode & 0o001 for above in (place, *place.parents))
    return open_to_all and os.access(place, os.W_OK | os.X_OK)


def write_whole(path: Path, text: str, mode: int) -> None:
    """Write a file so that it is there in full or not at all, whatever stops us."""
    handle, name = tempfile.mkstemp(prefix=f"{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            os.fchmod(handle, mode)
            file.write(text)
            file.flush()
            os.fsync(handle)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make the names in a folder last through a loss of power."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
