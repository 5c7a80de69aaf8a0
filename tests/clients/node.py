"""Node, the packages that the lock file pins, and scripts that print what they saw as JSON."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from hatch_build import find_node

HERE = Path(__file__).parent
INSTALLED = HERE / "node_modules" / ".package-lock.json"
INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error")
SECONDS = 240


class ScriptFailed(Exception):
    """A program of Node's ended with a fault; the text is what it wrote."""


class Node:
    """Runs programs in this folder, with the addresses and secrets that they are given in the environment."""

    def __init__(self, **environment: str) -> None:
        self.node, self.npm = find_node()
        self.environment = os.environ | environment

    def install(self) -> None:
        """Bring node_modules to what the lock file says; raises ScriptFailed."""
        lock = HERE / "package-lock.json"
        if not INSTALLED.exists() or INSTALLED.stat().st_mtime < lock.stat().st_mtime:
            self._run([*self.npm, *INSTALL])
            INSTALLED.touch()

    def told(self, script: str, **environment: str) -> Any:
        """What a script of this folder prints; raises ScriptFailed."""
        return json.loads(self._run([*self.node, script], environment))

    def run_package(self, program: str, *arguments: str) -> str:
        """The output of a program that a package brings; raises ScriptFailed."""
        return self._run([*self.node, f"node_modules/{program}", *arguments])

    def _run(self, command: list[str], environment: dict[str, str] | None = None) -> str:
        done = subprocess.run(
            command,
            cwd=HERE,
            env=self.environment | (environment or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        if done.returncode:
            raise ScriptFailed(f"{command[1:]}:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
        return done.stdout
