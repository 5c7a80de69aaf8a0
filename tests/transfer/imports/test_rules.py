"""Which rows count, and what their values do to a contact's own."""

from typing import Any

import orjson
import pytest

from tests.transfer.imports.loading import Dock, contact, everyone

KNOWN = "email,name,source,external_id,city,age,tags\nknown@example.com,Ani,shop,7,Bandung,30,VIP\n"
EMPTY = "email,name,source,external_id,city,age,tags\nknown@example.com,,,,,,\n"
FULL = "email,name,source,external_id,city,age,tags\nknown@example.com,Budi,fair,8,Solo,31,Old\n"

NO_MORE = "there is a contact with this address already"
NOT_THERE = "there is no contact with this address"


@pytest.mark.parametrize(
    ("mode", "numbers", "reasons", "city"),
    [
        ("create", (1, 0, 0, 1), [(2, NO_MORE)], "Bandung"),
        ("update", (0, 1, 0, 1), [(3, NOT_THERE)], "Solo"),
        ("Create and Update", (1, 1, 0, 0), [], "Solo"),
        (None, (1, 1, 0, 0), [], "Solo"),
    ],
)
async def test_a_mode_says_which_rows_count(
    workspace: int,
    dock: Dock,
    mode: str | None,
    numbers: tuple[int, ...],
    reasons: list[tuple[int, str]],
    city: str,
) -> None:
    await dock.load(KNOWN)
    done = await dock.load("email,city\nKnown@example.com,Solo\nnew@example.com,Medan\n", mode=mode)
    assert (done.numbers, done.reasons) == (numbers, reasons)
    assert [row["cells"] for row in done.refused] == [
        {2: ["Known@example.com", "Solo"], 3: ["new@example.com", "Medan"]}[line] for line, _ in reasons
    ]
    rows = await everyone(workspace)
    assert orjson.loads(rows["known@example.com"]["fields"])["city"] == city
    assert ("new@example.com" in rows) == (mode != "update")


def told(row: Any) -> dict[str, Any]:
    fields = orjson.loads(row["fields"])
    texts = {key: row[key] for key in ("name", "source", "external_id")}
    folded = {key: value for key, value in orjson.loads(row["folded"]).items() if key in texts}
    assert folded == {key: value.lower() for key, value in texts.items() if value is not None}
    return {**fields, **texts, "labels": sorted(row["labels"])}


BEFORE = {
    "name": "Ani",
    "source": "shop",
    "external_id": "7",
    "city": "Bandung",
    "age": 30,
    "labels": ["VIP"],
}
CLEARED: dict[str, dict[str, Any]] = {key: {key: None} for key in ("name", "source", "external_id")}
OF_FULL = {"name": "Budi", "source": "fair", "external_id": "8", "city": "Solo", "age": 31}


@pytest.mark.parametrize("key", ["name", "source", "external_id", "city", "age"])
@pytest.mark.parametrize("rule", ["OVERWRITE", "FILL", "CLEARS"])
@pytest.mark.parametrize(("before", "then"), [(KNOWN, FULL), (KNOWN, EMPTY), (EMPTY, FULL)])
async def test_a_columns_rule_says_what_its_values_do(
    workspace: int, dock: Dock, key: str, rule: str, before: str, then: str
) -> None:
    await dock.load("email,city,age\nother@example.com,Medan,1\n")
    await dock.load(before)
    others = dict.fromkeys(set(OF_FULL) - {key})
    asked = {"to": key, "clears": True} if rule == "CLEARS" else {"to": key, "rule": rule}
    done = await dock.load(then, mapping={**others, "tags": None, key: asked})
    expected: dict[str, Any] = {**BEFORE} if before is KNOWN else {**dict.fromkeys(BEFORE), "labels": []}
    if then is FULL and (rule != "FILL" or before is EMPTY):
        expected[key] = OF_FULL[key]
    if then is EMPTY and rule == "CLEARS":
        expected[key] = None
    found = told(await contact(workspace, "known@example.com"))
    assert {**dict.fromkeys(BEFORE), **found} == expected
    assert done.numbers[1:3] == ((0, 1) if found == told_of(before) else (1, 0))


def told_of(before: str) -> dict[str, Any]:
    """What `told` gives of the contact as the first file leaves it."""
    return BEFORE if before is KNOWN else {"name": None, "source": None, "external_id": None, "labels": []}


@pytest.mark.parametrize(
    ("asked", "before", "cell", "after"),
    [
        ({}, "VIP", "Old", ["Old", "VIP"]),
        ({"rule": "ADD"}, "VIP", "", ["VIP"]),
        ({"rule": "FILL"}, "VIP", "Old", ["VIP"]),
        ({"rule": "FILL"}, "", "Old,New", ["New", "Old"]),
        ({"rule": "OVERWRITE"}, "VIP", "Old", ["Old"]),
        ({"rule": "OVERWRITE"}, "VIP,Old", "Old", ["Old"]),
        ({"rule": "OVERWRITE"}, "VIP", "", ["VIP"]),
        ({"rule": "OVERWRITE", "clears": True}, "VIP", "", []),
        ({"rule": "OVERWRITE", "clears": True}, "VIP", "Old", ["Old"]),
    ],
)
async def test_labels_are_added_filled_or_replaced(
    workspace: int, dock: Dock, asked: dict[str, Any], before: str, cell: str, after: list[str]
) -> None:
    await dock.load(f'email,tags\na@example.com,"{before}"\n')
    done = await dock.load(f'email,tags\na@example.com,"{cell}"\n', mapping={"tags": {"to": "labels", **asked}})
    assert (await contact(workspace, "a@example.com"))["labels"] == after
    assert done.numbers[:2] == (0, int(after != sorted(filter(None, before.split(",")))))


async def test_several_columns_of_labels_join(workspace: int, dock: Dock) -> None:
    await dock.load("email,tags,lists\na@example.com,VIP,News\nb@example.com,,News\n", mapping={"lists": "labels"})
    assert (await contact(workspace, "a@example.com"))["labels"] == ["News", "VIP"]
    assert (await contact(workspace, "b@example.com"))["labels"] == ["News"]


async def test_labels_may_be_a_list_in_json(workspace: int, dock: Dock) -> None:
    done = await dock.load('email,tags\na@example.com,"[""VIP"", ""Jakarta, Pusat""]"\n')
    assert done.reasons == []
    assert (await contact(workspace, "a@example.com"))["labels"] == ["Jakarta, Pusat", "VIP"]


@pytest.mark.parametrize("key", ["created_at", "subscribed_at"])
async def test_times_are_of_new_contacts_and_of_the_past(workspace: int, dock: Dock, key: str) -> None:
    await dock.load("email\nknown@example.com\n")
    before = await contact(workspace, "known@example.com")
    done = await dock.load(
        f"email,{key},status\nknown@example.com,2020-01-31 10:00,\nnew@example.com,2020-01-31 10:00,active\n"
        "late@example.com,2999-01-31T00:00Z,active\nsilent@example.com,,active\n"
    )
    assert done.numbers == (3, 0, 1, 0)
    assert await contact(workspace, "known@example.com") == before
    assert (await contact(workspace, "new@example.com"))[key].isoformat() == "2020-01-31T03:00:00+00:00"
    for name in ("late", "silent"):
        row = await contact(workspace, f"{name}@example.com")
        assert row[key] == row["updated_at"]


@pytest.mark.parametrize(
    ("header", "cells", "name"),
    [
        ("first name,last name", "Ani,Lestari", "Ani Lestari"),
        ("last name,first name", "Lestari,Ani", "Ani Lestari"),
        ("first name,last name", " Ani  Sri ,", "Ani Sri"),
        ("first name,last name", ",", None),
        ("first name,name,last name", "Ani,Ibu Ani,Lestari", "Ibu Ani"),
    ],
)
async def test_a_name_may_come_in_two_parts(
    workspace: int, dock: Dock, header: str, cells: str, name: str | None
) -> None:
    await dock.load(f"email,{header}\nother@example.com{',x' * (header.count(',') + 1)}\na@example.com,{cells}\n")
    assert (await contact(workspace, "a@example.com"))["name"] == name


async def test_both_parts_of_a_name_are_disarmed_ones(workspace: int, dock: Dock) -> None:
    await dock.load("email,first name,last name\na@example.com,'=Ani,'-Lestari\n")
    assert (await contact(workspace, "a@example.com"))["name"] == "=Ani -Lestari"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("'=1+1", "=1+1"),
        ("'+62 811", "+62 811"),
        ("''=1", "'=1"),
        ("'@ani", "@ani"),
        ("'-5", "-5"),
        ("'quoted'", "'quoted'"),
        ("'", "'"),
        ("=1+1", "=1+1"),
    ],
)
async def test_an_apostrophe_that_disarmed_a_formula_goes(workspace: int, dock: Dock, cell: str, text: str) -> None:
    await dock.load(f'email,name,remark\na@example.com,"{cell}","{cell}"\nb@example.com,,plain text\n')
    row = await contact(workspace, "a@example.com")
    assert (row["name"], orjson.loads(row["fields"])) == (text, {"remark": text})


async def test_a_disarmed_label_is_the_label_itself(workspace: int, dock: Dock) -> None:
    done = await dock.load('email,tags\na@example.com,"\'=VIP, New"\n')
    assert done.reasons == []
    assert (await contact(workspace, "a@example.com"))["labels"] == ["=VIP", "New"]


async def test_disarmed_numbers_are_numbers(workspace: int, dock: Dock) -> None:
    await dock.load("email,balance\na@example.com,'-5\nb@example.com,7\n")
    assert orjson.loads((await contact(workspace, "a@example.com"))["fields"]) == {"balance": -5}
