"""Exports of other tools go in with no mapping by hand: everyone's status, labels and values."""

import csv
import re

import orjson
import pytest

from app.queries.imports.ledger import ImportState
from tests.transfer.columns.catalogs import SAMPLES, sample
from tests.transfer.columns.exports import TOOLS
from tests.transfer.imports.loading import Dock, contact, everyone

STATED = re.compile(r"\.(active|pending|unsubscribed|hard_bounce|silent)@")


@pytest.mark.parametrize("name", TOOLS)
async def test_an_export_of_another_tool_goes_in(workspace: int, dock: Dock, name: str) -> None:
    content = (SAMPLES / f"{name}.csv").read_bytes()
    done = await dock.load(content)
    header, rows = sample(name)
    assert (done.row.state, done.row.problem, done.reasons) == (ImportState.DONE, None, [])
    assert done.row.plan is not None
    assert done.row.plan["plan"]["tool"] == TOOLS[name]
    found = await everyone(workspace)
    assert len(found) == len(rows)
    for email, row in found.items():
        stated = STATED.search(email)
        assert stated
        assert row["status"] == {"silent": "PENDING"}.get(stated[1], stated[1].upper()), email
    for cells in rows:
        at = {title.lower(): cell for title, cell in zip(header, cells, strict=True)}
        email = next(cell for cell in cells if STATED.search(cell))
        assert sorted((await contact(workspace, email))["labels"]) == sorted(labels_of(name, at)), email


def labels_of(name: str, cells: dict[str, str]) -> set[str]:
    """What the row's labels are, read in the tool's own way."""
    if name == "listmonk":
        return set(orjson.loads(cells["attributes"] or "{}").get("tags", []))
    joined = ",".join(filter(None, (cells.get(column) for column in ("tags", "lists", "labels", "label"))))
    parted_by = ";" if name == "mtarget_indonesian" else ","
    (names,) = csv.reader([joined], delimiter=parted_by, skipinitialspace=True) if joined else [[]]
    return {one.strip() for one in names}


async def test_attributes_become_fields_of_their_own(workspace: int, dock: Dock) -> None:
    done = await dock.load((SAMPLES / "listmonk.csv").read_bytes())
    dimas = await contact(workspace, "dimas.silent@example.com")
    assert (dimas["name"], dimas["created_at"].isoformat()) == ("Dimas Pratama", "2023-04-04T08:03:12.482000+00:00")
    assert orjson.loads(dimas["fields"]) == {
        "city": "Jakarta",
        "age": 23,
        "member": False,
        "score": 3.75,
        "joined": "2024-04-04",
        "attributes_name": "Toko Dimas",
        "address": '{"street":"Jl. Mawar 1"}',
    }
    assert "attributes" not in done.new_fields
