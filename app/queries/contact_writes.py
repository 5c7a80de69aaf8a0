"""Contacts, written one at a time: create, update, delete."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import asyncpg

from app.filters.catalog import Catalog
from app.filters.folding import fold
from app.filters.problems import Code, InvalidValue, Refused
from app.filters.vocabulary import Status
from app.queries.connections import connection, transaction
from app.queries.contact_values import (
    Patch,
    read_label_ids,
    read_patch,
    read_system_text,
    refuse_contradiction,
    to_json,
)
from app.queries.emails import read_email
from app.queries.status_events import not_found, note_status

SYSTEM_TEXTS = ("name", "source", "external_id")


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
    def folded(self) -> dict[str, Any]:
        return self.patch.folded | {key: fold(text) for key, text in self.texts.items() if text is not None}

    @property
    def cleared(self) -> list[str]:
        return self.patch.cleared + [key for key, text in self.texts.items() if text is None]


async def create_contact(catalog: Catalog, draft: ContactDraft, status: Status, note: str | None) -> int:
    """The new contact's id; raises Refused with every problem."""
    row = _read(draft, catalog, creating=True, stated=partial(_read_start, status, note))
    async with _unique(row), transaction() as borrowed:
        contact_id: int = await borrowed.fetchval(
            "INSERT INTO contact (workspace_id, email, email_folded, name, source, external_id, status, label_ids, "
            "fields, folded, created_at, updated_at, subscribed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
            "now(), now(), CASE WHEN $7 = 'ACTIVE' THEN now() END) RETURNING id",
            catalog.workspace_id,
            row.email,
            fold(row.email or ""),
            *(row.texts.get(key) for key in SYSTEM_TEXTS),
            status.value,
            row.add_labels,
            to_json(row.patch.entered),
            to_json(row.folded),
        )
        await note_status(borrowed, catalog.workspace_id, contact_id, None, status, "CREATED", note)
    return contact_id


async def update_contact(catalog: Catalog, contact_id: int, draft: ContactDraft) -> None:
    """Change what the draft names; raises Refused with every problem, or NOT_FOUND."""
    row = _read(draft, catalog, creating=False)
    assignments = [f"{key} = ${place}" for place, key in enumerate(row.texts, start=10)]
    async with _unique(row), connection() as borrowed:
        updated = await borrowed.fetchval(
            "WITH before AS (SELECT email_folded, status FROM contact WHERE workspace_id = $1 AND id = $2), "
            "noted AS (INSERT INTO status_change (workspace_id, contact_id, previous, status, cause, changed_at) "
            "SELECT $1, $2, status, status, 'ADDRESS_CHANGED', now() FROM before WHERE email_folded <> $4) "
            "UPDATE contact SET email = coalesce($3, email), email_folded = coalesce($4, email_folded), "
            "label_ids = ARRAY(SELECT DISTINCT id FROM unnest(label_ids || $5::bigint[]) AS id "
            "WHERE id <> ALL($6::bigint[]) ORDER BY id), "
            "fields = (fields - $7::text[]) || $8::jsonb, folded = (folded - $7::text[]) || $9::jsonb, "
            f"updated_at = now(){''.join(', ' + assignment for assignment in assignments)} "
            "WHERE workspace_id = $1 AND id = $2 RETURNING id",
            catalog.workspace_id,
            contact_id,
            row.email,
            None if row.email is None else fold(row.email),
            row.add_labels,
            row.remove_labels,
            row.cleared,
            to_json(row.patch.entered),
            to_json(row.folded),
            *row.texts.values(),
        )
    if updated is None:
        raise not_found()


async def delete_contact(workspace_id: int, contact_id: int) -> None:
    """The contact is gone, and with it its history and its place in lists; raises Refused NOT_FOUND."""
    async with connection() as borrowed:
        deleted = await borrowed.fetchval(
            "DELETE FROM contact WHERE workspace_id = $1 AND id = $2 RETURNING id", workspace_id, contact_id
        )
    if deleted is None:
        raise not_found()


def _read_start(status: Status, note: str | None) -> None:
    """Raises Refused where a contact can't begin so."""
    if status not in (Status.ACTIVE, Status.PENDING):
        message = "a new contact is ACTIVE or PENDING; record what happened to it afterwards"
        raise Refused.because(Code.NOT_ALLOWED, message, "input.status")
    read_system_text(note, "input.consent")


def _read(
    draft: ContactDraft, catalog: Catalog, *, creating: bool, stated: Callable[[], None] = lambda: None
) -> _Row:
    problems: list[Any] = []

    def collect(read: Any, *arguments: Any) -> Any:
        try:
            return read(*arguments)
        except Refused as refused:
            problems.extend(refused.problems)
            return None

    collect(stated)
    email = collect(_email, draft.email) if creating or draft.email is not None else None
    texts = {key: collect(read_system_text, raw, f"input.{_camel(key)}") for key, raw in draft.texts.items()}
    patch = collect(read_patch, draft.fields, catalog, "input.fields")
    adding = collect(read_label_ids, draft.add_labels, catalog, "input.labels" if creating else "input.addLabels")
    removing = collect(read_label_ids, draft.remove_labels, catalog, "input.removeLabels")
    if problems:
        raise Refused(problems)
    refuse_contradiction(adding, removing)
    return _Row(email, texts, patch, adding, removing)


def _email(raw: str | None) -> str:
    try:
        return read_email(raw)
    except InvalidValue as invalid:
        raise Refused.because(invalid.code, invalid.message, "input.email") from None


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
