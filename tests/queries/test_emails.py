"""An address is the same person's, and refuses mail, however its domain is spelled."""

from datetime import UTC, datetime
from importlib import import_module

import pytest
from tortoise.connection import get_connection

from app.compile import Scope, condition
from app.filters.catalog import Catalog
from app.filters.check import check
from app.filters.clock import Clock
from app.filters.problems import InvalidValue, Refused
from app.filters.vocabulary import Status
from app.queries import contact_writes as writes
from app.queries.catalogs import current_catalog
from app.queries.connections import connection
from app.queries.contacts import contact_id_by_email, count_by_status, count_contacts, searched, status_histories
from app.queries.do_not_contact import add_addresses, is_unwanted, remove_address
from app.queries.emails import fold_email, read_email
from app.queries.upserts.asked import Item, Outcome, Upsert
from app.queries.upserts.writing import upsert_contacts

SPELLINGS = ["a@exämple.com", "A@EXÄMPLE。com", "a@xn--exmple-cua.com", "a@XN--EXMPLE-CUA.com", "a@ex\ufe0fämple.com"]


@pytest.mark.parametrize(
    "domain", ["xn--a.com", "xn--fass.de", "xn--.com", "☃.net", "xn--n3h.net", "a。", "xn--a-ecp.ru"]
)
def test_what_is_no_domain_is_refused(domain: str) -> None:
    with pytest.raises(InvalidValue, match="is not an e-mail address"):
        read_email(f"a@{domain}")


@pytest.mark.parametrize("address", [*SPELLINGS, "a--b@c--d.com", "xn--a@b.com"])
def test_address_stays_as_entered(address: str) -> None:
    assert read_email(address) == address


def test_longest_text_is_folded_at_once() -> None:
    assert fold_email("ä" * 100_000 + "@" + "ö" * 100_000).startswith("ää")


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_spelling_finds_the_same_contact(catalog: Catalog, spelling: str) -> None:
    workspace = catalog.workspace_id
    made = await writes.create_contact(catalog, writes.ContactDraft(SPELLINGS[0]), Status.PENDING, None)
    assert await contact_id_by_email(workspace, spelling) == made
    (result,) = await upsert_contacts(catalog, Upsert([Item(spelling, name="Ani")]))
    assert (result.outcome, result.contact_id) == (Outcome.CHANGED, made)
    with pytest.raises(Refused, match="another contact has this e-mail address"):
        await writes.create_contact(catalog, writes.ContactDraft(spelling), Status.PENDING, None)


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_spelling_passes_no_list(catalog: Catalog, spelling: str) -> None:
    workspace = catalog.workspace_id
    await add_addresses(workspace, SPELLINGS, "complained")
    assert await is_unwanted(workspace, spelling)
    (result,) = await upsert_contacts(catalog, Upsert([Item(spelling)]))
    assert [problem.code.value for problem in result.problems] == ["DO_NOT_CONTACT"]
    with pytest.raises(Refused, match="do-not-contact list"):
        await writes.create_contact(catalog, writes.ContactDraft(spelling), Status.PENDING, None)
    await remove_address(workspace, spelling, "called us")
    assert not await is_unwanted(workspace, SPELLINGS[0])


@pytest.mark.parametrize("entered", [SPELLINGS[0], SPELLINGS[2]])
@pytest.mark.parametrize(
    ("operator", "value"),
    [
        *(("matches", spelling) for spelling in SPELLINGS),
        ("matchesAny", ["x", SPELLINGS[3]]),
        ("contains", "EXÄMPLE"),
        ("contains", "@xn--exmple-cua.com"),
        ("startsWith", "a@exä"),
        ("endsWith", "XN--exmple-cua.com"),
        ("containsAny", ["x", "xämp"]),
    ],
)
async def test_filter_finds_every_spelling(catalog: Catalog, entered: str, operator: str, value: object) -> None:
    await writes.create_contact(catalog, writes.ContactDraft(entered), Status.PENDING, None)
    tree = check({"field": {"key": "email", "test": {operator: value}}}, catalog)
    scope = Scope(catalog.workspace_id, Clock(datetime.now(UTC), catalog.zone))
    assert await count_contacts(catalog.workspace_id, [condition(tree, scope)]) == 1
    assert await count_contacts(catalog.workspace_id, [searched("exämple", scope)]) == 1


OLD = (
    "INSERT INTO contact (workspace_id, email, email_folded, status, label_ids, fields, folded, created_at, updated_at) "
    "VALUES ($1, $2, $3, $4, '{}', '{}', '{}', now(), now()) RETURNING id"
)
LISTED = (
    "INSERT INTO do_not_contact (workspace_id, hash, cause, added_at) SELECT id, encode(sha256(salt || "
    "convert_to($2::text, 'UTF8')), 'hex'), 'x', now() FROM workspace WHERE id = $1"
)


async def migrated(workspace: int, *people: tuple[str, str, str]) -> list[tuple[int, str, str]]:
    """Ids, folded addresses and statuses of contacts (entered, compared, status) after the migration."""
    migration = import_module("migrations.0007_spellings")
    async with connection() as borrowed:
        for email, folded, status in people:
            await borrowed.fetchval(OLD, workspace, email, folded, status)

    class Editor:
        client = get_connection("default")

    await migration.respell(None, Editor)
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            "SELECT id, email_folded, status FROM contact WHERE workspace_id = $1 ORDER BY id", workspace
        )
    return [(row[0], row[1], row[2]) for row in rows]


async def test_migration_compares_old_addresses_anew(workspace: int) -> None:
    async with connection() as borrowed:
        await borrowed.execute(LISTED, workspace, "b@xn--exmple-cua.com")
    after = await migrated(
        workspace,
        ("a@XN--exmple-cua.com", "a@xn--exmple-cua.com", "ACTIVE"),
        ("b@xn--exmple-cua.com", "b@xn--exmple-cua.com", "UNSUBSCRIBED"),
        ("c@exämple.com", "c@exämple.com", "ACTIVE"),
        ("d@b。com", "d@b。com", "PENDING"),
    )
    assert [one[1:] for one in after] == [
        ("a@exämple.com", "ACTIVE"),
        ("b@exämple.com", "UNSUBSCRIBED"),
        ("c@exämple.com", "ACTIVE"),
        ("d@b.com", "PENDING"),
    ]
    assert await is_unwanted(workspace, "b@exämple.com")
    assert not await is_unwanted(workspace, "a@exämple.com")


@pytest.mark.parametrize("place", [None, 0, 1, 2])
async def test_migration_keeps_twins_and_their_refusal(workspace: int, place: int | None) -> None:
    statuses = ["UNSUBSCRIBED" if number == place else "ACTIVE" for number in range(3)]
    after = await migrated(
        workspace,
        ("a@xn--exmple-cua.com", "a@xn--exmple-cua.com", statuses[0]),
        ("a@ex\ufe0fämple.com", "a@ex\ufe0fämple.com", statuses[1]),
        ("a@exämple。com", "a@exämple。com", statuses[2]),
    )
    assert [one[1] for one in after] == ["a@exämple.com", "a@ex\ufe0fämple.com", "a@exämple。com"]
    found = "ACTIVE" if place is None else "UNSUBSCRIBED"
    # Who is found by no address any more is not mailed.
    assert [one[2] for one in after] == [found, "UNSUBSCRIBED", "UNSUBSCRIBED"]
    histories = await status_histories(workspace, [one[0] for one in after])
    assert sum(len(history) for history in histories.values()) == 2


async def test_migration_hears_the_list(workspace: int) -> None:
    async with connection() as borrowed:
        await borrowed.execute(LISTED, workspace, "a@exämple.com")
    after = await migrated(workspace, ("a@xn--exmple-cua.com", "a@xn--exmple-cua.com", "ACTIVE"))
    assert [one[1:] for one in after] == [("a@exämple.com", "UNSUBSCRIBED")]


async def test_migration_leaves_who_is_canonical(workspace: int) -> None:
    after = await migrated(
        workspace,
        ("a@xn--exmple-cua.com", "a@xn--exmple-cua.com", "ACTIVE"),
        ("a@exämple.com", "a@exämple.com", "HARD_BOUNCE"),
    )
    assert [one[1:] for one in after] == [
        ("a@xn--exmple-cua.com", "UNSUBSCRIBED"),
        ("a@exämple.com", "HARD_BOUNCE"),
    ]
    assert await count_by_status(workspace, []) == {"UNSUBSCRIBED": 1, "HARD_BOUNCE": 1}
    assert (await current_catalog(workspace)).workspace_id == workspace
