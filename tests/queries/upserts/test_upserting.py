"""Items as contacts: what is written, what is refused and why, and what happens at the same moment."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from asyncpg import Record

from app.compile.clause import Clause
from app.filters.catalog import Catalog
from app.filters.problems import Refused
from app.filters.vocabulary import FieldType, Status
from app.queries import contact_writes as writes
from app.queries import status_events
from app.queries.catalogs import current_catalog
from app.queries.connections import connection
from app.queries.contact_bulk import update_contacts
from app.queries.contact_values import Patch
from app.queries.contacts import count_by_status, count_contacts, status_histories
from app.queries.do_not_contact import is_unwanted
from app.queries.fields import create_field
from app.queries.labels import create_label
from app.queries.upserts.asked import MOST_ITEMS, Item, Outcome, Result, Upsert, UpsertKey
from app.queries.upserts.writing import upsert_contacts

EVENTS = {Status.UNSUBSCRIBED: status_events.UNSUBSCRIBED, Status.HARD_BOUNCE: status_events.BOUNCED}


@pytest.fixture
async def catalog(workspace: int) -> Catalog:
    """A fresh workspace's, with a field of some types and a label."""
    for key, type in (("city", FieldType.TEXT), ("spent", FieldType.NUMBER), ("seen", FieldType.DATETIME)):
        await create_field(workspace, key, key.title(), type)
    await create_label(workspace, "VIP")
    return await current_catalog(workspace)


async def upserted(catalog: Catalog, *items: Item, key: UpsertKey = UpsertKey.EMAIL, **more: Any) -> list[Result]:
    return await upsert_contacts(catalog, Upsert(items, key, **more))


async def row(catalog: Catalog, contact_id: int | None) -> Record:
    async with connection() as borrowed:
        found = await borrowed.fetchrow(
            "SELECT * FROM contact WHERE workspace_id = $1 AND id = $2", catalog.workspace_id, contact_id
        )
    assert found is not None
    return found


async def history(catalog: Catalog, contact_id: int | None) -> list[tuple[Any, ...]]:
    assert contact_id is not None
    found = await status_histories(catalog.workspace_id, [contact_id])
    return [(one["previous"], one["status"], one["cause"], one["note"]) for one in found[contact_id]]


def codes(results: Sequence[Result]) -> list[tuple[str, str]]:
    return [(problem.code.value, problem.path) for result in results for problem in result.problems]


async def test_item_becomes_a_whole_contact(catalog: Catalog) -> None:
    item = Item(
        " Ani@Example.com ",
        "x-1",
        "Ani  Ｗ",
        "shop",
        Status.ACTIVE,
        "form of 2 May",
        ["vip"],
        [("city", "Jakarta  Selatan"), ("spent", "1.50"), ("seen", "2026-01-31T09:30:00")],
    )
    (result,) = await upserted(catalog, item)
    assert (result.outcome, result.problems) == (Outcome.CREATED, ())
    made = await row(catalog, result.contact_id)
    assert (made["email"], made["email_folded"], made["name"]) == ("Ani@Example.com", "ani@example.com", "Ani  Ｗ")
    assert (made["source"], made["external_id"], made["status"]) == ("shop", "x-1", "ACTIVE")
    assert made["label_ids"] == list(catalog.labels)
    assert made["fields"] == '{"city": "Jakarta  Selatan", "seen": "2026-01-31T09:30:00+07:00", "spent": 1.50}'
    assert made["folded"] == (
        '{"city": "jakarta selatan", "name": "ani w", "seen": "2026-01-31T02:30:00.000000Z", "spent": 1.50, '
        '"source": "shop", "external_id": "x-1"}'
    )
    assert made["subscribed_at"] == made["created_at"]
    assert await history(catalog, result.contact_id) == [(None, "ACTIVE", "UPSERTED", "form of 2 May")]


async def test_unchanged_contact_is_not_written(catalog: Catalog) -> None:
    item = Item("a@example.com", "1", "Ani", labels=["VIP"], fields=[("spent", "1.50")])
    (made,) = await upserted(catalog, item)
    before = await row(catalog, made.contact_id)
    same = Item("A@Example.com", "1", " ", labels=["VIP"], fields=[("spent", 1.5), ("city", None), ("seen", " ")])
    assert await upserted(catalog, same) == [Result(Outcome.UNCHANGED, made.contact_id)]
    assert await row(catalog, made.contact_id) == before


async def test_only_what_is_given_changes(catalog: Catalog) -> None:
    (made,) = await upserted(
        catalog, Item("a@example.com", "1", "Ani", "shop", fields=[("city", "Solo"), ("spent", 5)])
    )
    (changed,) = await upserted(catalog, Item("a@example.com", fields=[("spent", 6)], clear=["city", "source"]))
    assert changed == Result(Outcome.CHANGED, made.contact_id)
    found = await row(catalog, made.contact_id)
    assert (found["name"], found["source"], found["external_id"]) == ("Ani", None, "1")
    assert (found["fields"], found["folded"]) == (
        '{"spent": 6}',
        '{"name": "ani", "spent": 6, "external_id": "1"}',
    )
    assert found["updated_at"] > found["created_at"]


@pytest.mark.parametrize("status", list(Status))
async def test_new_address_is_kept_in_the_history(catalog: Catalog, status: Status) -> None:
    (made,) = await upserted(catalog, Item("a@example.com", "1", status=status, consent="a form"))
    (moved,) = await upserted(catalog, Item("B@example.com", "1"), key=UpsertKey.EXTERNAL_ID)
    assert moved == Result(Outcome.CHANGED, made.contact_id)
    assert (await row(catalog, made.contact_id))["email"] == "B@example.com"
    consent = None if status in EVENTS else "a form"
    assert await history(catalog, made.contact_id) == [
        (status.value, status.value, "ADDRESS_CHANGED", None),
        (None, status.value, "UPSERTED", consent),
    ]
    assert await is_unwanted(catalog.workspace_id, "a@example.com") == (status in EVENTS)


@pytest.mark.parametrize("stated", [None, *Status])
@pytest.mark.parametrize("before", list(Status))
async def test_status_only_becomes_stricter(catalog: Catalog, before: Status, stated: Status | None) -> None:
    (made,) = await upserted(catalog, Item("a@example.com", status=before, consent="a form"))
    (result,) = await upserted(catalog, Item("a@example.com", status=stated, consent="another form"))
    after = stated if before not in EVENTS and stated in EVENTS else before
    assert (await row(catalog, made.contact_id))["status"] == after.value
    assert result.outcome is (Outcome.UNCHANGED if after is before else Outcome.CHANGED)
    noted = [] if after is before else [(before.value, after.value, "UPSERTED", None)]
    assert (await history(catalog, made.contact_id))[:-1] == noted


@pytest.mark.parametrize("key", list(UpsertKey))
@pytest.mark.parametrize("stated", list(EVENTS))
async def test_refused_item_still_opts_out(catalog: Catalog, key: UpsertKey, stated: Status) -> None:
    (made,) = await upserted(catalog, Item("a@example.com", "1", status=Status.ACTIVE, consent="a form"))
    flawed = [
        Item("a@example.com", "1", "Ani", status=stated, fields=[("spent", "much")]),
        Item("new@example.com", "2", "Budi", status=stated, labels=["nope"]),
    ]
    results = await upserted(catalog, *flawed, key=key)
    assert [result.outcome for result in results] == [Outcome.REFUSED] * 2
    assert await count_by_status(catalog.workspace_id, []) == {stated.value: 2}
    found = await row(catalog, made.contact_id)
    assert (found["name"], found["fields"]) == (None, "{}")


async def test_external_id_finds_who_has_none_yet(catalog: Catalog) -> None:
    (made,) = await upserted(catalog, Item("a@example.com"))
    (found,) = await upserted(catalog, Item("A@example.com", "1", "Ani"), key=UpsertKey.EXTERNAL_ID)
    assert found == Result(Outcome.CHANGED, made.contact_id)
    (again,) = await upserted(catalog, Item(external_id="1", name="Ani W"), key=UpsertKey.EXTERNAL_ID)
    assert again == Result(Outcome.CHANGED, made.contact_id)
    (other,) = await upserted(catalog, Item("a@example.com", "2"), key=UpsertKey.EXTERNAL_ID)
    assert codes([other]) == [("TAKEN", "input.items[0].email")]


@pytest.mark.parametrize(
    ("key", "item", "expected"),
    [
        ("EMAIL", Item(), [("INVALID_EMAIL", "email")]),
        ("EMAIL", Item("no", "\ud800"), [("INVALID_EMAIL", "email"), ("INVALID_TEXT", "externalId")]),
        ("EXTERNAL_ID", Item("a@example.com", " "), [("REQUIRED", "externalId")]),
        ("EXTERNAL_ID", Item(external_id="9"), [("REQUIRED", "email")]),
        ("EXTERNAL_ID", Item("no", "9"), [("INVALID_EMAIL", "email")]),
        ("EXTERNAL_ID", Item("taken@example.com", "9"), [("TAKEN", "email")]),
        ("EMAIL", Item("a@example.com", "1"), [("TAKEN", "externalId")]),
        ("EMAIL", Item("a@example.com", status=Status.ACTIVE), [("REQUIRED", "consent")]),
        ("EMAIL", Item("a@example.com", name="x" * 501), [("TOO_LONG", "name")]),
        ("EMAIL", Item("a@example.com", consent="\0"), [("INVALID_TEXT", "consent")]),
        ("EMAIL", Item("a@example.com", labels=["VIP", "VIPP"]), [("UNKNOWN_LABEL", "labels[1]")]),
        (
            "EMAIL",
            Item("a@example.com", fields=[("citty", 1), ("spent", "x"), ("name", "x"), ("city", "x"), ("city", "y")]),
            [
                ("UNKNOWN_FIELD", "fields[0].key"),
                ("INVALID_NUMBER", "fields[1].value"),
                ("READ_ONLY", "fields[2].key"),
                ("TAKEN", "fields[4].value"),
            ],
        ),
        (
            "EMAIL",
            Item("a@example.com", name="A", clear=["name", "citty", "created_at", "email"]),
            [
                ("NOT_ALLOWED", "clear[0]"),
                ("UNKNOWN_FIELD", "clear[1]"),
                ("READ_ONLY", "clear[2]"),
                ("READ_ONLY", "clear[3]"),
            ],
        ),
        ("EXTERNAL_ID", Item("a@example.com", "9", clear=["external_id"]), [("READ_ONLY", "clear[0]")]),
    ],
)
async def test_flawed_item_refuses_itself_alone(
    catalog: Catalog, key: str, item: Item, expected: list[tuple[str, str]]
) -> None:
    await upserted(catalog, Item("taken@example.com", "1"))
    results = await upserted(
        catalog, Item("before@example.com", "7"), item, Item("z@example.com", "8"), key=UpsertKey(key)
    )
    assert [result.outcome.value for result in results] == ["CREATED", "REFUSED", "CREATED"]
    assert codes(results) == [(code, f"input.items[1].{path}") for code, path in expected]
    assert results[1].contact_id is None
    assert await count_contacts(catalog.workspace_id, []) == 3


async def test_last_of_several_items_counts(catalog: Catalog) -> None:
    results = await upserted(
        catalog,
        Item("a@example.com", name="first", labels=["VIP"]),
        Item("b@example.com"),
        Item("A@example.com", name="second"),
        Item("a@example.com", labels=["nope"]),
    )
    assert [result.outcome.value for result in results] == ["REFUSED", "CREATED", "CREATED", "REFUSED"]
    assert codes(results) == [("REPLACED", "input.items[0]"), ("UNKNOWN_LABEL", "input.items[3].labels[0]")]
    assert results[0].problems[0].message == "input.items[2] is about the same contact and comes later"
    found = await row(catalog, results[2].contact_id)
    assert (found["name"], found["label_ids"]) == ("second", [])


@pytest.mark.parametrize(
    ("items", "more", "code", "path"),
    [
        ([], {}, "TOO_MANY_VALUES", "input.items"),
        ([Item("a@example.com")] * (MOST_ITEMS + 1), {}, "TOO_MANY_VALUES", "input.items"),
        ([Item("a@example.com")], {"status": Status.UNSUBSCRIBED}, "NOT_ALLOWED", "input.status"),
        ([Item("a@example.com")], {"consent": "x" * 501}, "TOO_LONG", "input.consent"),
    ],
)
async def test_call_that_can_not_be_done_does_nothing(
    catalog: Catalog, items: list[Item], more: dict[str, Any], code: str, path: str
) -> None:
    with pytest.raises(Refused) as refused:
        await upserted(catalog, *items, **more)
    assert [(problem.code.value, problem.path) for problem in refused.value.problems] == [(code, path)]
    assert await count_contacts(catalog.workspace_id, []) == 0


async def test_blank_consent_is_none(catalog: Catalog) -> None:
    results = await upserted(catalog, Item("a@example.com", consent=" "), status=Status.ACTIVE, consent=" ")
    assert codes(results) == [("REQUIRED", "input.items[0].consent")]
    (made,) = await upserted(catalog, Item("a@example.com"), status=Status.ACTIVE, consent="a form")
    assert await history(catalog, made.contact_id) == [(None, "ACTIVE", "UPSERTED", "a form")]


async def test_many_mistakes_are_told_shortly(catalog: Catalog) -> None:
    results = await upserted(catalog, *(Item(f"p{n}@example.com", labels=["VIPP"] * 900) for n in range(50)))
    problems = [problem for result in results for problem in result.problems]
    assert len(problems) == 50 * 20
    assert sum("did you mean" in problem.message for problem in problems) == 20


async def test_hostile_text_is_kept_as_it_is(catalog: Catalog) -> None:
    text = '\'; DROP TABLE contact; -- " \\ $1 {"a": null} %s \u2028 😀 =1+1'
    (made,) = await upserted(catalog, Item("a@example.com", text, text, text, fields=[("city", text)]))
    async with connection() as borrowed:
        found = await borrowed.fetchrow(
            "SELECT external_id, name, source, fields ->> 'city' FROM contact WHERE workspace_id = $1 AND id = $2",
            catalog.workspace_id,
            made.contact_id,
        )
    assert found is not None
    assert set(found) == {text}


async def test_calls_at_once_make_each_contact_once(catalog: Catalog) -> None:
    items = [Item(f"p{number}@example.com", f"x{number}") for number in range(200)]
    calls = [upserted(catalog, *items[:: 1 - 2 * (number % 2)], key=UpsertKey.EXTERNAL_ID) for number in range(6)]
    done = await asyncio.gather(*calls)
    made = [result.contact_id for results in done for result in results if result.outcome is Outcome.CREATED]
    assert len(made) == len(set(made)) == 200
    assert {result.outcome for results in done for result in results} == {Outcome.CREATED, Outcome.UNCHANGED}


async def test_calls_and_edits_at_once_all_end(catalog: Catalog) -> None:
    items = [Item(f"p{number}@example.com", str(number)) for number in range(100)]
    await upserted(catalog, *items)
    edits = [
        update_contacts(catalog.workspace_id, Clause("TRUE"), [], [], Patch({"city": n}, {"city": n})) for n in "ab"
    ]
    named = [Item(item.email, item.external_id, "Ani") for item in reversed(items)]
    calls = asyncio.gather(upserted(catalog, *named), upserted(catalog, *named))
    done, _ = await asyncio.gather(calls, asyncio.gather(*edits))
    outcomes = [result.outcome for results in done for result in results]
    assert sorted(outcome.value for outcome in outcomes) == ["CHANGED"] * 100 + ["UNCHANGED"] * 100


async def test_no_race_brings_a_deleted_opt_out_back(catalog: Catalog) -> None:
    for number in range(12):
        email = f"p{number}@example.com"
        (made,) = await upserted(catalog, Item(email, status=Status.UNSUBSCRIBED))
        item = Item(email, status=Status.ACTIVE, consent="a form")
        await asyncio.gather(
            writes.delete_contact(catalog.workspace_id, made.contact_id or 0), upserted(catalog, item)
        )
    assert await count_by_status(catalog.workspace_id, []) == {}
