"""No route of the application tells a workspace anything of another, nor touches it."""

import pytest
from starlette.applications import Starlette

from tests.isolation.conftest import GIVEN_UP
from tests.isolation.probing import MOST_TOLD, Report
from tests.isolation.routes import doors, probe_door
from tests.isolation.tenant import Tenant

pytestmark = GIVEN_UP


async def test_no_route_knows_another_workspace(
    app: Starlette, twins: tuple[Tenant, Tenant], capsys: pytest.CaptureFixture[str]
) -> None:
    report = Report()
    for door in doors(app):
        await probe_door(door, *twins, report)
    with capsys.disabled():
        print(f"\nisolation: {len([*doors(app)])} routes, {report.probes:,} probes")
    assert report.untried == []
    assert not report.leaks, "\n".join(report.leaks[:MOST_TOLD])
    assert report.probes > 50 * len([*doors(app)])
