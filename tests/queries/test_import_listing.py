"""Lists of imports, and what is large of them."""

import pytest

from app.filters.problems import Refused
from app.queries.connections import connection
from app.queries.imports.ledger import create_import, import_row
from app.queries.imports.listing import LARGE, listed_import, listed_imports, newest_imports
from app.queries.keyset import Window
from app.transfer.imports.options import Options
from tests.conftest import WorkspaceMaker


async def planned(workspace: int) -> int:
    """The id of an import with a plan and samples."""
    made = await create_import(workspace, "people.csv", f"x{workspace}", 1, Options().to_document(), is_dry_run=True)
    async with connection() as borrowed:
        await borrowed.execute(
            """UPDATE file_import SET plan = '{"a": 1}', samples = '[1]', finished_at = now() """
            "WHERE workspace_id = $1 AND id = $2",
            workspace,
            made,
        )
    return made


@pytest.mark.parametrize("wanted", [frozenset(), frozenset({"plan"}), frozenset({"samples"}), LARGE])
async def test_what_is_large_is_read_where_it_is_wanted(workspace: int, wanted: frozenset[str]) -> None:
    made = await planned(workspace)
    (listed,) = (await listed_imports(workspace, Window(2), wanted)).rows
    for row in (import_row(listed), await listed_import(workspace, made, wanted)):
        assert row.id == made
        assert row.plan == ({"a": 1} if "plan" in wanted else None)
        assert row.samples == ([1] if "samples" in wanted else None)


async def test_the_newest_come_first_and_nobody_elses(workspace: int, make_workspace: WorkspaceMaker) -> None:
    other = await planned(await make_workspace())
    made = [await planned(workspace) for _ in range(3)]
    assert [row.id for row in await newest_imports(workspace, 2)] == made[:0:-1]
    with pytest.raises(Refused):
        await listed_import(workspace, other, LARGE)
