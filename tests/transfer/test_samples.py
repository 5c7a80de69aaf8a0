"""Samples are told without what nobody can look at."""

from typing import Any

import pytest

from app.transfer.samples import LONGEST_VALUE, shortened

LONG = "x" * (LONGEST_VALUE + 1)
CUT = "x" * LONGEST_VALUE + "…"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (LONG, CUT),
        (LONG[1:], LONG[1:]),
        (
            {"line": 2, "before": None, "after": {"fields": {"note": LONG}, "labels": [LONG, "VIP"]}},
            {"line": 2, "before": None, "after": {"fields": {"note": CUT}, "labels": [CUT, "VIP"]}},
        ),
    ],
)
def test_long_values_are_cut_wherever_they_stand(value: Any, told: Any) -> None:
    assert shortened(value) == told
