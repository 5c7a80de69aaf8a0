"""An import taken back: its contacts, its changes, then the fields and labels that nobody uses."""

from app.queries.catalogs import announce_lost_pins
from app.queries.imports.ledger import ImportRow
from app.queries.imports.undoing import (
    begin_undo,
    release_external_ids,
    remove_made,
    remove_unused,
    return_changed,
)


async def undo(workspace_id: int, row: ImportRow) -> None:
    """Take back what is left of an import that this process has claimed; raises Stopped."""
    await begin_undo(workspace_id, row.id)
    for step in (remove_made, release_external_ids):
        after: int | None = 0
        while after is not None:
            after = await step(workspace_id, row.id, after)
    while await return_changed(workspace_id, row.id):
        pass
    await announce_lost_pins(workspace_id)
    await forget_made(workspace_id, row)


async def forget_made(workspace_id: int, row: ImportRow) -> None:
    """Remove the fields and labels that the import made, where nobody uses them."""
    if row.plan is None:
        return
    columns = row.plan["plan"]["columns"]
    fields = [column["key"] for column in columns if column.get("is_new")]
    labels = [row.plan["labels"][name] for name in row.plan["new_labels"] if name in row.plan["labels"]]
    if fields or labels:
        await remove_unused(workspace_id, fields, labels)
