"""A bulk upsert, written by set in one transaction, and once for each idempotency key."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from asyncpg import Record

from app.filters.catalog import Catalog
from app.filters.problems import Problem
from app.filters.vocabulary import OPT_OUTS
from app.queries.changes import Cause, change_of, noting
from app.queries.connections import Connection, transaction
from app.queries.contact_values import SYSTEM_TEXTS, to_json
from app.queries.do_not_contact import OPTED_OUT, hold_list, listing, unwanted
from app.queries.idempotency import Call, answer_once
from app.queries.lookups import IN_PLACE, UNAWARE, locking, own, rests_on_import
from app.queries.tries import undisturbed
from app.queries.upserts.asked import Outcome, Result, Upsert
from app.queries.upserts.reading import Row, read_rows
from app.queries.upserts.settling import Found, Known, Person, settle

_FIND = locking(
    "id, email_folded, external_id",
    f"SELECT old.id FROM unnest($2::text[]) AS given (value) {own('id', 'email_folded', 'given.value')} UNION "
    f"SELECT old.id FROM unnest($3::text[]) AS given (value) {own('id', 'external_id', 'given.value')}",
)

_TEXTS = ", ".join(
    f"coalesce(item.{key}, CASE WHEN '{key}' <> ALL(item.cleared) THEN old.{key} END) AS new_{key}"
    for key in SYSTEM_TEXTS
)
_LEFT_BEHIND = listing("moved", "'ADDRESS_CHANGED'", f"new_status IN {OPTED_OUT}")
_CHANGED = (
    "(new_email_folded, new_name, new_source, new_external_id, new_status, new_label_ids, new_fields, new_folded) "
    "IS DISTINCT FROM (email_folded, name, source, external_id, status, label_ids, fields, folded)"
)
_SYSTEM_KEYS = ", ".join(
    f"CASE WHEN new_{column} IS DISTINCT FROM {column} THEN '{key}' END"
    for key, column in (("email", "email_folded"), *zip(SYSTEM_TEXTS, SYSTEM_TEXTS, strict=True))
)
_FIELD_KEYS = (
    f"array_remove(ARRAY[{_SYSTEM_KEYS}], NULL) || ARRAY(SELECT key FROM unnest(named) AS key "
    "WHERE new_fields -> key IS DISTINCT FROM fields -> key ORDER BY key)"
)
_SAYS_MORE = "(new_status = status OR field_keys <> '{}' OR gained_ids <> '{}')"
_NOTED_CHANGES = noting(
    change_of("made", Cause.CREATED, status="status", by="status"),
    change_of(
        f"told WHERE {_SAYS_MORE}",
        Cause.UPDATED,
        fields="field_keys",
        labels="gained_ids",
        by="field_keys, gained_ids",
    ),
    change_of(
        "told WHERE new_status <> status",
        Cause.STATUS_CHANGED,
        previous="status",
        status="new_status",
        by="status, new_status",
    ),
    is_bulk=False,
)

# New contacts come in the order of addresses, as their unique index is locked: two calls never wait in a circle.
# Who had opted out by a file, and now by the partner's word, too, is noted: whoever undoes the import must find it.
_WRITE = f"""
WITH item AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset($2::jsonb) AS item (index int, id bigint, is_new boolean,
        email text, email_folded text, name text, source text, external_id text, status text, consent text,
        label_ids bigint[], fields jsonb, folded jsonb, cleared text[])
), known AS MATERIALIZED (
    SELECT old.*, item.index, item.email AS new_email,
        coalesce(item.email_folded, old.email_folded) AS new_email_folded,
        {_TEXTS},
        CASE WHEN old.status IN {OPTED_OUT} OR item.status IS NULL OR item.status NOT IN {OPTED_OUT}
            THEN old.status ELSE item.status END AS new_status,
        CASE WHEN old.label_ids @> item.label_ids THEN old.label_ids ELSE
            ARRAY(SELECT DISTINCT label FROM unnest(old.label_ids || item.label_ids) AS label ORDER BY label)
            END AS new_label_ids,
        (old.fields - item.cleared) || item.fields AS new_fields,
        (old.folded - item.cleared) || item.folded AS new_folded,
        ARRAY(SELECT jsonb_object_keys(item.fields)) || item.cleared AS named,
        coalesce(item.status IN {OPTED_OUT}, FALSE) AND old.status IN {OPTED_OUT} AND {rests_on_import("old.id")}
            AS is_repeated
    FROM item {own("ctid AS row, *", "id", "item.id")}
), differing AS MATERIALIZED (
    SELECT * FROM known WHERE is_repeated OR {_CHANGED}
), told AS (
    SELECT id, status, new_status, {_FIELD_KEYS} AS field_keys,
        ARRAY(SELECT unnest(new_label_ids) EXCEPT SELECT unnest(label_ids)) AS gained_ids
    FROM differing
), moved AS (
    SELECT * FROM differing WHERE new_email_folded <> email_folded
), created AS (
    INSERT INTO contact (workspace_id, email, email_folded, name, source, external_id, status, label_ids, fields,
        folded, created_at, updated_at, subscribed_at)
    SELECT $1, email, email_folded, name, source, external_id, status, label_ids, fields, folded, now(), now(),
        CASE WHEN status = 'ACTIVE' THEN now() END
    FROM item WHERE is_new ORDER BY email_folded RETURNING id, email_folded
), changed AS (
    UPDATE contact SET
        email = CASE WHEN new_email_folded <> contact.email_folded THEN new_email ELSE contact.email END,
        email_folded = new_email_folded, name = new_name, source = new_source, external_id = new_external_id,
        status = new_status, label_ids = new_label_ids, fields = new_fields, folded = new_folded, updated_at = now()
    FROM differing WHERE {IN_PLACE} = differing.row
), made AS (
    SELECT item.index, created.id, item.status, item.consent FROM created JOIN item USING (email_folded)
    WHERE item.is_new
), noted AS (
    INSERT INTO status_change (workspace_id, contact_id, previous, status, cause, note, changed_at)
    SELECT $1, id, NULL, status, 'UPSERTED', consent, now() FROM made
    UNION ALL SELECT $1, id, status, status, 'ADDRESS_CHANGED', NULL, now() FROM moved
    UNION ALL SELECT $1, id, status, new_status, 'UPSERTED', NULL, now() FROM differing
        WHERE is_repeated OR new_status <> status
), listed AS (
    {_LEFT_BEHIND}
), {_NOTED_CHANGES}
SELECT index, id, 'CREATED' AS outcome FROM made UNION ALL
SELECT index, id, CASE WHEN {_CHANGED} THEN 'CHANGED' ELSE 'UNCHANGED' END FROM known
"""


async def upsert_contacts(catalog: Catalog, upsert: Upsert, call: Call | None = None) -> list[Result]:
    """What became of each item, in order; a call that was answered before is answered the same again.

    Raises Refused where the call as a whole can't be done, KeyReused where its key came with another one.
    """
    rows = await asyncio.to_thread(read_rows, upsert, catalog)

    async def answered() -> list[Any]:
        async with transaction() as borrowed:
            act = partial(_upsert, borrowed, catalog.workspace_id, upsert, rows)
            answer: list[Any] = await answer_once(borrowed, catalog.workspace_id, call, act)
        return answer

    message = "these contacts keep being changed by somebody else; send this again"
    return [Result.from_document(each) for each in await undisturbed(answered, message, "input.items")]


async def _upsert(borrowed: Connection, workspace_id: int, upsert: Upsert, rows: Sequence[Row]) -> list[Any]:
    await borrowed.execute(UNAWARE)
    await hold_list(borrowed, workspace_id)
    found = await _find(borrowed, workspace_id, rows)
    settled = settle(upsert, rows, found)
    items = [_item(person, row, upsert) for person, row in settled.writes.items()]
    written = {row["index"]: row for row in await borrowed.fetch(_WRITE, workspace_id, to_json(items))}
    return [_result(row.index, settled.refused, written).to_document() for row in rows]


async def _find(borrowed: Connection, workspace_id: int, rows: Sequence[Row]) -> Found:
    """What is there of what the rows name; its contacts are locked, in the order of ids as everywhere."""
    emails = [row.email_folded for row in rows if row.email_folded]
    external_ids = [row.external_id for row in rows if row.external_id]
    known = [Known(*row) for row in await borrowed.fetch(_FIND, workspace_id, emails, external_ids)]
    return Found(
        {one.email_folded: one for one in known},
        {one.external_id: one for one in known if one.external_id is not None},
        frozenset(await unwanted(borrowed, workspace_id, emails)),
    )


def _item(person: Person, row: Row, upsert: Upsert) -> dict[str, Any]:
    """A row as the statement reads it."""
    is_new = isinstance(person, str)
    status = row.status or (upsert.status if is_new else None)
    return {
        "index": row.index,
        "id": None if is_new else person,
        "is_new": is_new,  # asked for since PostgreSQL takes nulls to be few
        "email": row.email,
        "email_folded": row.email_folded or None,
        **{key: getattr(row, key) for key in SYSTEM_TEXTS},
        "status": status,
        "consent": None if status in OPT_OUTS else row.consent,
        "label_ids": row.label_ids,
        "fields": row.patch.entered,
        "folded": row.patch.folded,
        "cleared": row.patch.cleared,
    }


def _result(index: int, refused: Mapping[int, tuple[Problem, ...]], written: Mapping[int, Record]) -> Result:
    if index in refused:
        return Result(Outcome.REFUSED, problems=refused[index])
    return Result(Outcome(written[index]["outcome"]), written[index]["id"])
