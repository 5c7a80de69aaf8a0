"""CSV files part by part: what is read, from which line, what is refused, and that a part alone says the same."""

import csv
import io
import os
import re
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.filters.problems import Refused
from app.transfer.files import csv_rows, csv_text
from app.transfer.files.csv_header import read_header
from app.transfer.files.csv_rows import CsvFile, Part, Rows, Unreadable, read_part, walk

NEVER_CLOSED = "a quotation mark opens a cell that is never closed"
IN_THE_MIDDLE = "a quotation mark stands in the middle of a quoted cell; write it twice"
TOO_LONG = "a cell is longer than 131,072 characters; is a quotation mark not closed?"

HOSTILE = [
    b"a",
    b"b,c",
    b",",
    b'"',
    b'""',
    b'"x\ny",',
    b"\n",
    b"\r\n",
    b"\r",
    b"a,b\n",
    b" ",
    b"\x00",
    b"\xff",
    b"\xc3\xa9",
]
CELLS = st.text(st.sampled_from('ab ",;\n\r\té'), max_size=5)


def stored(folder: Path, content: str | bytes) -> Path:
    path = folder / "file.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(file: CsvFile) -> Rows:
    all_rows = Rows()
    for _, rows in walk(file):
        all_rows.lines += rows.lines
        all_rows.rows += rows.rows
        all_rows.unreadable += rows.unreadable
    return all_rows


@contextmanager
def parts_of(size: int, longest_line: int = 1_000, most_reread: int = 1_000_000) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_rows, "PART_BYTES", size)
        patch.setattr(csv_rows, "LONGEST_LINE", longest_line)
        patch.setattr(csv_text, "LONGEST_LINE", longest_line)
        patch.setattr(csv_text, "MOST_REREAD", most_reread)
        yield


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("email,city\na,b\n", [(2, ["a", "b"])]),
        ("\ufeffemail,city\na,b", [(2, ["a", "b"])]),
        ("email;city\na,x;b\n", [(2, ["a,x", "b"])]),
        ("email,city\r\na,b\r\nc,d\r\n", [(2, ["a", "b"]), (3, ["c", "d"])]),
        ("email,city\ra,b\rc,d\r", [(2, ["a", "b"]), (3, ["c", "d"])]),
        ("email,city\ra,b\nc,d\r\n", [(2, ["a", "b"]), (3, ["c", "d"])]),
        ('email,city\n"a\nb\n",c\nd,e\n', [(2, ["a\nb\n", "c"]), (5, ["d", "e"])]),
        ('"email\nof",city\na,b\n', [(3, ["a", "b"])]),
        ("email,city\n\n\na,b\n,\n  \nc,d\n", [(4, ["a", "b"]), (7, ["c", "d"])]),
        ("email,city\n,b\n , \n", [(2, ["", "b"])]),
        ('email,city\n"a ""quoted"" b","5"" disk"\n', [(2, ['a "quoted" b', '5" disk'])]),
        ("email,city\na, b\n", [(2, ["a", " b"])]),
        ("email,city\na\u2028\x0b,b\x85\n", [(2, ["a\u2028\x0b", "b\x85"])]),
        ("email\na\n", [(2, ["a"])]),
        ("email,city\n", []),
        ("email,city", []),
    ],
)
def test_rows_begin_on_their_physical_line(tmp_path: Path, content: str, rows: list[tuple[int, list[str]]]) -> None:
    found = read(read_header(stored(tmp_path, content)))
    assert (list(zip(found.lines, found.rows, strict=True)), found.unreadable) == (rows, [])


@pytest.mark.parametrize(
    ("content", "lines", "unreadable"),
    [
        (b"a,b\n1\n2,2\n3,3,3\n", [3], [(2, "too few cells: 1 instead of 2", "1"), (4, "too many cells: 3 instead of 2", "3|3|3")]),
        (b"a,b\n1,\xff\n2,\xc3\xa9\n", [3], [(2, "it is not text in UTF-8", "1|\udcff")]),
        (b"a,b\n1,\xed\xa0\x80\n2,2\n", [3], [(2, "it is not text in UTF-8", "1|\udced\udca0\udc80")]),
        (b"a,b\n1,x\x00y\n2,2\n", [3], [(2, "it holds a NUL character", "1|x\x00y")]),
        (b'a,b\n1,"x\n2,2\n3,3\n', [3, 4], [(2, NEVER_CLOSED, '1,"x')]),
        (b'a,b\n1,"x"y\r\n2,2\r\n', [3], [(2, IN_THE_MIDDLE, '1,"x"y')]),
        (b'a,b\n1,"x\n2,2\n3,"y"\n4,4\n', [3, 4, 5], [(2, IN_THE_MIDDLE, '1,"x')]),
        (b'a,b\n1\n1,"x"y\n2,\x00\n3,3\n', [5], [(2, "too few cells: 1 instead of 2", "1"), (3, IN_THE_MIDDLE, '1,"x"y'), (4, "it holds a NUL character", "2|\x00")]),
        (b"a,b\n1," + b"x" * 200_000 + b"\n2,2\n", [3], [(2, TOO_LONG, "1," + "x" * 200_000)]),
        (b'a,b\n1,"x\n' + b"2,2\n" * 50_000, [*range(3, 50_003)], [(2, TOO_LONG, '1,"x')]),
    ],
)  # fmt: skip
def test_a_bad_row_is_refused_by_its_line_alone(
    tmp_path: Path, content: bytes, lines: list[int], unreadable: list[tuple[int, str, str]]
) -> None:
    found = read(read_header(stored(tmp_path, content)))
    assert found.lines == lines
    assert [(row.line, row.reason, "|".join(row.cells)) for row in found.unreadable] == unreadable


@given(
    fragments=st.lists(st.sampled_from(HOSTILE)),
    size=st.integers(1, 30),
    longest=st.integers(8, 60),
    reread=st.integers(0, 3),
)
def test_a_part_alone_says_what_the_walk_said(
    tmp_path_factory: pytest.TempPathFactory, fragments: list[bytes], size: int, longest: int, reread: int
) -> None:
    content = b"p,q\n" + b"".join(fragments)
    path = stored(tmp_path_factory.getbasetemp(), content)
    file = read_header(path, delimiter=",")
    parts: list[tuple[Part, Rows]] = []
    with parts_of(size, longest, reread):
        try:
            parts.extend(walk(file))
        except Refused:
            assert max(map(len, re.split(rb"[\r\n]", content))) >= longest
        else:
            assert (parts[-1][0].end if parts else file.start) == len(content)
        assert [read_part(file, part) for part, _ in parts] == [rows for _, rows in parts]
    assert [part.number for part, _ in parts] == [*range(len(parts))]
    assert [part.start for part, _ in parts] == [file.start, *(part.end for part, _ in parts)][: len(parts)]
    for part, rows in parts:
        assert part.line == 1 + len(re.findall(rb"\r\n|\r|\n", content[: part.start]))
        numbers = rows.lines + [row.line for row in rows.unreadable]
        assert len(set(numbers)) == len(numbers)
        assert all(part.line <= number for number in numbers)


@given(fragments=st.lists(st.sampled_from(HOSTILE)), size=st.integers(1, 30))
def test_where_the_parts_end_changes_no_row(
    tmp_path_factory: pytest.TempPathFactory, fragments: list[bytes], size: int
) -> None:
    file = read_header(stored(tmp_path_factory.getbasetemp(), b"p,q\n" + b"".join(fragments)), delimiter=",")
    found = []
    for part_bytes in (size, 1_000_000):
        with parts_of(part_bytes, longest_line=1_000_000):
            rows = read(file)
        found.append((rows.lines, rows.rows, [replace(row, reason="") for row in rows.unreadable]))
    assert found[0] == found[1]


@given(
    rows=st.lists(st.tuples(CELLS, CELLS)), size=st.integers(1, 40), line_end=st.sampled_from(["\n", "\r\n", "\r"])
)
def test_what_a_writer_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], size: int, line_end: str
) -> None:
    text, lines, line = io.StringIO(), [], 2
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator=line_end)
    for cells in [("p", "q"), *rows]:
        writer.writerow(cells)
    for cells in rows:
        lines.append(line)
        line += 1 + sum(len(re.findall("\r\n|\r|\n", cell)) for cell in cells)
    file = read_header(stored(tmp_path_factory.getbasetemp(), text.getvalue()), delimiter=",")
    with parts_of(size):
        found = read(file)
    filled = [(line, list(cells)) for line, cells in zip(lines, rows, strict=True) if "".join(cells).strip()]
    assert (list(zip(found.lines, found.rows, strict=True)), found.unreadable) == (filled, [])


def test_an_endless_open_row_is_refused_with_all_its_text(tmp_path: Path) -> None:
    lines = b'a","b\n' * 2_000
    file = read_header(stored(tmp_path, b"p,q\n" + lines), delimiter=",")
    with parts_of(100, most_reread=3):
        found = read(file)
    assert found.rows == []
    assert found.unreadable[0] == Unreadable(2, NEVER_CLOSED, ('a","b',))
    assert "\n".join(row.cells[0] for row in found.unreadable) + "\n" == lines.decode()


def test_a_line_without_an_end_is_refused_in_little_memory(tmp_path: Path) -> None:
    path = stored(tmp_path, "p,q\na,b\n")
    os.truncate(path, 10 * 2**30)
    file = read_header(path)
    tracemalloc.start()
    try:
        with pytest.raises(Refused, match="line 3 is longer than 4,000,000"):
            read(file)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()
