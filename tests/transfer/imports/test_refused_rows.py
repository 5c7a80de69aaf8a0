"""Refused rows: kept with what stood in them, mended, and loaded again."""

import csv
from io import StringIO

import pytest

from app.queries.imports.counting import count_reasons
from app.transfer.mending import mendable_csv
from tests.transfer.imports.loading import Dock, Loaded, everyone

MANY = "email,city,born\n" + "".join(f"bad {n}@example.com,City {n},2000-01-01\n" for n in range(3))


async def test_refused_cells_are_as_they_stood_in_the_file(dock: Dock) -> None:
    done = await dock.load(
        b"email,city,attributes\n"
        b'bad,"a ""b""\nc","{""x"": 1}"\n'
        b"few,cells\n"
        b"odd@example.com,\xff\xc3\xa9\xc3\xa9,\n"
        b"nul@example.com,\x00,\n"
        b"one@example.com,first,\n"
        b"one@example.com,last,\n",
        tool="listmonk",
    )
    assert [(row["line"], row["cells"]) for row in done.refused] == [
        (2, ["bad", 'a "b"\nc', '{"x": 1}']),
        (4, ["few", "cells"]),
        (5, ["odd@example.com", "\ufffdéé", ""]),
        (6, ["nul@example.com", "\ufffd", ""]),
        (7, ["one@example.com", "first", ""]),
    ]


async def test_refused_rows_of_every_part_have_their_cells(dock: Dock) -> None:
    await dock.load("email,external_id\nowner@example.com,7\n")
    rows = [f"p{n}@example.com,{7 if n % 10 == 0 else ''},{'x' * 20_000}\n" for n in range(300)]
    done = await dock.load("email,external_id,filling\n" + "".join(rows), mapping={"filling": None})
    assert len(done.refused) == 30
    assert [row["cells"][0] for row in done.refused] == [f"p{n}@example.com" for n in range(0, 300, 10)]
    assert [row["line"] for row in done.refused] == list(range(2, 302, 10))


async def test_reasons_are_counted_without_their_numbers(workspace: int, dock: Dock) -> None:
    done = await dock.load("email,born\n" + "a@b.id,2000-01-01\n" * 5 + "nobody,\n,\n" + "x,2000-02-30\n")
    reasons = await count_reasons(workspace, done.row.id, 2)
    assert [tuple(row) for row in reasons] == [("replaced by line N", 4), ('"…" is not an e-mail address', 1)]


@pytest.mark.parametrize("mode", ["create", "create and update"])
async def test_mended_rows_are_loaded_again(workspace: int, dock: Dock, mode: str) -> None:
    done = await dock.load(MANY + "good@example.com,Solo,2000-01-01\n", mode=mode)
    assert done.numbers == (1, 0, 0, 3)
    written = StringIO()
    writer = csv.writer(written)
    writer.writerow(["email", "city", "born", "pilah_line", "pilah_reason"])
    for row in done.refused:
        writer.writerow([row["cells"][0].replace(" ", ""), *row["cells"][1:], row["line"], row["reason"]])
    again = await dock.load(written.getvalue(), mode=mode)
    assert (again.numbers, again.new_fields) == ((3, 0, 0, 0), [])
    assert (await everyone(workspace))["bad1@example.com"]["fields"] == '{"born": "2000-01-01", "city": "City 1"}'


async def mendable(workspace: int, done: Loaded) -> list[list[str]]:
    """The file of refused rows, as rows."""
    return list(csv.reader(StringIO("".join([piece async for piece in mendable_csv(workspace, done.row)]))))


def written(rows: list[list[str]]) -> str:
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


BROKEN = (
    b"email,born,city\n"
    b"few@example.com,2000-01-01\n"
    b"many@example.com,2000-01-01,Solo,Java\n"
    b"nul@example.com,2000-01-01,So\x00lo\n"
    b"odd@example.com,2000-01-01,S\xffl\xc3\xb6\xc3\xb6\n"
    b'stray@example.com,2000-01-01,"So"lo\n'
    b"bad,2000-01-01,Solo\n"
)


async def test_what_is_not_mended_is_refused_each_time(workspace: int, dock: Dock) -> None:
    rows = await mendable(workspace, await dock.load(BROKEN))
    assert rows[0] == ["email", "born", "city", "pilah_line", "pilah_reason"]
    assert {len(row) for row in rows} == {5}
    assert rows[1][:4] == ["few@example.com", "2000-01-01", "", "2"]
    assert rows[2][:4] == ["many@example.com", "2000-01-01", "Solo,Java", "3"]
    for _ in range(2):
        done = await dock.load(written(rows))
        assert (done.numbers, done.new_fields) == ((0, 0, 0, 6), [])
        again = await mendable(workspace, done)
        assert [row[:3] for row in again] == [row[:3] for row in rows]
        assert [row[3] for row in again[1:]] == ["2", "3", "4", "5", "6", "7"]
        rows = again
    assert await everyone(workspace) == {}


async def test_a_row_whose_reason_is_emptied_is_loaded(workspace: int, dock: Dock) -> None:
    header, *rows = await mendable(workspace, await dock.load(BROKEN))
    assert rows[1][4] == "too many cells: 4 instead of 3 (once mended, empty pilah_reason)"
    mended = [[*rows[1][:2], "Solo", "3", ""], ["bad@example.com", *rows[5][1:]]]
    assert (await dock.load(written([header, *mended]))).numbers == (2, 0, 0, 0)
    assert (await everyone(workspace))["many@example.com"]["fields"] == '{"born": "2000-01-01", "city": "Solo"}'


async def test_a_row_too_wide_shifts_nothing_in_a_mended_file(workspace: int, dock: Dock) -> None:
    done = await dock.load("email,city,pilah_line,pilah_reason\na@example.com,Solo,Java,7,\nb,,8,\n")
    assert [row[:3] for row in await mendable(workspace, done)] == [
        ["email", "city", "pilah_line"],
        ["a@example.com", "Solo,Java", "2"],
        ["b", "", "3"],
    ]
