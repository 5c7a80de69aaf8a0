"""The demo: made people, the same each time, in a workspace that tells the story."""

from collections import Counter
from datetime import UTC, date, datetime
from itertools import islice

import asyncpg
import pytest

from app.compile import Scope, condition
from app.filters.catalog import Catalog
from app.filters.check import check
from app.filters.clock import Clock
from app.filters.problems import Refused
from app.filters.values import read_value
from app.filters.vocabulary import FieldType, Status
from app.queries.catalogs import current_catalog
from app.queries.connections import STATEMENT_TIMEOUT, connection
from app.queries.contacts import count_by_status, count_contacts
from app.queries.segments import delete_segment
from app.transfer.demo.filling import SEGMENTS, ensure_demo, fill, furnish
from app.transfer.demo.people import FIELDS, people

TODAY = date(2026, 3, 1)


def test_people_are_the_same_each_time_and_each_has_an_address_of_their_own() -> None:
    made = list(people(3_000, TODAY))
    assert list(islice(people(10_000, TODAY), 3_000)) == made
    assert len({person.email for person in made}) == 3_000
    assert all(person.email.isascii() and person.email.rpartition(".")[0].endswith("@example") for person in made)
    ids = [person.external_id for person in made if person.external_id]
    assert len(ids) == len(set(ids))


def test_people_are_as_the_story_needs_them() -> None:
    made = list(people(20_000, TODAY))
    statuses = Counter(person.status for person in made)
    for status, share in (
        (Status.ACTIVE, 82),
        (Status.PENDING, 8),
        (Status.UNSUBSCRIBED, 7),
        (Status.HARD_BOUNCE, 3),
    ):
        assert statuses[status] / 200 == pytest.approx(share, abs=1)
    labels = Counter(label for person in made for label in person.labels)
    assert labels["VIP"] / 200 == pytest.approx(5, abs=1)
    assert labels["Frequent Buyers"] / 200 == pytest.approx(20, abs=2)
    assert labels.total() / 20_000 == pytest.approx(3, abs=0.2)
    assert len(labels) >= 12
    in_jakarta = sum("Jakarta" in str(person.fields.get("city", "")) for person in made)
    assert in_jakarta / 200 == pytest.approx(12, abs=1)
    inactive = sum(str(person.fields.get("last_purchase", "9")) < "2026-01-30" for person in made)
    assert 60 < inactive / 200 < 72
    for key, *_ in FIELDS:
        if key not in ("orders", "plan"):
            assert 0.03 < sum(key not in person.fields for person in made) / 20_000 < 0.4, key


def test_nobody_did_anything_in_the_future_or_before_they_were_known() -> None:
    midnight = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC)
    for person in people(5_000, TODAY):
        mails = [moment for moment in (person.last_sent_at, person.last_opened_at, person.last_clicked_at) if moment]
        assert mails == sorted(mails)
        assert all(moment <= midnight for moment in (person.created_at, *mails))
        if "last_purchase" in person.fields:
            first, last = str(person.fields["first_purchase"]), str(person.fields["last_purchase"])
            assert person.created_at.date().isoformat() <= first <= last <= TODAY.isoformat()


async def test_what_is_copied_is_what_a_write_would_have_kept(workspace: int) -> None:
    catalog = await furnish(workspace)
    await fill(catalog, 300)
    assert len(FIELDS) == 12
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            "SELECT key, entered ->> key AS entered, folded -> key AS folded FROM (SELECT fields AS entered, folded, "
            "jsonb_object_keys(fields) AS key FROM contact WHERE workspace_id = $1) AS each",
            workspace,
        )
        texts = await borrowed.fetchval(
            "SELECT count(*) FROM contact WHERE workspace_id = $1 AND (email_folded <> lower(email) "
            "OR (folded ->> 'name') IS DISTINCT FROM lower(name) OR (folded ->> 'source') IS DISTINCT FROM source)",
            workspace,
        )
        histories = await borrowed.fetchval("SELECT count(*) FROM status_change WHERE workspace_id = $1", workspace)
    assert (texts, histories) == (0, 300)
    assert {row["key"] for row in rows} == {key for key, *_ in FIELDS}
    for row in rows:
        field = catalog.fields[row["key"]]
        entered, folded = read_value(row["entered"], field, catalog.zone) or (None, None)
        expected = str(entered).lower() if field.type is FieldType.BOOLEAN else str(entered)
        assert (row["entered"], row["folded"].strip('"')) == (
            expected,
            str(folded).lower() if isinstance(folded, bool) else str(folded),
        )


async def test_a_fill_is_all_or_nothing_and_happens_once(workspace: int, catalog: Catalog) -> None:
    with pytest.raises(Refused, match="lacks city"):
        await fill(catalog, 10)
    furnished = await furnish(workspace)

    def stop(done: int) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        await fill(furnished, 1_500, stop)
    assert await count_contacts(workspace, []) == 0
    await fill(furnished, 1_500)
    await fill(furnished, 1_500)
    assert await count_contacts(workspace, []) == 1_500


async def test_the_demo_is_made_once_and_then_left_alone(pool: None) -> None:
    workspace = await ensure_demo(2_000, name="Demo of a test")
    catalog = await current_catalog(workspace.id)
    assert [segment.name for segment in catalog.segments.values()] == list(SEGMENTS)
    scope = Scope(workspace.id, Clock(datetime.now(UTC), catalog.zone))
    counts = {
        segment.name: await count_by_status(workspace.id, [condition(check(segment.document, catalog), scope)])
        for segment in catalog.segments.values()
    }
    assert all(sum(each.values()) > 50 for each in counts.values())
    assert set(counts["Active VIPs"]) == {"ACTIVE"}
    assert set(counts["Contacts in Jakarta"]) == {status.value for status in Status}
    await delete_segment(workspace.id, next(iter(catalog.segments)))
    assert await ensure_demo(9, name="Demo of a test") == workspace
    assert await count_contacts(workspace.id, []) == 2_000
    assert len((await current_catalog(workspace.id)).segments) == len(SEGMENTS) - 1


async def test_segments_of_the_demo_are_the_operators(pool: None) -> None:
    workspace = await ensure_demo(10, name="The operator's")
    async with connection() as borrowed:
        acts = await borrowed.fetch(
            "SELECT operation, object_id, token_id, subject FROM audit_entry WHERE workspace_id = $1 ORDER BY id",
            workspace.id,
        )
        made = await borrowed.fetch(
            "SELECT segment_id FROM segment_version WHERE workspace_id = $1 AND actor_kind = 'OPERATOR' ORDER BY 1",
            workspace.id,
        )
    assert [tuple(act) for act in acts] == [("createSegment", row[0], None, None) for row in made]
    assert len(made) == len(SEGMENTS)


async def test_a_first_run_that_was_cut_short_is_finished(pool: None) -> None:

    def stop(done: int) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        await ensure_demo(1_000, stop, "Cut short")
    workspace = await ensure_demo(1_000, name="Cut short")
    assert await count_contacts(workspace.id, []) == 1_000
    assert len((await current_catalog(workspace.id)).segments) == len(SEGMENTS)


async def test_a_filled_table_has_its_figures(workspace: int) -> None:
    await fill(await furnish(workspace), 1_000)
    async with connection() as borrowed:
        assert isinstance(borrowed, asyncpg.Connection | asyncpg.pool.PoolConnectionProxy)
        assert await borrowed.fetchval("SELECT reltuples FROM pg_class WHERE relname = 'contact'") >= 1_000
        assert await borrowed.fetchval("SHOW statement_timeout") == f"{STATEMENT_TIMEOUT}s"
