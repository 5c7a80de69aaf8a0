"""A contact that is deleted leaves none of its values behind."""

import asyncio

import pytest

from app.queries import contact_writes as writes
from app.queries.connections import connection, transaction
from app.queries.contacts import contact_id_by_email
from tests.conftest import WorkspaceMaker
from tests.transfer.imports.loading import Dock

BEFORE = "email,name\na@example.com,Ani\nb@example.com,Budi\n"
AFTER = ("email,name\na@example.com,Anya\nb@example.com,Budiman\n", "email,name\na@example.com,Anita\n")
KEEP = (
    "INSERT INTO imported_change (workspace_id, import_id, contact_id, before, after, labels_added, labels_removed) "
    "VALUES ($1, $2, $3, '{}', '{}', '{}', '{}')"
)


async def kept(workspace: int) -> list[int]:
    """The ids of contacts of which imports have kept values."""
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            "SELECT contact_id FROM imported_change WHERE workspace_id = $1 ORDER BY contact_id", workspace
        )
    return [row[0] for row in rows]


async def contact(workspace: int, email: str) -> int:
    found = await contact_id_by_email(workspace, email)
    assert found is not None
    return found


@pytest.mark.parametrize("unwanted", [True, False])
async def test_what_imports_kept_goes_with_the_contact(
    make_workspace: WorkspaceMaker, tmp_path_factory: pytest.TempPathFactory, unwanted: bool
) -> None:
    workspace, other = await make_workspace(), await make_workspace()
    dock = Dock(tmp_path_factory.mktemp("files"), workspace)
    for content in (BEFORE, *AFTER):
        for into in (workspace, other):
            await dock.load(content, into)
    ani, budi = await contact(workspace, "a@example.com"), await contact(workspace, "b@example.com")
    theirs = await kept(other)
    assert await kept(workspace) == [ani, ani, budi]
    await writes.delete_contact(workspace, ani, unwanted=unwanted)
    assert await kept(workspace) == [budi]
    assert await kept(other) == theirs


async def test_deletion_sees_what_it_waited_for(workspace: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    done = await Dock(tmp_path_factory.mktemp("files"), workspace).load(BEFORE)
    ani = await contact(workspace, "a@example.com")
    async with transaction() as borrowed:
        await borrowed.execute("SELECT FROM contact WHERE workspace_id = $1 AND id = $2 FOR UPDATE", workspace, ani)
        deletion = asyncio.create_task(writes.delete_contact(workspace, ani))
        await asyncio.wait([deletion], timeout=0.2)
        assert not deletion.done()
        await borrowed.execute(KEEP, workspace, done.row.id, ani)
    await deletion
    assert await kept(workspace) == []
