"""Labels: create, rename, archive, restore."""

import asyncpg

from app.filters.folding import fold
from app.filters.problems import Code, Refused
from app.queries.acts import made
from app.queries.catalogs import announce_change, changing_catalog
from app.queries.connections import transaction
from app.queries.names import read_name
from app.queries.references import refuse_in_use

MOST_LABELS = 5_000


async def create_label(workspace_id: int, name: str) -> int:
    """The new label's id; raises Refused where the name is taken."""
    named = read_name(name, "input.name")
    try:
        async with transaction() as borrowed:
            catalog = await changing_catalog(borrowed, workspace_id)
            if len(catalog.labels) >= MOST_LABELS:
                message = f"a workspace has at most {MOST_LABELS:,} labels; archive some first"
                raise Refused.because(Code.NOT_ALLOWED, message, "input")
            label_id: int = await borrowed.fetchval(
                "INSERT INTO label (workspace_id, name, folded_name, created_at) VALUES ($1, $2, $3, now()) "
                "RETURNING id",
                workspace_id,
                named,
                fold(named),
            )
            made("Label", label_id)
    except asyncpg.UniqueViolationError:
        raise _taken(named) from None
    return label_id


async def rename_label(workspace_id: int, label_id: int, name: str) -> None:
    """Filters that name it show the new name; raises Refused."""
    named = read_name(name, "input.name")
    try:
        async with transaction() as borrowed:
            await announce_change(borrowed, workspace_id)
            renamed = await borrowed.fetchval(
                "UPDATE label SET name = $3, folded_name = $4 "
                "WHERE workspace_id = $1 AND id = $2 AND archived_at IS NULL RETURNING id",
                workspace_id,
                label_id,
                named,
                fold(named),
            )
            if renamed is None:
                raise _not_found()
    except asyncpg.UniqueViolationError:
        raise _taken(named) from None


async def archive_label(workspace_id: int, label_id: int) -> None:
    """Nobody sees it any more, though contacts keep it for `restore_label`; refused while a segment uses it."""
    async with transaction() as borrowed:
        await announce_change(borrowed, workspace_id)
        await refuse_in_use(borrowed, workspace_id, "label_ids", label_id, "this label")
        archived = await borrowed.fetchval(
            "UPDATE label SET archived_at = now() "
            "WHERE workspace_id = $1 AND id = $2 AND archived_at IS NULL RETURNING id",
            workspace_id,
            label_id,
        )
        if archived is None:
            raise _not_found()


async def restore_label(workspace_id: int, label_id: int) -> None:
    """An archived label is back on its contacts; raises Refused where another has its name now."""
    try:
        async with transaction() as borrowed:
            await announce_change(borrowed, workspace_id)
            restored = await borrowed.fetchval(
                "UPDATE label SET archived_at = NULL WHERE workspace_id = $1 AND id = $2 RETURNING id",
                workspace_id,
                label_id,
            )
            if restored is None:
                raise _not_found()
    except asyncpg.UniqueViolationError:
        raise Refused.because(Code.TAKEN, "another label has this name now; rename that first", "input.id") from None


def _taken(name: str) -> Refused:
    return Refused.because(Code.TAKEN, f'there is a label "{name}" already', "input.name")


def _not_found() -> Refused:
    return Refused.because(Code.NOT_FOUND, "there is no such label", "input.id")
