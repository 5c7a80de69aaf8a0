"""What alarms look at is there before anything has happened."""

import subprocess
import sys
from typing import get_args

import pytest

from app.telemetry.measures import FaultEvent

FRESH = "from app.telemetry.measures import exposition; print(exposition().decode())"
AT_START = [
    *(f'pilah_faults_total{{event="{event}"}}' for event in get_args(FaultEvent)),
    'pilah_refusals_total{code="RATE_LIMITED"}',
    'pilah_refusals_total{code="other"}',
    "pilah_live_differences_total",
    "pilah_pool_waiting",
    "pilah_ready",
]


@pytest.fixture(scope="module")
def told() -> str:
    """What a process tells that has done nothing yet."""
    return subprocess.run([sys.executable, "-c", FRESH], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("sample", AT_START)
def test_a_sample_stands_at_0_from_the_start(told: str, sample: str) -> None:
    assert f"{sample} 0.0\n" in told
