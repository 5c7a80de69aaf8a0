"""However little PostgreSQL knows of a workspace, each row's contact is looked up by its own index."""

from collections.abc import AsyncIterator

import pytest

from app.filters.vocabulary import Status
from app.queries.connections import connection
from app.queries.imports import merging
from app.queries.imports.merge_statement import Merging, merge_statement
from app.queries.imports.staging import drop_stage, ensure_stage, stage_of
from app.transfer.demo.filling import fill, furnish
from tests.conftest import WorkspaceMaker

CONTACTS = 3_000
NUMBER = 7

STATEMENTS = {
    "lock": (merging._LOCK, ["contact_email", "contact_pkey"]),
    "claims": (merging._LEFT_OUT.format(stage="{stage}", condition=merging._CLAIMED), ["contact_external_id"]),
    "known": (merging._LEFT_OUT.format(stage="{stage}", condition=merging._KNOWN), ["contact_email"]),
}


async def plan_of(text: str, *values: object) -> str:
    async with connection() as borrowed:
        return "\n".join(row[0] for row in await borrowed.fetch(f"EXPLAIN {text}", *values))


@pytest.fixture
async def unknown(make_workspace: WorkspaceMaker) -> AsyncIterator[tuple[int, str]]:
    """A workspace of which PostgreSQL has no figures, though it has those of another; and the name of a stage."""
    await fill(await furnish(await make_workspace()), CONTACTS)
    async with connection() as borrowed:
        await borrowed.execute("ANALYZE contact")
    workspace = await make_workspace()
    await ensure_stage(workspace, NUMBER)
    stage = stage_of(NUMBER)
    async with connection() as borrowed:
        await borrowed.execute(
            f"INSERT INTO {stage} (part, line, email_folded, external_id, refused) "
            "SELECT 0, line, line || '@example.com', line::text, FALSE FROM generate_series(1, 2000) AS line"
        )
        await borrowed.execute(f"CREATE INDEX IF NOT EXISTS {stage}_part ON {stage} (part)")
        await borrowed.execute(f"ANALYZE {stage}")
    yield workspace, stage
    await drop_stage(NUMBER)


@pytest.mark.parametrize("name", list(STATEMENTS))
async def test_each_row_is_looked_up_by_its_own_index(unknown: tuple[int, str], name: str) -> None:
    workspace, stage = unknown
    text, indexes = STATEMENTS[name]
    values: list[object] = [workspace, 0] if name == "lock" else [workspace, NUMBER, 0, "no"]
    plan = await plan_of(text.format(stage=stage), *values)
    assert all(f"using {index} on contact" in plan for index in indexes), plan
    assert "contact_status" not in plan


async def test_the_merge_looks_up_by_address(unknown: tuple[int, str]) -> None:
    workspace, stage = unknown
    text, values = merge_statement(stage, Merging(Status.PENDING.value), NUMBER, False)
    plan = await plan_of(text, workspace, 0, Status.PENDING.value, *values)
    assert "using contact_email on contact" in plan, plan
    assert "contact_status" not in plan
