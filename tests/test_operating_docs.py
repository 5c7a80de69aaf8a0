"""The page on running Pilah names every command, every measure and what can be set about them."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from app.cli import app
from app.settings.operating import Operating
from app.telemetry.measures import REGISTRY

PAGE = (Path(__file__).parent.parent / "docs" / "operating.md").read_text()
COMMANDS = [command.name for command in app.registered_commands]
MEASURES = [metric.name for metric in REGISTRY.collect() if metric.name.startswith("pilah_")]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    assert re.search(rf"^\| `pilah {command}\b", PAGE, re.MULTILINE)


@pytest.mark.parametrize("measure", [name for name in MEASURES if not name.endswith("_most")])
def test_every_measure_is_documented(measure: str) -> None:
    assert re.search(rf"`{measure}(_total)?`", PAGE)


@pytest.mark.parametrize("setting", [f"PILAH_{field.name.upper()}" for field in fields(Operating)])
def test_every_setting_of_operating_is_documented(setting: str) -> None:
    assert f"| `{setting}` |" in PAGE
