"""No operation of the schema tells a workspace anything of another, nor touches it."""

import pytest

from tests.isolation.operations import all_operations
from tests.isolation.probing import MOST_TEXTS, MOST_TOLD, Report, probe
from tests.isolation.tenant import Tenant


# Where one of many is refused, graphql-core gives up what it hasn't begun of the others.
@pytest.mark.filterwarnings(
    "ignore:coroutine .* was never awaited", "ignore::pytest.PytestUnraisableExceptionWarning"
)
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("most_texts", [MOST_TEXTS, pytest.param(1_000, marks=pytest.mark.slow)])
async def test_no_operation_knows_another_workspace(
    twins: tuple[Tenant, Tenant], capsys: pytest.CaptureFixture[str], most_texts: int
) -> None:
    report = Report()
    for operation in all_operations():
        await probe(operation, *twins, report, most_texts)
    with capsys.disabled():
        print(f"\nisolation: {len(all_operations())} operations, {report.probes:,} probes")
    assert report.untried == []
    assert not report.leaks, "\n".join(report.leaks[:MOST_TOLD])
    assert report.probes > 20 * len(all_operations())
