"""What people ask of an import: to start what a dry run has shown, to stop, to be taken back."""

from app.filters.problems import Code, Refused
from app.queries.connections import transaction
from app.queries.imports.ledger import UNDOABLE_DAYS, not_found
from app.queries.imports.progress import forget_parts


async def start_checked(workspace_id: int, import_id: int) -> None:
    """Do what a dry run has shown; raises Refused where it is none, or is not done."""
    await _change(
        workspace_id,
        import_id,
        "state = 'QUEUED', is_dry_run = FALSE, created_at = now(), finished_at = NULL, started_at = NULL, "
        "plan = NULL, samples = NULL, ending = NULL, counts = NULL",
        f"state = 'CHECKED' AND finished_at > now() - interval '{UNDOABLE_DAYS} days'",
        "only a dry run that is done can be started",
        clean=True,
    )


async def cancel_import(workspace_id: int, import_id: int) -> None:
    """Stop an import, or give a dry run up; what it has merged stays, and can be undone.

    Raises Refused where it is over.
    """
    await _change(
        workspace_id,
        import_id,
        "state = 'CANCELLED', finished_at = NULL, ending = NULL",
        "(state IN ('QUEUED', 'LOADING', 'MERGING') AND ending IS NULL OR state = 'CHECKED')",
        "this import is over already",
    )


async def ask_undo(workspace_id: int, import_id: int) -> None:
    """Let an import be taken back; raises Refused where it can't be, or not any more."""
    await _change(
        workspace_id,
        import_id,
        "state = 'UNDOING', finished_at = NULL, ending = NULL",
        "state IN ('DONE', 'CANCELLED', 'FAILED') AND NOT is_dry_run "
        f"AND created_at > now() - interval '{UNDOABLE_DAYS} days'",
        f"only an import that is over can be undone, within {UNDOABLE_DAYS} days, and once",
    )


async def _change(
    workspace_id: int, import_id: int, assignments: str, condition: str, otherwise: str, *, clean: bool = False
) -> None:
    async with transaction() as borrowed:
        state = await borrowed.fetchval(
            "SELECT state FROM file_import WHERE workspace_id = $1 AND id = $2 FOR UPDATE", workspace_id, import_id
        )
        if state is None:
            raise not_found()
        changed = await borrowed.fetchval(
            f"UPDATE file_import SET attempts = 0, reached = NULL, {assignments} "
            f"WHERE workspace_id = $1 AND id = $2 AND {condition} RETURNING id",
            workspace_id,
            import_id,
        )
        if changed is None:
            raise Refused.because(Code.NOT_ALLOWED, otherwise, "input.id")
        if clean:
            await forget_parts(borrowed, workspace_id, import_id)
