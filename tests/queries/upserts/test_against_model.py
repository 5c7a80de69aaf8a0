"""Random calls, one after the other, are answered and leave contacts as the model says."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.filters.vocabulary import FieldType, Status
from app.queries.catalogs import current_catalog
from app.queries.connections import connection
from app.queries.do_not_contact import add_addresses, unwanted
from app.queries.fields import create_field
from app.queries.labels import create_label
from app.queries.upserts.asked import Item, Outcome, Result, Upsert, UpsertKey
from app.queries.upserts.writing import upsert_contacts
from app.queries.workspaces import create_workspace
from tests.conftest import named_apart
from tests.queries.upserts.model import OPTED_OUT, Person, World, address, upserted

EMAILS = ["a@example.com", "b@example.com", "c@example.com", "d@example.com", "D@Example.com"]
LISTED = "listed@example.com"

SOUND = st.builds(
    Item,
    email=st.sampled_from(EMAILS),
    external_id=st.sampled_from(["1", "2", "3", "4"]),
    status=st.sampled_from([None, *Status]),
    consent=st.sampled_from([None, "a form"]),
    labels=st.sampled_from([(), ("VIP",), ("New", "VIP")]),
    fields=st.sampled_from([(), (("orders", 5),), (("orders", 6),), (("orders", None),)]),
)
HOSTILE = st.builds(
    Item,
    email=st.sampled_from([*EMAILS, None, LISTED, "no"]),
    external_id=st.sampled_from(["1", "2", None]),
    name=st.sampled_from([None, "Ani", "Budi"]),
    status=st.sampled_from([None, *Status]),
    labels=st.sampled_from([(), (), ("Nope",)]),
    fields=st.sampled_from([(), (("orders", 5),), (("orders", "many"),)]),
    clear=st.sampled_from([(), ("name",), ("orders",), ("external_id",), ("email",)]),
)
CALLS = st.builds(
    Upsert,
    items=st.lists(st.one_of(SOUND, SOUND, HOSTILE), min_size=1, max_size=5),
    key=st.sampled_from(UpsertKey),
    status=st.sampled_from([Status.PENDING, Status.ACTIVE]),
    consent=st.sampled_from([None, "a form"]),
)
FIRST = st.builds(
    Upsert,
    items=st.tuples(
        *(
            st.builds(Item, st.just(email), st.sampled_from([None, str(place)]), status=st.sampled_from(Status))
            for place, email in enumerate(EMAILS[:3])
        )
    ),
    consent=st.just("a form"),
)


@pytest.fixture(scope="module")
async def furnished(pool: None) -> int:
    """A workspace with a field, labels, and a twin beside it that has what the calls are about."""
    made = []
    for name in ("twin", "modelled"):
        workspace = await create_workspace(named_apart(f"upserts {name}"), "Asia/Jakarta")
        await create_field(workspace, "orders", "Orders", FieldType.NUMBER)
        for label in ("VIP", "New"):
            await create_label(workspace, label)
        made.append(workspace)
    twins = [Item(email, str(place), status=Status.ACTIVE) for place, email in enumerate(EMAILS[:3])]
    await upsert_contacts(await current_catalog(made[0]), Upsert(twins, consent="a form"))
    return made[1]


async def emptied(workspace: int) -> None:
    """A workspace without contacts, with one address on its list."""
    async with connection() as borrowed:
        await borrowed.execute("DELETE FROM contact WHERE workspace_id = $1", workspace)
        await borrowed.execute("DELETE FROM do_not_contact WHERE workspace_id = $1", workspace)
    await add_addresses(workspace, [LISTED], "complained")


async def people(workspace: int) -> list[Person]:
    """The contacts as the model has them."""
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            "SELECT email_folded, external_id, status, name, (fields ->> 'orders')::int, ARRAY(SELECT name FROM label "
            "WHERE label.workspace_id = $1 AND label.id = ANY(label_ids)), folded = jsonb_strip_nulls("
            "jsonb_build_object('name', lower(name), 'external_id', external_id, 'orders', fields -> 'orders')) "
            "FROM contact WHERE workspace_id = $1 ORDER BY email_folded",
            workspace,
        )
    assert all(row[6] for row in rows)
    return [Person(row[0], row[1], Status(row[2]), row[3], row[4], frozenset(row[5])) for row in rows]


def told(result: Result) -> str:
    """The outcome, or the code of the first problem."""
    return result.problems[0].code.value if result.outcome is Outcome.REFUSED else result.outcome.value


def nobody_is_mailed_again(before: list[Person], after: list[Person], upsert: Upsert) -> bool:
    """Whoever opted out, before or by the call, is none who may be mailed."""
    sendable = {person.email for person in after if person.status not in OPTED_OUT}
    refused = {person.email for person in before if person.status in OPTED_OUT}
    refused |= {str(address(item)) for item in upsert.items if item.status in OPTED_OUT}
    return not sendable & {*refused, LISTED}


async def left_as_it_was(twin: int) -> Any:
    async with connection() as borrowed:
        return await borrowed.fetch("SELECT * FROM contact WHERE workspace_id = $1 ORDER BY id", twin)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=FIRST, calls=st.lists(CALLS, min_size=1, max_size=3))
async def test_random_calls_do_as_modelled(furnished: int, first: Upsert, calls: list[Upsert]) -> None:
    await emptied(furnished)
    catalog, world = await current_catalog(furnished), World(listed={LISTED})
    twin = await left_as_it_was(furnished - 1)
    for upsert in (first, *calls):
        before = await people(furnished)
        answers, world = upserted(world, upsert)
        results = await upsert_contacts(catalog, upsert)
        assert [told(result) for result in results] == answers
        after = await people(furnished)
        assert after == sorted(world.people.values(), key=lambda person: person.email)
        async with connection() as borrowed:
            assert await unwanted(borrowed, furnished, [*EMAILS[:4], LISTED]) == world.listed
        assert nobody_is_mailed_again(before, after, upsert)
    assert await left_as_it_was(furnished - 1) == twin
