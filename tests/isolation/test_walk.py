"""The walk finds what it is for: each statement that forgets the workspace, made so on purpose, is told."""

import re
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest
from starlette.applications import Starlette

from app.filters import check
from app.graphql import segment_changes
from app.queries import contacts, labels, status_events
from app.queries.exports import ledger as exports
from app.queries.imports import changing
from app.queries.imports import ledger as imports
from app.queries.live import reading_changes
from tests.isolation.conftest import GIVEN_UP
from tests.isolation.operations import all_operations
from tests.isolation.pools import THEIRS
from tests.isolation.probing import Report, probe
from tests.isolation.routes import doors, probe_door
from tests.isolation.tenant import Tenant

pytestmark = GIVEN_UP

LEDGER = import_module(vars(segment_changes)["segment_news"].__module__)
CONDITION = re.compile(r"workspace_id = \$1\b")
FORGOTTEN = "workspace_id <> -$1::bigint"
STATEMENTS = frozenset({"fetch", "fetchval", "fetchrow", "execute"})


class Forgetful:
    """A connection whose statements have forgotten the workspace."""

    def __init__(self, borrowing: Any) -> None:
        self._borrowing = borrowing

    async def __aenter__(self) -> "Forgetful":
        self._borrowed = await self._borrowing.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> Any:
        return await self._borrowing.__aexit__(*error)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._borrowed, name)
        if name not in STATEMENTS:
            return found
        return lambda text, *values: found(CONDITION.sub(FORGOTTEN, text), *values)


def make_forgetful(patch: pytest.MonkeyPatch, module: ModuleType, way: str) -> None:
    """Let the statements that a module says on a `connection`, or in a `transaction`, forget the workspace."""
    borrow = getattr(module, way)
    patch.setattr(module, way, lambda: Forgetful(borrow()))


@pytest.mark.parametrize(
    ("module", "way", "name", "told"),
    [
        (contacts, "connection", "contact", "differs"),
        (contacts, "connection", "node Contact", "differs"),
        (contacts, "connection", "isOnDoNotContact", None),
        (labels, "transaction", "renameLabel", "rows moved"),
        (status_events, "transaction", "unsubscribeContact", "differs"),
        (changing, "transaction", "cancelImport", "differs"),
        (imports, "connection", "import", "differs"),
        (reading_changes, "connection", "contactChanges", "differs"),
        (LEDGER, "connection", "segmentChanges", "tells"),
    ],
)
async def test_forgetful_operation_is_found(
    twins: tuple[Tenant, Tenant],
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    way: str,
    name: str,
    told: str | None,
) -> None:
    make_forgetful(monkeypatch, module, way)
    report = Report()
    for operation in all_operations():
        if operation.name == name:
            await probe(operation, *twins, report)
    assert report.probes
    assert any(told in leak for leak in report.leaks) if told else not report.leaks, "\n".join(report.leaks)


async def test_hint_at_names_of_another_is_found(
    twins: tuple[Tenant, Tenant], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "did_you_mean", lambda *_: f'; did you mean "{THEIRS}_other"?')
    report = Report()
    for operation in all_operations():
        if operation.name == "compareFilters":
            await probe(operation, *twins, report)
    assert any("tells" in leak for leak in report.leaks)


@pytest.mark.parametrize(
    ("module", "name", "told"),
    [
        (imports, "GET /imports/{id}", "tells"),
        (imports, "GET /imports/{id}/refused.csv", "differs"),
        (exports, "GET /exports/{id}", "differs"),
    ],
)
async def test_forgetful_route_is_found(
    app: Starlette,
    twins: tuple[Tenant, Tenant],
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    name: str,
    told: str,
) -> None:
    make_forgetful(monkeypatch, module, "connection")
    report = Report()
    for door in doors(app):
        if door.name == name:
            await probe_door(door, *twins, report)
    assert any(told in leak for leak in report.leaks), "\n".join(report.leaks)
