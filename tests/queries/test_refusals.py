"""Refused rows by the thousand: kept at once, read back by portions, however long they are."""

import pytest

from app.queries.connections import connection, transaction
from app.queries.imports import refusals
from app.queries.imports.refusals import (
    all_refused_rows,
    mendable_rows,
    parts_without_cells,
    refused_rows,
    save_cells,
)
from app.queries.imports.staging import refuse

NUMBER = 7
HOSTILE = ['"', "{a,b}", "\\N", "a\nb", "\x00", "", "NULL", "\udcff", "🎉"]


async def keep(workspace: int, rows: list[tuple[int, str, list[str]]]) -> None:
    """Keep rows of the import NUMBER."""
    async with transaction() as borrowed:
        await refuse(borrowed, workspace, NUMBER, rows)


async def test_cells_are_kept_as_they_stand_and_once(workspace: int) -> None:
    await keep(workspace, [])
    await keep(workspace, [(2, "no\x00thing", HOSTILE), (3, "empty", []), (4, "short", ["x"])])
    await keep(workspace, [(4, "again", ["y"]), (5, "other", ["z"])])
    rows = [tuple(row) async for row in all_refused_rows(workspace, NUMBER)]
    kept = [cell.replace("\x00", "�").replace("\udcff", "�") for cell in HOSTILE]
    assert rows == [(2, "no�thing", kept), (3, "empty", []), (4, "short", ["x"]), (5, "other", ["z"])]


@pytest.mark.parametrize(
    ("longest", "bytes", "portions"), [(10, 1_000, [4, 1]), (10, 15, [2, 2, 1]), (5_000, 100, [1, 1, 1, 1, 1])]
)
async def test_long_rows_come_few_at_a_time(
    workspace: int, monkeypatch: pytest.MonkeyPatch, longest: int, bytes: int, portions: list[int]
) -> None:
    monkeypatch.setattr(refusals, "FETCHED_BYTES", bytes)
    monkeypatch.setattr(refusals, "FETCHED_AT_ONCE", 4)
    await keep(workspace, [(line, "odd", ["x" * longest]) for line in range(2, 7)])
    seen, after = [], 0
    while rows := await refused_rows(workspace, NUMBER, after, 4):
        seen.append(len(rows))
        after = rows[-1]["line"]
    assert seen == portions
    assert [row["line"] async for row in all_refused_rows(workspace, NUMBER)] == [2, 3, 4, 5, 6]


async def test_rows_that_a_later_one_replaces_are_not_to_be_mended(workspace: int) -> None:
    await keep(workspace, [(2, "replaced by line 9", ["a"]), (3, "odd", ["b"]), (4, "replaced by line 5", ["c"])])
    assert [row["line"] async for row in mendable_rows(workspace, NUMBER)] == [3]


async def test_parts_tell_the_lines_whose_cells_are_to_be_read(workspace: int) -> None:
    async with connection() as borrowed:
        made = await borrowed.fetchval(
            "INSERT INTO file_import (workspace_id, name, stored, size, state, is_dry_run, options, created_at, "
            "finished_at) VALUES ($1, 'x', 'x', 1, 'DONE', FALSE, '{}', now(), now()) RETURNING id",
            workspace,
        )
        await borrowed.execute(
            "INSERT INTO file_import_part (workspace_id, import_id, number, start_byte, end_byte, line, rows, "
            "is_staged, is_merged, created, changed, unchanged) SELECT $1, $2, n, n * 10, n * 10 + 10, n * 100 + 2, "
            "100, TRUE, TRUE, 0, 0, 0 FROM generate_series(0, 2) AS n",
            workspace,
            made,
        )
        await borrowed.execute(
            "INSERT INTO refused_row (workspace_id, import_id, line, reason, cells) SELECT $1, $2, line, 'x', "
            "CASE WHEN line = 3 THEN ARRAY['kept'] END FROM unnest(ARRAY[2, 3, 101, 202, 900]) AS line",
            workspace,
            made,
        )
    parts = [part async for part in parts_without_cells(workspace, made)]
    assert [(*part, sorted(lines)) for *part, lines in parts] == [
        (0, 0, 10, 2, [2, 101]),
        (2, 20, 30, 202, [202, 900]),
    ]
    await save_cells(workspace, made, {2: ["a"], 101: [], 202: ["b", "c"], 900: ["d"]})
    assert [part async for part in parts_without_cells(workspace, made)] == []
    assert [row["cells"] async for row in all_refused_rows(workspace, made)] == [
        *(["a"], ["kept"], []),
        *(["b", "c"], ["d"]),
    ]
