"""The documentation names what there is."""

import re
from dataclasses import asdict
from pathlib import Path

import pytest

from app.filters.asked import CONDITIONS
from app.filters.operators import OPERATORS
from app.settings import USUAL_LIMITS, variable_of

DOCS = Path(__file__).parent.parent / "docs"


def test_every_operator_is_documented_with_its_types() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([A-Z, ]+|all) \|", (DOCS / "filters.md").read_text(), re.MULTILINE)
    types = {name: ", ".join(kind.value for kind in operator.types) for name, operator in OPERATORS.items()}
    assert dict(rows) == types | {"isEmpty": "all"}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_every_condition_is_documented(condition: str) -> None:
    assert f"| `{condition}:" in (DOCS / "filters.md").read_text()


def test_every_limit_is_documented_with_its_setting_and_default() -> None:
    rows = re.findall(
        r"^\| `(PILAH_MOST_\w+)` \| ([\d,]+) \| .+ \| .+ \|$", (DOCS / "limits.md").read_text(), re.MULTILINE
    )
    assert dict(rows) == {variable_of(name): f"{most:,}" for name, most in asdict(USUAL_LIMITS).items()}
