"""CSV files as rows: what is read, from which line, and what is refused."""

import os
from pathlib import Path

import pytest

from app.filters.problems import Refused
from app.transfer.files.csv_rows import open_csv

Read = tuple[list[tuple[int, list[str]]], list[tuple[int, str]]]

NEVER_CLOSED = "a quotation mark opens a cell that is never closed"
IN_THE_MIDDLE = "a quotation mark stands in the middle of a quoted cell; write it twice"
TOO_LONG = "a cell is longer than 131,072 characters; is a quotation mark not closed?"


def read(folder: Path, content: str | bytes) -> Read:
    path = folder / "file.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    refused: list[tuple[int, str]] = []
    rows = list(open_csv(path).rows(lambda line, reason: refused.append((line, reason))))
    return rows, refused


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("email,city\na,b\n", [(2, ["a", "b"])]),
        ("\ufeffemail,city\na,b", [(2, ["a", "b"])]),
        ("email;city\na,x;b\n", [(2, ["a,x", "b"])]),
        ("email\tcity\na\tb,c;d\n", [(2, ["a", "b,c;d"])]),
        ('email;"a, b, c, d"\na;b\n', [(2, ["a", "b"])]),
        ("email,city\r\na,b\r\nc,d\r\n", [(2, ["a", "b"]), (3, ["c", "d"])]),
        ("email,city\ra,b\rc,d\r", [(2, ["a", "b"]), (3, ["c", "d"])]),
        ('email,city\n"a\nb\n",c\nd,e\n', [(2, ["a\nb\n", "c"]), (5, ["d", "e"])]),
        ('"email\nof",city\na,b\n', [(3, ["a", "b"])]),
        ("email,city\n\n\na,b\n,\n  \nc,d\n", [(4, ["a", "b"]), (7, ["c", "d"])]),
        ('email,city\n"a ""quoted"" b","5"" disk"\n', [(2, ['a "quoted" b', '5" disk'])]),
        ("email,city\na, b\n", [(2, ["a", " b"])]),
        ("email\na\n", [(2, ["a"])]),
        ("email,city\n", []),
        ("email,city", []),
    ],
)
def test_rows_begin_on_their_physical_line(tmp_path: Path, content: str, rows: list[tuple[int, list[str]]]) -> None:
    assert read(tmp_path, content) == (rows, [])


@pytest.mark.parametrize(
    ("content", "lines", "refused"),
    [
        (b"a,b\n1\n2,2\n3,3,3\n", [3], [(2, "too few cells: 1 instead of 2"), (4, "too many cells: 3 instead of 2")]),
        (b"a,b\n1,\xff\n2,\xc3\xa9\n", [3], [(2, "it is not text in UTF-8")]),
        (b"a,b\n1,\xed\xa0\x80\n2,2\n", [3], [(2, "it is not text in UTF-8")]),
        (b"a,b\n1,x\x00y\n2,2\n", [3], [(2, "it holds a NUL character")]),
        (b'a,b\n1,"x\n2,2\n3,3\n', [3, 4], [(2, NEVER_CLOSED)]),
        (b'a,b\n1,"x"y\n2,2\n', [3], [(2, IN_THE_MIDDLE)]),
        (b'a,b\n1,"x\n2,2\n3,"y"\n4,4\n', [3, 4, 5], [(2, IN_THE_MIDDLE)]),
        (b"a,b\n1," + b"x" * 200_000 + b"\n2,2\n", [3], [(2, TOO_LONG)]),
        (b'a,b\n1,"x\n' + b"2,2\n" * 50_000, [*range(3, 50_003)], [(2, TOO_LONG)]),
    ],
)
def test_a_bad_row_is_refused_by_its_line_alone(
    tmp_path: Path, content: bytes, lines: list[int], refused: list[tuple[int, str]]
) -> None:
    rows, reasons = read(tmp_path, content)
    assert ([line for line, _ in rows], reasons) == (lines, refused)


def test_many_open_quotes_are_not_gone_back_to_for_ever(tmp_path: Path) -> None:
    block = b'1,"' + b"x" * 1_000 + b"\n" + b'2,""\n' * 40_000
    rows, refused = read(tmp_path, b"a,b\n" + block * 3)
    assert len(rows) > 100_000
    assert 3 <= len(refused) < 200


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "it is empty"),
        (b"\n\n", "it is empty"),
        (b" , \na,b\n", "it is empty"),
        ("email,city\n".encode("utf-16"), "UTF-16"),
        (b"email,\xffcity\na,b\n", "not text in UTF-8"),
        (b'"email,city\na,b\n', "never closed"),
        (b"email\n" + b"x" * 5_000_000, "longer than 4,000,000"),
    ],
)
def test_a_file_that_is_no_csv_is_refused_as_a_whole(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        read(tmp_path, content)


def test_a_pipe_is_refused_since_it_cannot_be_read_twice(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(Refused, match="pipe"):
        open_csv(path)
