"""The page on running Pilah names every command, every measure and what can be set about them."""

import re
from pathlib import Path

import pytest

from app.cli.commands import PLACES
from app.settings.misspelt import known_settings
from app.telemetry.measures import REGISTRY

DOCS = Path(__file__).parent.parent / "docs"
PAGE = (DOCS / "operating.md").read_text()
LIMITS = (DOCS / "limits.md").read_text()
COMMANDS = list(PLACES)
MEASURES = [metric.name for metric in REGISTRY.collect() if metric.name.startswith("pilah_")]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    assert re.search(rf"^\| `pilah {command}\b", PAGE, re.MULTILINE)


@pytest.mark.parametrize("measure", [name for name in MEASURES if not name.endswith("_most")])
def test_every_measure_is_documented(measure: str) -> None:
    assert re.search(rf"`{measure}(_total)?`", PAGE)


def test_the_tables_have_every_setting_and_no_other() -> None:
    rows = re.findall(r"^\| `((?:PILAH|DATABASE)_[A-Z_]+)` \|", PAGE + LIMITS, re.MULTILINE)
    assert sorted(rows) == sorted(known_settings())


@pytest.mark.parametrize("text", [PAGE, LIMITS], ids=["operating", "limits"])
def test_no_table_is_torn(text: str) -> None:
    tables = [block.splitlines() for block in re.split(r"\n\n+", text) if block.startswith("|")]
    assert tables
    assert all(re.fullmatch(r"[| -]+", lines[1]) for lines in tables)
