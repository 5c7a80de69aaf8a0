"""The merge of a part, once and for all: what it leaves out, what it locks, what it makes of contacts."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from app.queries.connections import Connection, transaction
from app.queries.do_not_contact import OPTED_OUT, hold_list
from app.queries.imports.ledger import ImportState
from app.queries.imports.merge_statement import Merging, merge_statement
from app.queries.imports.settling import STRIPPED, leave_out_unwanted
from app.queries.imports.staging import SETTINGS, stage_of, take_part
from app.queries.lookups import WITHIN, locking, own
from app.queries.tries import Disturbed, undisturbed


@dataclass(slots=True)
class Merged:
    """How many contacts a part made, changed and left as they were.

    `statuses` counts what they are by now; `samples`, of a dry run, are its first rows before and after: both JSON.
    """

    created: int
    changed: int
    unchanged: int
    statuses: str | None = None
    samples: str | None = None


# Apart from the merge, which then sees each contact as it will change it; in the order of ids, as all others lock.
_LOCK = (
    "WITH known AS MATERIALIZED (SELECT old.id FROM {stage} AS staged "
    f"{own('id', 'email_folded', 'staged.email_folded')} WHERE staged.part = $2) "
    f"SELECT count(*) FROM ({locking('', 'SELECT id FROM known')}) AS locked"
)

_LEFT_OUT = (
    "WITH gone AS (SELECT staged.line FROM {stage} AS staged WHERE staged.part = $3 AND NOT staged.refused "
    "AND {condition}), "
    "dropped AS (DELETE FROM {stage} AS staged USING gone WHERE staged.part = $3 AND staged.line = gone.line "
    f"AND (staged.status IN {OPTED_OUT}) IS NOT TRUE), "
    f"stripped AS (UPDATE {{stage}} AS staged SET {STRIPPED} FROM gone WHERE staged.part = $3 "
    f"AND staged.line = gone.line AND staged.status IN {OPTED_OUT}) "
    "INSERT INTO refused_row (workspace_id, import_id, line, reason) SELECT $1, $2, line, $4 FROM gone "
    "ON CONFLICT DO NOTHING"
)
_KNOWN = f"EXISTS (SELECT FROM contact WHERE {WITHIN} AND contact.email_folded = staged.email_folded OFFSET 0)"
_CLAIMED = (
    f"EXISTS (SELECT FROM contact AS owner WHERE {WITHIN} AND owner.external_id = staged.external_id "
    "AND owner.email_folded <> staged.email_folded OFFSET 0)"
)


async def merge_part(
    workspace_id: int, import_id: int, number: int, merging: Merging, *, is_dry_run: bool = False
) -> Merged:
    """Make and change the contacts of a part's rows, once and for all; a dry run only tells what it would do.

    Raises Stopped where the import is over, Refused where others keep changing the same contacts.
    """
    message = "contacts of this file keep being changed by somebody else; undo this import and start it again"
    step = partial(_merge_part, workspace_id, import_id, number, merging, is_dry_run)
    return await undisturbed(step, message, "file")


async def _merge_part(workspace_id: int, import_id: int, number: int, merging: Merging, is_dry_run: bool) -> Merged:
    stage = stage_of(import_id)
    async with transaction() as borrowed:
        for setting in SETTINGS:
            await borrowed.execute(setting)
        if not await take_part(borrowed, workspace_id, import_id, number, "is_merged", ImportState.MERGING):
            return Merged(0, 0, 0)
        await hold_list(borrowed, workspace_id)
        if not is_dry_run:
            await borrowed.execute(_LOCK.format(stage=stage), workspace_id, number)
        # After the locks, for whoever was deleted meanwhile may be on the list by now.
        await leave_out_unwanted(borrowed, workspace_id, import_id, number)
        await _leave_out(borrowed, workspace_id, import_id, number, merging)
        text, values = merge_statement(stage, merging, import_id, is_dry_run)
        row = await borrowed.fetchrow(text, workspace_id, number, merging.status, *values)
        merged, repeated = _told(row, is_dry_run)
        await borrowed.execute(
            "UPDATE file_import_part SET is_merged = TRUE, created = $4, changed = $5, unchanged = $6, "
            "repeated = $7, statuses = $8, samples = $9 WHERE workspace_id = $1 AND import_id = $2 AND number = $3",
            workspace_id,
            import_id,
            number,
            merged.created,
            merged.changed,
            merged.unchanged,
            repeated,
            merged.statuses,
            merged.samples,
        )
    return merged


def _told(row: Any, is_dry_run: bool) -> tuple[Merged, list[int]]:
    """What a part became, and whose refusal of mail it repeats: that stays when another import is undone."""
    created, changed, unchanged, statuses, last, *differing = row
    if is_dry_run:
        return Merged(created, changed, unchanged, statuses, last), []
    if changed != differing[0]:
        raise Disturbed
    return Merged(created, changed, unchanged, statuses), last


async def _leave_out(borrowed: Connection, workspace_id: int, import_id: int, number: int, merging: Merging) -> None:
    """Refuse the rows that the mode has no place for, or whose external id is another contact's."""
    reasons: list[tuple[str, str]] = []
    if merging.has_external_ids:
        reasons.append(("another contact has this external id", f"staged.external_id IS NOT NULL AND {_CLAIMED}"))
    if not merging.updates:
        reasons.append(("there is a contact with this address already", _KNOWN))
    if not merging.creates:
        reasons.append(("there is no contact with this address", f"NOT {_KNOWN}"))
    for reason, condition in reasons:
        text = _LEFT_OUT.format(stage=stage_of(import_id), condition=condition)
        await borrowed.execute(text, workspace_id, import_id, number, reason)
