"""What an import has done, or would do, and what taking it back has left alone, as text for a terminal."""

from collections.abc import Mapping, Sequence
from shlex import quote
from typing import Any

from app.cli.printing import printable, table_text
from app.filters.ids import to_global
from app.filters.vocabulary import Status
from app.queries.contacts import contacts_by_ids
from app.queries.imports.counting import Counts
from app.queries.imports.ledger import ImportRow, ImportState
from app.queries.imports.refusals import refused_rows
from app.queries.imports.undoing import kept_contacts
from app.transfer.columns.plan import Column, Plan, Role

MOST_TOLD = 1_000
MOST_COLUMNS_TOLD = 50

_SAID_OF = {
    Status.ACTIVE: "may be mailed",
    Status.PENDING: "pending",
    Status.UNSUBSCRIBED: "unsubscribed",
    Status.HARD_BOUNCE: "bounced",
}
_ROLES = {Role.EMAIL: "e-mail address", Role.STATUS: "status", Role.LABELS: "labels", Role.NOTHING: "left out"}


async def outcome(workspace: str, workspace_id: int, row: ImportRow, counts: Counts) -> str:
    """What became of the rows and the columns, what to do next, and the first rows that were refused.

    Of an import that was taken back: what stays, as somebody changed it since.
    """
    if row.state is ImportState.UNDONE:
        return await undone(workspace_id, row.id)
    columns = _columns(row.plan) if row.plan else ""
    lines = [*_made_and_noted(row.plan or {}), *_next(workspace, row, counts)]
    rows = await refused_rows(workspace_id, row.id, 0, MOST_TOLD)
    lines += [f"line {refused['line']}: {refused['reason']}" for refused in rows]
    if counts.refused > len(rows):
        lines.append(f"and {counts.refused - len(rows):,} more; `--refused FILE` has them all written")
    return _text(_counted(row, counts)) + columns + _text(lines)


async def undone(workspace_id: int, import_id: int) -> str:
    """That an import was taken back, and which contacts were left alone, and what of them."""
    kept = await kept_contacts(workspace_id, import_id, MOST_TOLD)
    found = await contacts_by_ids(workspace_id, ("id", "email"), [row["contact_id"] for row in kept])
    emails = {row["id"]: row["email"] for row in found}
    return _text(["Undone.", *(_left_alone(row, emails) for row in kept)])


def command(name: str, import_id: int, workspace: str) -> str:
    """The command that does this to an import."""
    return f"pilah {name} {to_global('Import', import_id)} --workspace {quote(workspace)}"


def _counted(row: ImportRow, counts: Counts) -> list[str]:
    would = "would be " if row.is_dry_run else ""
    rows = (
        f"{counts.created:,} {would}created, {counts.changed:,} {would}changed, {counts.unchanged:,} unchanged, "
        f"{counts.refused:,} refused."
    )
    told = {said: counts.statuses.get(status.value, 0) for status, said in _SAID_OF.items()}
    mailed = [f"{number:,} {said}" for said, number in told.items() if number or said == _SAID_OF[Status.ACTIVE]]
    lines = [rows, f"{', '.join(mailed)}."] if any(told.values()) else [rows]
    if counts.statuses.get(Status.PENDING.value) and row.options.get("status") == Status.ACTIVE.value:
        lines.append(
            "Who stays pending was known before and keeps that status, or has a row that says so: ACTIVE is for new "
            "contacts whose row says nothing else."
        )
    return lines


def _columns(document: Mapping[str, Any]) -> str:
    plan = Plan.from_document(document["plan"])
    expanded = [key for expansion in plan.expansions for key in expansion.keys]
    headers = [*document["file"]["header"], *expanded]
    rows = [
        (header, _becomes(column), _type(column), column.form)
        for header, column in zip(headers[:MOST_COLUMNS_TOLD], plan.columns, strict=False)
    ]
    more = len(headers) - len(rows)
    told = _text([f"and {more:,} columns more"]) if more else ""
    return table_text(("Column", "Becomes", "Type", "Form"), rows) + told


def _becomes(column: Column) -> str:
    if column.role in _ROLES:
        return _ROLES[column.role]
    if column.is_new:
        return f"{column.key} (new field)"
    return f"{column.key}, and who may not be mailed" if column.words else column.key


def _type(column: Column) -> str:
    return column.type.value if column.role in (Role.FIELD, Role.TIME) else ""


def _made_and_noted(document: Mapping[str, Any]) -> list[str]:
    labels = ", ".join(f'"{name}"' for name in document.get("new_labels", ()))
    columns = document["plan"]["columns"] if document else ()
    notes = [f"{column['name']}: {column['note']}." for column in columns if column.get("note")]
    return [f"New labels: {labels}.", *notes] if labels else notes


def _next(workspace: str, row: ImportRow, counts: Counts) -> list[str]:
    if row.is_dry_run:
        return [f"To do it: {command('start-import', row.id, workspace)}"]
    if counts.created or counts.changed:
        return [f"To take it back: {command('undo-import', row.id, workspace)}"]
    return []


def _left_alone(row: Any, emails: Mapping[int, str]) -> str:
    who = emails.get(row["contact_id"], to_global("Contact", row["contact_id"]))
    if row["keys"] is None:
        return f"Left alone, as changed since: {who}, who stays a contact"
    return f"Left alone, as changed since: {', '.join(row['keys'])} of {who}"


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{printable(line)}\n" for line in lines)
