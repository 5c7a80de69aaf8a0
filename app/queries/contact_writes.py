"""Contacts, written one at a time: create, update, delete."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import asyncpg

from app.filters.catalog import Catalog
from app.filters.folding import fold
from app.filters.problems import Code, Problems, Refused
from app.filters.vocabulary import Status
from app.queries.acts import made
from app.queries.catalogs import LAST_PIN, announce_lost_pins
from app.queries.changes import Cause, change_of, labels_moved, noting
from app.queries.connections import transaction
from app.queries.contact_values import (
    SYSTEM_TEXTS,
    Patch,
    read_label_ids,
    read_patch,
    read_system_text,
    refuse_contradiction,
    to_json,
)
from app.queries.do_not_contact import OPTED_OUT, hold_list, listing, refuse_unwanted
from app.queries.emails import fold_email, read_email_at
from app.queries.status_events import not_found, note_status

# Who opted out leaves no address behind that could come in again as somebody new.
_LEFT_BEHIND = listing("moved", "'ADDRESS_CHANGED'", f"status IN {OPTED_OUT}")
_DELETED = listing("deleted", "'DELETED'", f"$3 OR status IN {OPTED_OUT}")

# The row is locked by what the update asks for: once it has been written it would no longer be found.
_UPDATE = (
    "WITH old AS MATERIALIZED (SELECT id, email_folded, status, label_ids, ARRAY("
    "SELECT key FROM jsonb_each($10::jsonb) WHERE coalesce("
    "(fields || jsonb_build_object('email', email, 'name', name, 'source', source, 'external_id', external_id)) "
    "-> key, 'null') <> value) AS keys FROM contact WHERE workspace_id = $1 AND id = $2 FOR UPDATE), "
    "moved AS (SELECT * FROM old WHERE email_folded <> $4), "
    "noted AS (INSERT INTO status_change (workspace_id, contact_id, previous, status, cause, changed_at) "
    "SELECT $1, $2, status, status, 'ADDRESS_CHANGED', now() FROM moved), "
    f"listed AS ({_LEFT_BEHIND}), "
    + noting(change_of("old", Cause.UPDATED, fields="keys", labels=labels_moved("$5", "$6"), by="label_ids, keys"))
    + " UPDATE contact SET email = coalesce($3, email), email_folded = coalesce($4, email_folded), "
    "label_ids = ARRAY(SELECT DISTINCT id FROM unnest(label_ids || $5::bigint[]) AS id "
    "WHERE id <> ALL($6::bigint[]) ORDER BY id), "
    "fields = (fields - $7::text[]) || $8::jsonb, folded = (folded - $7::text[]) || $9::jsonb, "
    "updated_at = now(){more} FROM (SELECT (email_folded <> $4) IS TRUE AS is_moved FROM old) AS known "
    "WHERE workspace_id = $1 AND id = $2 RETURNING is_moved"
)
_DELETE = (
    "WITH deleted AS (DELETE FROM contact WHERE workspace_id = $1 AND id = $2 RETURNING id, email_folded, status), "
    f"listed AS ({_DELETED}), {noting(change_of('deleted', Cause.DELETED))} SELECT {LAST_PIN} FROM deleted"
)
_FORGET = (
    "DELETE FROM imported_change WHERE workspace_id = $1 AND contact_id = $2 "
    "AND import_id = ANY(ARRAY(SELECT id FROM file_import WHERE workspace_id = $1))"
)


@dataclass(frozen=True, slots=True)
class ContactDraft:
    """What a caller gives for one contact. In an update, texts that are not in `texts` stay as they are."""

    email: str | None = None
    texts: dict[str, str | None] = field(default_factory=dict)
    fields: Sequence[tuple[str, Any]] = ()
    add_labels: Sequence[int | str] = ()
    remove_labels: Sequence[int | str] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    email: str | None
    texts: dict[str, str | None]
    patch: Patch
    add_labels: list[int]
    remove_labels: list[int]

    @property
    def values(self) -> dict[str, Any]:
        """All values that are written, as entered; null is no value."""
        given = {} if self.email is None else {"email": self.email}
        return given | self.texts | self.patch.entered | dict.fromkeys(self.patch.cleared)

    @property
    def folded(self) -> dict[str, Any]:
        return self.patch.folded | {key: fold(text) for key, text in self.texts.items() if text is not None}

    @property
    def cleared(self) -> list[str]:
        return self.patch.cleared + [key for key, text in self.texts.items() if text is None]


async def create_contact(catalog: Catalog, draft: ContactDraft, status: Status, note: str | None) -> int:
    """The new contact's id; raises Refused with every problem. An ACTIVE one needs a note: how consent was given."""
    row = _read(draft, catalog, creating=True, stated=partial(_read_start, status, note))
    async with _unique(row), transaction() as borrowed:
        await hold_list(borrowed, catalog.workspace_id)
        contact_id: int = await borrowed.fetchval(
            "INSERT INTO contact (workspace_id, email, email_folded, name, source, external_id, status, label_ids, "
            "fields, folded, created_at, updated_at, subscribed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
            "now(), now(), CASE WHEN $7 = 'ACTIVE' THEN now() END) RETURNING id",
            catalog.workspace_id,
            row.email,
            fold_email(row.email or ""),
            *(row.texts.get(key) for key in SYSTEM_TEXTS),
            status.value,
            row.add_labels,
            to_json(row.patch.entered),
            to_json(row.folded),
        )
        made("Contact", contact_id)
        await refuse_unwanted(borrowed, catalog.workspace_id, fold_email(row.email or ""), "input.email")
        await note_status(borrowed, catalog.workspace_id, contact_id, None, status, "CREATED", note)
    return contact_id


async def update_contact(catalog: Catalog, contact_id: int, draft: ContactDraft) -> None:
    """Change what the draft names; raises Refused with every problem, or NOT_FOUND."""
    row = _read(draft, catalog, creating=False)
    folded = None if row.email is None else fold_email(row.email)
    async with _unique(row), transaction() as borrowed:
        if folded is not None:
            await hold_list(borrowed, catalog.workspace_id)
        moved = await borrowed.fetchval(
            _UPDATE.format(more="".join(f", {key} = ${place}" for place, key in enumerate(row.texts, start=11))),
            catalog.workspace_id,
            contact_id,
            row.email,
            folded,
            row.add_labels,
            row.remove_labels,
            row.cleared,
            to_json(row.patch.entered),
            to_json(row.folded),
            to_json(row.values),
            *row.texts.values(),
        )
        if moved is None:
            raise not_found()
        if moved and folded is not None:
            await refuse_unwanted(borrowed, catalog.workspace_id, folded, "input.email")


async def delete_contact(workspace_id: int, contact_id: int, *, unwanted: bool = False) -> None:
    """The contact is gone, and with it its history, its place in lists and what imports kept of it.

    The address of one who unsubscribed or bounced, or whom the caller says is unwanted, comes on the do-not-contact
    list. Raises Refused NOT_FOUND.
    """
    async with transaction() as borrowed:
        was_last_pinned = await borrowed.fetchval(_DELETE, workspace_id, contact_id, unwanted)
        if was_last_pinned is None:
            raise not_found()
        # A statement of its own: it sees what an import had written that the deletion waited for.
        await borrowed.execute(_FORGET, workspace_id, contact_id)
    if was_last_pinned:
        await announce_lost_pins(workspace_id)


def unasked(path: str) -> Refused:
    """Nobody says how the person agreed, without which a new contact can't be ACTIVE."""
    message = "say how and when the person agreed to be mailed, or let the contact be PENDING"
    return Refused.because(Code.REQUIRED, message, path)


def _read_start(status: Status, note: str | None) -> None:
    """Raises Refused where a contact can't begin so."""
    if status not in (Status.ACTIVE, Status.PENDING):
        message = "a new contact is ACTIVE or PENDING; record what happened to it afterwards"
        raise Refused.because(Code.NOT_ALLOWED, message, "input.status")
    if read_system_text(note, "input.consent") is None and status is Status.ACTIVE:
        raise unasked("input.consent")


def _read(
    draft: ContactDraft, catalog: Catalog, *, creating: bool, stated: Callable[[], None] = lambda: None
) -> _Row:
    problems = Problems()
    read = problems.reading
    read(stated)
    email = read(read_email_at, draft.email, "input.email") if creating or draft.email is not None else None
    texts = {key: read(read_system_text, raw, f"input.{_camel(key)}") for key, raw in draft.texts.items()}
    patch = read(read_patch, draft.fields, catalog, "input.fields")
    adding = read(read_label_ids, draft.add_labels, catalog, "input.labels" if creating else "input.addLabels")
    removing = read(read_label_ids, draft.remove_labels, catalog, "input.removeLabels")
    if problems.found:
        raise Refused(problems.found)
    refuse_contradiction(adding, removing)
    return _Row(email, texts, patch, adding, removing)


def _camel(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(word.title() for word in rest)


class _unique:  # noqa: N801 - reads as the statement it is
    """Turns a broken unique key into a sentence."""

    def __init__(self, row: _Row) -> None:
        self.row = row

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, asyncpg.UniqueViolationError):
            if error.constraint_name == "contact_external_id":
                message = "another contact has this external id"
                raise Refused.because(Code.TAKEN, message, "input.externalId") from None
            raise Refused.because(Code.TAKEN, "another contact has this e-mail address", "input.email") from None
