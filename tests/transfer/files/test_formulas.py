"""Cells that would run are written harmless, however a spreadsheet parts them, and read as they were."""

import csv
import re
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.transfer.files.csv_header import read_header
from app.transfer.files.csv_rows import walk
from app.transfer.files.formulas import disarmed, rearmed_cell

CELLS = st.text(st.sampled_from("=+-@\uff1d\uff0b\uff0d\uff20 \u00a0\u200b\u3000\ufeff\t\r\n;,'\"|ab"))
RUNS = re.compile(r"[ \u00a0\u200b\u3000\ufeff]*[-=+@\uff1d\uff0b\uff0d\uff20]")


@given(st.lists(CELLS, min_size=1))
def test_no_part_of_a_written_cell_runs_and_each_is_read_back(cells: list[str]) -> None:
    written = StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL).writerow(["x", *map(disarmed, cells)])
    text = written.getvalue()
    for delimiter in ",;\t":
        parts = [part for row in csv.reader(StringIO(text, None), delimiter=delimiter) for part in row]
        assert [part for part in parts if RUNS.match(part)] == []
    assert [*map(rearmed_cell, map(disarmed, cells))] == cells


@pytest.mark.parametrize("name", ["=Name", "+1", "'@x", "- a;=b", "\uff1dName"])
def test_the_name_of_a_column_is_read_as_it_was(tmp_path: Path, name: str) -> None:
    written = StringIO()
    csv.writer(written).writerows([["email", disarmed(name)], ["a", disarmed(name)]])
    (tmp_path / "stored").write_text(written.getvalue())
    file = read_header(tmp_path / "stored", delimiter=",")
    assert file.header == ("email", name)
    assert [rows.rows for _, rows in walk(file)] == [[["a", name]]]
