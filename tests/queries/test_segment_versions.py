"""Versions of segments as they are kept: by whom, how many, and those of segments that were there before."""

from asyncio import gather
from collections.abc import Awaitable, Iterable
from typing import Any

import asyncpg
import pytest
from tortoise.context import TortoiseContext
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

from app.filters.catalog import Catalog
from app.filters.problems import Code, Refused
from app.filters.vocabulary import Status
from app.queries.acts import Act, Actor, ActorKind
from app.queries.audit import recorded
from app.queries.catalogs import current_catalog
from app.queries.connections import connection, tortoise_config
from app.queries.contact_writes import ContactDraft, create_contact
from app.queries.erasure import erase_contact
from app.queries.keyset import Window
from app.queries.labels import create_label
from app.queries.segment_edits import revert_segment, update_segment
from app.queries.segment_versions import MOST_KEPT, find_versions, versions_page
from app.queries.segments import create_dynamic, delete_segment, editing, restore_segment
from app.queries.tokens import create_token
from app.queries.version_filters import MOST_BYTES, find_filters
from tests.conftest import empty_database
from tests.live.engine import catch_up, members

ACTIVE: dict[str, Any] = {"status": ["ACTIVE"]}
PENDING: dict[str, Any] = {"status": ["PENDING"]}


async def _numbers(workspace: int, segment: int) -> list[int]:
    page = await versions_page(workspace, segment, Window(200))
    return [row["number"] for row in page.rows]


@pytest.mark.parametrize(
    ("kind", "actor", "name"),
    [("SUBJECT", Actor(subject="ani"), "ani"), ("OPERATOR", Actor(), "operator"), ("TOKEN", None, "editor")],
    ids=["subject", "operator", "token"],
)
async def test_versions_tell_who_made_them(workspace: int, kind: str, actor: Actor | None, name: str) -> None:
    await create_token(workspace, "editor", ["write"])
    async with connection() as borrowed:
        token_id = await borrowed.fetchval("SELECT id FROM token WHERE workspace_id = $1", workspace)
    async with recorded(Act(workspace, actor or Actor(token_id), "createSegment")):
        segment = await create_dynamic(workspace, "Active", ACTIVE)
    [found] = (await find_versions(workspace, [(segment, 1)])).values()
    assert (found.author.kind, found.author.name) == (ActorKind(kind), name)


async def test_oldest_versions_go_beyond_the_most(workspace: int) -> None:
    segment = await create_dynamic(workspace, "0", ACTIVE)
    async with connection() as borrowed:
        await borrowed.execute(
            "INSERT INTO segment_version (workspace_id, segment_id, number, name, document, document_bytes, "
            "field_keys, label_ids, segment_ids, made_at) SELECT workspace_id, segment_id, place, name, document, "
            "document_bytes, field_keys, label_ids, segment_ids, made_at "
            "FROM segment_version, generate_series(2, $3::int) AS place WHERE workspace_id = $1 AND segment_id = $2",
            workspace,
            segment,
            MOST_KEPT,
        )
        await borrowed.execute(
            "UPDATE segment SET version = $3 WHERE workspace_id = $1 AND id = $2", workspace, segment, MOST_KEPT
        )
    await update_segment(workspace, segment, "1", None)
    found = await find_versions(workspace, [(segment, number) for number in (1, 2, MOST_KEPT + 1)])
    assert sorted(found) == [(segment, 2), (segment, MOST_KEPT + 1)]


async def test_of_editors_at_once_who_saw_the_same_one_is_done(workspace: int) -> None:
    segment = await create_dynamic(workspace, "0", ACTIVE)
    edits = (update_segment(workspace, segment, str(number), None, expected_version=1) for number in range(1, 9))
    await _one_is_done(workspace, segment, edits)


async def test_of_ways_back_at_once_from_the_same_one_is_done(workspace: int) -> None:
    segment = await create_dynamic(workspace, "0", ACTIVE)
    await update_segment(workspace, segment, "1", PENDING)
    await _one_is_done(
        workspace, segment, (revert_segment(workspace, segment, 1, expected_version=2) for _ in range(8))
    )


async def _one_is_done(workspace: int, segment: int, edits: Iterable[Awaitable[None]]) -> None:
    """Of eight edits at once all but one are refused, and a single version is added."""
    before = await _numbers(workspace, segment)
    found = await gather(*edits, return_exceptions=True)
    refused = [each.problems[0] for each in found if isinstance(each, Refused)]
    assert (found.count(None), len(refused)) == (1, 7)
    assert {(problem.code, problem.path) for problem in refused} == {(Code.CONFLICT, "input.expectedVersion")}
    assert await _numbers(workspace, segment) == [before[0] + 1, *before]


async def test_deleting_and_restoring_make_no_version(workspace: int) -> None:
    segment = await create_dynamic(workspace, "Active", ACTIVE)
    await delete_segment(workspace, segment)
    await restore_segment(workspace, segment)
    assert await _numbers(workspace, segment) == [1]


async def test_refused_edits_leave_no_version(workspace: int) -> None:
    first, second = [await create_dynamic(workspace, name, ACTIVE) for name in ("Active", "Pending")]
    with pytest.raises(Refused, match="another name"):
        await update_segment(workspace, second, "Active", PENDING)
    assert await _numbers(workspace, second) == [1]
    assert (await current_catalog(workspace)).segments[second].document == ACTIVE
    assert await _numbers(workspace, first) == [1]


async def test_only_a_name_that_is_taken_is_told_as_one(workspace: int) -> None:
    await create_label(workspace, "VIP")
    with pytest.raises(asyncpg.UniqueViolationError):
        async with editing(workspace, "Active") as (borrowed, _):
            await borrowed.execute(
                "INSERT INTO label (workspace_id, name, folded_name, created_at) VALUES ($1, 'VIP', 'vip', now())",
                workspace,
            )


async def test_members_follow_the_way_back(catalog: Catalog) -> None:
    workspace = catalog.workspace_id
    people = {
        status: await create_contact(catalog, ContactDraft(f"{status.value}@example.com", {}, [], []), status, "form")
        for status in (Status.ACTIVE, Status.PENDING)
    }
    segment = await create_dynamic(workspace, "Active", ACTIVE)
    await update_segment(workspace, segment, None, PENDING)
    await catch_up(workspace)
    assert await members(workspace, segment) == [people[Status.PENDING]]
    await revert_segment(workspace, segment, 1, announces=True)
    await catch_up(workspace)
    assert await members(workspace, segment) == [people[Status.ACTIVE]]


async def test_erasing_a_person_leaves_filters_of_all_versions(catalog: Catalog) -> None:
    workspace = catalog.workspace_id
    await create_contact(catalog, ContactDraft("ani@example.com", {}, [], []), Status.ACTIVE, "a form")
    named = {"field": {"key": "email", "test": {"matches": "ani@example.com"}}}
    segment = await create_dynamic(workspace, "Ani", named)
    await update_segment(workspace, segment, None, ACTIVE)
    await erase_contact(workspace, None, "ani@example.com", "asked")
    assert (await find_filters(workspace, [(segment, 1)], MOST_BYTES))[segment, 1].document == named


async def test_segments_of_before_are_at_their_first_version(server: str, worker_id: str) -> None:
    async with empty_database(server, f"pilah_versions_{worker_id}") as dsn, TortoiseContext() as context:
        config = tortoise_config(dsn, 2, statement_timeout=0)
        await context.init(config=config)
        executor = MigrationExecutor(context.connections.get("default"), config["apps"])
        await executor.migrate([MigrationTarget("pilah", "0012_pins")])
        database = await asyncpg.connect(dsn)
        try:
            await _fill_old(database)
            await executor.migrate([MigrationTarget("pilah", "__latest__")])
            rows = await database.fetch(
                "SELECT version.number, version.name, version.document, version.document_bytes, version.actor_kind, "
                "segment.version "
                "FROM segment_version AS version JOIN segment ON segment.id = segment_id ORDER BY segment.id"
            )
        finally:
            await database.close()
    assert [tuple(row) for row in rows] == [
        (1, "Active", '{"status": ["ACTIVE"]}', 22, None, 1),
        (1, "List", None, 0, None, 1),
    ]


async def _fill_old(database: asyncpg.Connection) -> None:
    await database.execute(
        "INSERT INTO workspace (name, time_zone, catalog_version, created_at) VALUES ('old', 'Asia/Jakarta', 1, now())"
    )
    for name, kind, document in (("Active", "DYNAMIC", '{"status": ["ACTIVE"]}'), ("List", "STATIC", None)):
        await database.execute(
            "INSERT INTO segment (workspace_id, name, folded_name, kind, document, field_keys, label_ids, segment_ids, "
            "created_at, updated_at) SELECT id, $1, lower($1), $2, $3::jsonb, '{}', '{}', '{}', now(), now() "
            "FROM workspace",
            name,
            kind,
            document,
        )
