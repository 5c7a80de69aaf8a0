"""A contact's name out of its parts."""

import pytest

from tests.transfer.imports.loading import Dock, contact


@pytest.mark.parametrize(
    ("header", "cells", "mapping", "name"),
    [
        ("First name", "Ayu", None, "Budi Santoso"),
        ("Last name", "Lestari", None, "Budi Santoso"),
        ("First name,Last name", "Ayu,Lestari", None, "Ayu Lestari"),
        ("First name,Name", "Ayu,Ayu L.", None, "Ayu L."),
        ("First name", "Ayu", {"First name": "name"}, "Ayu"),
        ("First name,Last name", "Ayu,Lestari", {"Last name": None}, "Budi Santoso"),
    ],
)
async def test_a_part_of_a_name_takes_no_whole_ones_place(
    workspace: int, dock: Dock, header: str, cells: str, mapping: object, name: str
) -> None:
    await dock.load("email,name\nknown@example.com,Budi Santoso\n")
    await dock.load(f"email,{header}\nknown@example.com,{cells}\nnew@example.com,{cells}\n", mapping=mapping)
    assert (await contact(workspace, "known@example.com"))["name"] == name
    assert (await contact(workspace, "new@example.com"))["name"] != "Budi Santoso"
