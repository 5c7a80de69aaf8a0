"""Who may be mailed: an import only ever makes that stricter."""

import pytest

from app.filters.catalog import Catalog
from app.filters.vocabulary import Status
from app.queries import contact_writes as writes
from app.queries import status_events
from app.queries.connections import connection
from app.queries.imports.ledger import ImportState
from tests.transfer.imports.loading import Dock, contact, everyone, history

SENDABLE = (Status.ACTIVE, Status.PENDING)
OPTED_OUT = ("UNSUBSCRIBED", "HARD_BOUNCE")


async def known(catalog: Catalog, email: str, status: Status) -> int:
    """The id of a contact that came to have this status."""
    contact_id = await writes.create_contact(
        catalog, writes.ContactDraft(email), status if status in SENDABLE else Status.ACTIVE, "told us"
    )
    for event in (status_events.UNSUBSCRIBED, status_events.BOUNCED):
        if event.status is status:
            await status_events.record_event(catalog.workspace_id, contact_id, event, None)
    return contact_id


async def list_address(workspace: int, *folded: str) -> None:
    """Put addresses on the do-not-contact list."""
    async with connection() as borrowed:
        await borrowed.execute(
            "INSERT INTO do_not_contact (workspace_id, hash, cause, added_at) SELECT id, "
            "encode(sha256(salt || convert_to(address, 'UTF8')), 'hex'), 'asked to be forgotten', now() "
            "FROM workspace, unnest($2::text[]) AS address WHERE id = $1",
            workspace,
            folded,
        )


@pytest.mark.parametrize("default", SENDABLE)
@pytest.mark.parametrize("before", list(Status))
@pytest.mark.parametrize("stated", ["", *(status.value for status in Status)])
async def test_a_status_only_ever_becomes_stricter(
    workspace: int, catalog: Catalog, dock: Dock, before: Status, stated: str, default: Status
) -> None:
    await known(catalog, "a@example.com", before)
    kept = await history(workspace, "a@example.com")
    content = f"email,status,city\na@example.com,{stated},Bandung\nnew@example.com,{stated},\n"
    done = await dock.load(content, status=default.value, consent="at the till")
    after = stated if before in SENDABLE and stated in OPTED_OUT else before.value
    assert done.numbers == (1, 1, 0, 0)
    assert (await contact(workspace, "a@example.com"))["status"] == after
    noted = [(before.value, after, "IMPORTED")] if after != before.value else []
    assert await history(workspace, "a@example.com") == [*noted, *kept]
    new = await contact(workspace, "new@example.com")
    assert new["status"] == (stated or default.value)
    assert await history(workspace, "new@example.com") == [(None, new["status"], "IMPORTED")]


@pytest.mark.parametrize("stated", ["", *(status.value for status in Status)])
async def test_only_an_active_contact_is_subscribed_since_its_import(workspace: int, dock: Dock, stated: str) -> None:
    await dock.load(f"email,status,n\na@example.com,{stated},1\n")
    new = await contact(workspace, "a@example.com")
    assert (new["subscribed_at"] is not None) == (stated == "ACTIVE")


@pytest.mark.parametrize(("stated", "note"), [("", "at the till"), ("active", "at the till"), ("unsubscribed", None)])
async def test_a_consent_is_kept_of_those_who_may_be_mailed(
    workspace: int, dock: Dock, stated: str, note: str | None
) -> None:
    await dock.load(f"email,status,n\na@example.com,{stated},1\n", status="active", consent="at the till")
    async with connection() as borrowed:
        assert await borrowed.fetchval("SELECT note FROM status_change WHERE workspace_id = $1", workspace) == note


@pytest.mark.parametrize("later", ["active", "pending", ""])
async def test_a_refusal_of_mail_on_an_earlier_row_of_an_address_holds(
    workspace: int, dock: Dock, later: str
) -> None:
    await dock.load(
        f"email,status\na@example.com,unsubscribed\nA@example.com,{later}\n", status="active", consent="x"
    )
    assert (await contact(workspace, "a@example.com"))["status"] == "UNSUBSCRIBED"


async def test_a_refused_row_still_keeps_people_from_being_mailed(workspace: int, dock: Dock) -> None:
    start = "email,external_id,orders\na@example.com,1,5\nb@example.com,2,5\nd@example.com,4,5\n"
    await dock.load(start, status="active", consent="x")
    done = await dock.load(
        "email,external_id,orders,status\n"
        "a@example.com,1,many,unsubscribed\n"
        "b@example.com,1,7,hard bounce\n"
        "c@example.com,3,many,unsubscribed\n"
        "d@example.com,4,many,active\n"
        "c@example.com,3,7,active\n"
        "e@example.com,5,7,active\n"
        "e@example.com,5,many,unsubscribed\n"
    )
    assert [line for line, _ in done.reasons] == [2, 3, 4, 5, 8]
    rows = await everyone(workspace)
    assert [rows[f"{name}@example.com"]["status"] for name in "abcde"] == [
        "UNSUBSCRIBED",
        "HARD_BOUNCE",
        "UNSUBSCRIBED",
        "ACTIVE",
        "UNSUBSCRIBED",
    ]
    assert (rows["e@example.com"]["external_id"], rows["b@example.com"]["external_id"]) == ("5", "2")


@pytest.mark.parametrize(
    ("row", "status"),
    [
        (b"a@example.com,unsubscribed,\xff", "UNSUBSCRIBED"),
        (b"a@example.com,unsubscribed,Solo,more", "UNSUBSCRIBED"),
        (b"a@example.com,bounced", "HARD_BOUNCE"),
        (b"a@example.com,unsubscribed,So\x00lo", "UNSUBSCRIBED"),
        (b"a@example.com,active,Solo,more", "PENDING"),
        (b"a\xff@example.com,unsubscribed,Solo", "PENDING"),
        (b'a@example.com,unsubscribed,"Solo', "UNSUBSCRIBED"),
        (b'"a@example.com,unsubscribed,Solo', "PENDING"),
    ],
)
async def test_a_row_that_cannot_be_read_still_keeps_people_from_being_mailed(
    workspace: int, dock: Dock, row: bytes, status: str
) -> None:
    await dock.load("email\na@example.com\n")
    done = await dock.load(b"email,status,city\n" + row + b"\nb@example.com,active,Bogor\n", encoding="utf-8")
    assert [line for line, _ in done.reasons] == [2]
    people = await everyone(workspace)
    assert sorted(people) == ["a@example.com", "b@example.com"]
    assert (people["a@example.com"]["status"], people["a@example.com"]["fields"]) == (status, "{}")


@pytest.mark.parametrize("mode", ["create", "update"])
async def test_a_row_that_the_mode_leaves_out_still_keeps_people_from_being_mailed(
    workspace: int, dock: Dock, mode: str
) -> None:
    await dock.load("email,city\nknown@example.com,Bandung\n", status="active", consent="x")
    done = await dock.load(
        "email,city,status\nknown@example.com,Jakarta,unsubscribed\nnew@example.com,Solo,unsubscribed\n", mode=mode
    )
    rows = await everyone(workspace)
    assert rows["known@example.com"]["status"] == "UNSUBSCRIBED"
    assert rows["known@example.com"]["fields"] == '{"city": "%s"}' % ("Jakarta" if mode == "update" else "Bandung")
    new = rows["new@example.com"]
    assert (new["status"], new["fields"]) == ("UNSUBSCRIBED", '{"city": "Solo"}' if mode == "create" else "{}")
    assert len(done.reasons) == 1


async def test_an_address_that_must_not_be_contacted_is_refused_and_counted(workspace: int, dock: Dock) -> None:
    await list_address(workspace, "gone@example.com", "ﬁsh@example.com".replace("ﬁ", "fi"))
    done = await dock.load(
        "email,status\nGone@Example.com,active\nstays@example.com,active\ngone@example.com,unsubscribed\n"
    )
    reason = "this address is on the do-not-contact list"
    assert [(line, text.partition(";")[0]) for line, text in done.reasons] == [(2, reason), (4, reason)]
    assert list(await everyone(workspace)) == ["stays@example.com"]
    assert done.refused[0]["cells"] == ["Gone@Example.com", "active"]


async def test_a_do_not_contact_list_is_of_one_workspace(workspace: int, dock: Dock, make_workspace: object) -> None:
    other = await make_workspace()  # type: ignore[operator]
    await list_address(other, "a@example.com")
    assert (await dock.load("email\na@example.com\n")).numbers == (1, 0, 0, 0)


async def test_a_known_contact_on_the_list_is_unsubscribed_all_the_same(
    workspace: int, catalog: Catalog, dock: Dock
) -> None:
    await known(catalog, "a@example.com", Status.ACTIVE)
    await list_address(workspace, "a@example.com")
    done = await dock.load("email,status\na@example.com,unsubscribed\n")
    assert (done.row.state, len(done.reasons)) == (ImportState.DONE, 1)
    assert (await contact(workspace, "a@example.com"))["status"] == "UNSUBSCRIBED"


YES_AND_NO = "yes@example.com,{}\nno@example.com,{}\nblank@example.com,\n"


@pytest.mark.parametrize(
    ("header", "yes", "no", "status"),
    [
        ("Subscribed", "yes", "no", "UNSUBSCRIBED"),
        ("opt_in", "1", "0", "PENDING"),
        ("Newsletter", "ja", "nein", "PENDING"),
        ("GDPR consent", "granted", "denied", "PENDING"),
        ("Abgemeldet", "nein", "ja", "UNSUBSCRIBED"),
        ("Unsubscribe date", "", "2026-01-31", "UNSUBSCRIBED"),
    ],
)
async def test_whoever_said_no_is_never_made_active(
    workspace: int, dock: Dock, header: str, yes: str, no: str, status: str
) -> None:
    done = await dock.load(f"email,{header}\n" + YES_AND_NO.format(yes, no), status="active", consent="x")
    rows = await everyone(workspace)
    assert [rows[f"{name}@example.com"]["status"] for name in ("yes", "no", "blank")] == ["ACTIVE", status, "ACTIVE"]
    assert done.new_fields == []


async def test_a_field_of_consent_is_filled_and_heard_for_new_contacts_alone(workspace: int, dock: Dock) -> None:
    await dock.load("email\nknown@example.com\n", status="active", consent="x")
    as_field = {"Subscribed": {"to": "Subscribed", "type": "BOOLEAN"}}
    await dock.load("email,Subscribed\nfirst@example.com,no\n", status="active", consent="x", mapping=as_field)
    rows = "email,Subscribed\nknown@example.com,no\nnew@example.com,no\nyes@example.com,yes\n"
    await dock.load(rows, status="active", consent="x")
    found = await everyone(workspace)
    assert {email.partition("@")[0]: (row["status"], row["fields"]) for email, row in found.items()} == {
        "known": ("ACTIVE", '{"subscribed": false}'),
        "first": ("ACTIVE", '{"subscribed": false}'),
        "new": ("PENDING", '{"subscribed": false}'),
        "yes": ("ACTIVE", '{"subscribed": true}'),
    }


@pytest.mark.parametrize(
    "asked",
    [
        {"to": "status", "words": {"true": "ACTIVE", "false": ""}},
        {"to": "status", "words": {"*": "ACTIVE"}},
        {"to": "Left us"},
        None,
    ],
)
async def test_a_tools_column_of_refusals_holds_whatever_it_is_mapped_to(
    workspace: int, dock: Dock, asked: object
) -> None:
    column = "Unsubscribed from all email"
    content = f"Record ID,First Name,Last Name,Email,{column}\n1,A,B,a@example.com,true\n2,C,D,c@example.com,false\n"
    done = await dock.load(content, tool="hubspot", status="active", consent="c", mapping={column: asked})
    assert done.numbers == (2, 0, 0, 0)
    people = await everyone(workspace)
    assert (people["a@example.com"]["status"], people["c@example.com"]["status"]) == ("UNSUBSCRIBED", "ACTIVE")
