"""A workspace to try things in: made contacts with fields and labels, and the segments of a shop's story."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from app.filters.catalog import Catalog
from app.filters.folding import fold
from app.filters.problems import Code, Refused
from app.filters.values import iso_utc
from app.filters.vocabulary import FieldType, Status
from app.queries.acts import Act, Actor
from app.queries.audit import recorded
from app.queries.catalogs import current_catalog
from app.queries.contact_copies import copy_contacts, tidy_contacts
from app.queries.contacts import count_contacts
from app.queries.fields import create_field
from app.queries.labels import create_label
from app.queries.segments import create_dynamic
from app.queries.workspaces import WorkspaceRow, create_workspace, find_workspace
from app.transfer.demo.people import FIELDS, FREQUENT, LABELS, VIP, Person, people

NAME = "Demo"
TIME_ZONE = "Asia/Jakarta"
CONTACTS = 20_000

SEGMENTS: Mapping[str, Any] = {
    "Contacts in Jakarta": {"field": {"key": "city", "test": {"contains": "Jakarta"}}},
    "VIP or Frequent Buyers": {"label": {"containsAny": [VIP, FREQUENT]}},
    "Inactive Buyers > 30 Days": {
        "field": {"key": "last_purchase", "test": {"moreThanAgo": {"amount": 30, "unit": "DAY"}}}
    },
    "Active VIPs": {"and": [{"label": {"containsAny": [VIP]}}, {"status": ["ACTIVE"]}]},
}

Progress = Callable[[int], None]

_CHOICES = frozenset(key for key, _, type, _ in FIELDS if type in (FieldType.TEXT, FieldType.CHOICE))


async def ensure_demo(count: int = CONTACTS, progress: Progress = lambda _: None, name: str = NAME) -> WorkspaceRow:
    """The demo workspace, filled with so many contacts where it has none; what is there stays as it is.

    Its contacts come last and all at once, so that a run that was cut short is finished by the next.
    """
    workspace = await _workspace(name)
    catalog = await current_catalog(workspace.id)
    if not await count_contacts(workspace.id, []):
        await fill(await _furnished(catalog), count, progress)
    return workspace


async def fill(catalog: Catalog, count: int, progress: Progress = lambda _: None) -> None:
    """Copy so many made people into a workspace that has no contacts, but all of the demo's fields and labels.

    `progress(done)` is called now and then. Raises Refused where a field or label is missing.
    """
    lacking = [key for key, *_ in FIELDS if key not in catalog.fields]
    lacking += [name for name in (VIP, FREQUENT, *LABELS) if fold(name) not in catalog.labels_by_name]
    if lacking:
        raise Refused.because(Code.NOT_FOUND, f"the workspace lacks {', '.join(lacking)}", "workspace")
    if await copy_contacts(catalog.workspace_id, _rows(catalog, count, progress)):
        await tidy_contacts()


async def furnish(workspace_id: int) -> Catalog:
    """The demo's fields and labels, made where they are missing, and the catalog that has them; raises Refused."""
    catalog = await current_catalog(workspace_id)
    for key, name, type, options in FIELDS:
        if key not in catalog.fields:
            await create_field(workspace_id, key, name, type, options)
    for name in (VIP, FREQUENT, *LABELS):
        if fold(name) not in catalog.labels_by_name:
            await create_label(workspace_id, name)
    return await current_catalog(workspace_id)


async def _workspace(name: str) -> WorkspaceRow:
    try:
        return await find_workspace(name)
    except Refused:
        await create_workspace(name, TIME_ZONE)
        return await find_workspace(name)


async def _furnished(catalog: Catalog) -> Catalog:
    furnished = await furnish(catalog.workspace_id)
    known = {segment.name for segment in catalog.segments.values()}
    for name, document in SEGMENTS.items():
        if name not in known:
            async with recorded(Act(catalog.workspace_id, Actor(), "createSegment")):
                await create_dynamic(catalog.workspace_id, name, document)
    return furnished


def _rows(catalog: Catalog, count: int, progress: Progress) -> Iterator[tuple[object, ...]]:
    now = datetime.now(UTC)
    label_ids = {label.name: label.id for label in catalog.labels.values()}
    for done, person in enumerate(people(count, now.date()), start=1):
        if done % 1_000 == 0 or done == count:
            progress(done)
        yield _row(person, catalog, label_ids, now)


def _row(person: Person, catalog: Catalog, label_ids: Mapping[str, int], now: datetime) -> tuple[object, ...]:
    entered, folded = dict(person.fields), dict(person.fields)
    for key, value in person.fields.items():
        if key in _CHOICES:
            folded[key] = fold(str(value))
        elif isinstance(value, datetime):
            entered[key], folded[key] = value.astimezone(catalog.zone).isoformat(), iso_utc(value)
    texts = {"name": person.name, "source": person.source, "external_id": person.external_id}
    folded |= {key: fold(text) for key, text in texts.items() if text is not None}
    return (
        person.email,
        person.email,
        *texts.values(),
        person.status.value,
        sorted(label_ids[name] for name in person.labels),
        orjson.dumps(entered).decode(),
        orjson.dumps(folded).decode(),
        person.created_at,
        now,
        None if person.status is Status.PENDING else person.created_at,
        person.last_sent_at,
        person.last_opened_at,
        person.last_clicked_at,
    )
