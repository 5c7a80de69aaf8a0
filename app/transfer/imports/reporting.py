"""What is told of an import, as JSON has it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from app.filters.ids import to_global
from app.queries.imports.counting import Counts
from app.queries.imports.ledger import UNDOABLE, UNDOABLE_DAYS, ImportRow
from app.transfer.columns.plan import Column, Plan, Rule
from app.transfer.imports.options import Options


def import_report(row: ImportRow, counts: Counts, reasons: Sequence[tuple[str, int]]) -> dict[str, Any]:
    """An import with its counts and its commonest reasons for refusals."""
    options = Options.from_document(row.options)
    id = to_global("Import", row.id)
    return {
        "id": id,
        "name": row.name,
        "state": row.state.value,
        "dryRun": row.is_dry_run,
        "problem": row.problem,
        "mode": options.mode.value,
        "status": options.status.value,
        "consent": options.consent,
        "rows": counts.rows,
        "rowsStaged": counts.staged,
        "rowsMerged": counts.merged,
        "created": counts.created,
        "changed": counts.changed,
        "unchanged": counts.unchanged,
        "refused": counts.refused,
        "statuses": dict(counts.statuses),
        "sendable": counts.statuses.get("ACTIVE", 0),
        "reasons": [{"reason": reason, "rows": rows} for reason, rows in reasons],
        "refusedRows": f"/imports/{id}/refused.csv",
        **(_planned(row.plan) if row.plan else {}),
        "samples": row.samples or [],
        "createdAt": _shown(row.created_at),
        "startedAt": _shown(row.started_at),
        "finishedAt": _shown(row.finished_at),
        "undoableUntil": _shown(undoable_until(row)),
    }


def undoable_until(row: ImportRow) -> datetime | None:
    """Until when the import can be taken back; None where it can't."""
    if row.is_dry_run or row.state not in UNDOABLE:
        return None
    return row.created_at + timedelta(days=UNDOABLE_DAYS)


def _planned(document: dict[str, Any]) -> dict[str, Any]:
    plan = Plan.from_document(document["plan"])
    expanded = [key for expansion in plan.expansions for key in expansion.keys]
    headers = [*document["file"]["header"], *expanded]
    return {
        "tool": plan.tool or None,
        "encoding": document["file"]["encoding"],
        "columns": [_column(header, column) for header, column in zip(headers, plan.columns, strict=True)],
        "newFields": [column.key for column in plan.columns if column.is_new],
        "newLabels": document["new_labels"],
    }


def _column(header: str, column: Column) -> dict[str, Any]:
    return {
        "header": header,
        "role": column.role.value,
        "key": column.key or None,
        "name": column.name or None,
        "type": column.type.value,
        "new": column.is_new,
        "form": column.form or None,
        "rule": column.rule.value if column.rule is not Rule.OVERWRITE else None,
        "clears": column.clears,
        "note": column.note or None,
    }


def _shown(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
