"""Whatever comes, made CSV in UTF-8: what is read from it, where it lies, and what is refused."""

import csv
import gzip
import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.filters.problems import Code, Refused
from app.transfer.files.csv_rows import CsvFile, walk
from app.transfer.files.prepare import MOST_CONVERTED, most_unpacked, prepare

TEXT = "email,city\na@b.example,Köln\n"
ROWS = [(2, ["a@b.example", "Köln"])]


def packed(content: bytes) -> bytes:
    """The same at whatever time: cases are named by their bytes."""
    return gzip.compress(content, mtime=0)


def prepared(folder: Path, content: bytes, encoding: str | None = None, delimiter: str | None = None) -> CsvFile:
    stored = folder / "stored"
    stored.write_bytes(content)
    return prepare(stored, folder / "room", encoding, delimiter)


def rows_of(file: CsvFile) -> list[tuple[int, list[str]]]:
    return [row for _, rows in walk(file) for row in zip(rows.lines, rows.rows, strict=True)]


def refusals_of(file: CsvFile) -> list[tuple[int, str]]:
    return [(row.line, row.reason) for _, rows in walk(file) for row in rows.unreadable]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "UTF-8"),
        (TEXT.encode("utf-8-sig"), "UTF-8"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), "UTF-16LE"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "UTF-16BE"),
        (TEXT.encode("utf-16-le"), "UTF-16LE"),
        (TEXT.encode("utf-16-be"), "UTF-16BE"),
        (TEXT.encode("cp1252"), "Windows-1252"),
    ],
)
@pytest.mark.parametrize("pack", [bytes, packed, lambda content: packed(content[:9]) + packed(content[9:])])
def test_every_usual_encoding_is_read(
    tmp_path: Path, content: bytes, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    file = prepared(tmp_path, pack(content))
    assert (file.encoding, file.header, rows_of(file)) == (encoding, ("email", "city"), ROWS)
    is_used_as_it_is = encoding == "UTF-8" and pack is bytes
    assert file.path == tmp_path / ("stored" if is_used_as_it_is else "room")
    assert file.path.exists()


@pytest.mark.parametrize("content", [packed(TEXT.encode()), TEXT.encode("cp1252"), b'{"email": 1, "city": 2}\n'])
def test_a_room_that_exists_is_used_again(tmp_path: Path, content: bytes) -> None:
    first = prepared(tmp_path, content)
    first.path.write_bytes(b"other,names\r\n1,2\r\n")
    assert prepared(tmp_path, content).header == ("other", "names")
    assert prepared(tmp_path, content, first.encoding).header == ("other", "names")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["room", "stored"]


@pytest.mark.parametrize(
    ("content", "encoding", "refusals"),
    [
        (b"a,b\n" + b"1,2\n" * 600_000 + b"J\xfcrgen,3\n", "Windows-1252", []),
        ("a,b\nüö,é\n".encode() + b"J\xfcrgen,3\n", "UTF-8", [(3, "it is not text in UTF-8")]),
        ("a,b\nü,1\n".encode() + b"J\xfcrgen,\xe9\n", "Windows-1252", []),
        ("a,b\nü,1\n".encode() + b"J\xfcrgen,2\n", "UTF-8", [(3, "it is not text in UTF-8")]),
        (b"a,b\n1,\xe2\x82", "Windows-1252", []),
        (b"a,b\nK\xf6ln,\x81\nK\xf6ln,2\n", "Windows-1252", [(2, "it is not text in UTF-8")]),
        (b"\xff\xfe" + "a,b\n1,".encode("utf-16-le") + b"\x00\xd8" + "\n1,2\n".encode("utf-16-le") + b"x", "UTF-16LE", [(2, "it is not text in UTF-8"), (4, "too few cells: 1 instead of 2")]),
    ],
)  # fmt: skip
def test_the_whole_file_tells_its_encoding(
    tmp_path: Path, content: bytes, encoding: str, refusals: list[tuple[int, str]]
) -> None:
    file = prepared(tmp_path, content)
    assert (file.encoding, refusals_of(file)) == (encoding, refusals)


@pytest.mark.parametrize(
    ("content", "encoding", "told", "city"),
    [
        ("a,Москва\n".encode("cp1251"), "windows-1251", "cp1251", "Москва"),
        ("a,Москва\n".encode("utf-16-le"), "UTF-16LE", "UTF-16LE", "Москва"),
        ("a,Москва\n".encode("utf-16-le"), "UTF-16", "UTF-16LE", "Москва"),
        ("\ufeffa,Москва\n".encode("utf-16-be"), "UTF-16", "UTF-16BE", "Москва"),
        ("a,Köln\n".encode("latin-1"), "latin1", "iso8859-1", "Köln"),
        ("a,東京\n".encode("shift-jis"), "Shift_JIS", "shift_jis", "東京"),
        ("a,Köln\n".encode(), "utf8", "UTF-8", "Köln"),
        ("a,Köln\n".encode(), "cp1252", "Windows-1252", "KÃ¶ln"),
    ],
)
def test_a_told_encoding_wins(tmp_path: Path, content: bytes, encoding: str, told: str, city: str) -> None:
    file = prepared(tmp_path, content, encoding)
    assert (file.encoding, file.header) == (told, ("a", city))


@pytest.mark.parametrize(
    "encoding", ["klingon", "hex", "utf-32", "rot13", "utf-7", "punycode", "idna", "undefined", "\ud800", "a\0b"]
)
def test_an_unknown_encoding_is_refused(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(Refused, match="no known encoding") as refused:
        prepared(tmp_path, TEXT.encode(), encoding)
    assert [problem.path for problem in refused.value.problems] == ["encoding"]


def test_a_told_delimiter_wins(tmp_path: Path) -> None:
    assert prepared(tmp_path, b"a,b;c\n", delimiter=";").header == ("a,b", "c")
    with pytest.raises(Refused, match="parted by a comma"):
        prepared(tmp_path, b"a,b;c\n", delimiter="x")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04\x14\x00[Content_Types].xml", "spreadsheet"),
        (b"PK\x03\x04\x14\x00contacts.csv", "zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "spreadsheet"),
        (b"%PDF-1.7\n", "PDF"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"BZh91AY", "bzip2"),
        (b"\n<!DOCTYPE html>\n<html>", "web page"),
        (bytes(range(256)) * 10, "no text file"),
        (packed(packed(TEXT.encode())), "packed by gzip twice"),
        (packed(b"PAR1"), "Parquet file packed by gzip"),
        (packed(TEXT.encode() * 1_000)[:-9], "ends too early"),
        (packed(TEXT.encode())[:-8] + b"\0" * 8, "gzip file is broken"),
        (packed(TEXT.encode()) + b"more", "gzip file is broken"),
        (b"\x1f\x8b", "ends too early"),
        (packed(b""), "it is empty"),
        (b"", "it is empty"),
        (b'[\n{"a": 1}]', "JSON array"),
        (b'{\n"a": 1\n}', "write one object a line"),
        (b"PAR1 and no more", "Parquet file can't be read"),
    ],
)
def test_what_has_no_rows_is_refused_with_advice(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        prepared(tmp_path, content)
    assert {path.name for path in tmp_path.iterdir()} <= {"stored", "room"}


@pytest.mark.parametrize(
    "content", [packed(b"a,b\n" + b"x" * 10_000_000), b'{"a":1,"b":2,"c":3}\n' + b"{}\n" * 400_000]
)
def test_a_file_that_swells_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "stored").write_bytes(content)
    with pytest.raises(Refused) as refused:
        prepare(tmp_path / "stored", tmp_path / "room", most_converted=1_500_000)

    assert [problem.code for problem in refused.value.problems] == [Code.TOO_LARGE]
    assert [path.name for path in tmp_path.iterdir()] == ["stored"]


@pytest.mark.parametrize(
    ("size", "most"),
    [(1_000, 1_000_000_000), (5_000_000, 1_000_000_000), (10_000_000, 2_000_000_000), (10**9, MOST_CONVERTED)],
)
def test_the_smaller_a_file_the_less_it_may_unpack_to(size: int, most: int) -> None:
    assert most_unpacked(size, MOST_CONVERTED) == most
    assert most_unpacked(size, 7) == 7


@pytest.mark.parametrize("encoding", [None, "UTF-8", "UTF-16"])
def test_a_line_of_ten_gigabytes_is_not_read_to_its_end(tmp_path: Path, encoding: str | None) -> None:
    content = packed(b"a,b\n1,2\n") + packed(b"x" * 1_000_000) * 10_000 + b"which breaks it"
    with pytest.raises(Refused, match="a line is longer than 4,000,000 bytes"):
        prepared(tmp_path, content, encoding)
    assert [path.name for path in tmp_path.iterdir()] == ["stored"]


def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Refused, match="pipe"):
        prepare(tmp_path / "pipe", tmp_path / "room")


@given(
    rows=st.lists(st.tuples(*[st.text(st.sampled_from('ab ,;"\n\r\té€'), min_size=1)] * 2), min_size=1),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    pack=st.sampled_from([bytes, packed]),
)
def test_the_same_rows_come_from_every_encoding(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str]],
    encoding: str,
    pack: Callable[[bytes], bytes],
) -> None:
    folder = tmp_path_factory.getbasetemp()
    (folder / "room").unlink(missing_ok=True)
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([("first", "second"), *rows])
    file = prepared(folder, pack(text.getvalue().encode(encoding)), delimiter=",")
    assert [cells for _, cells in rows_of(file)] == [list(cells) for cells in rows if "".join(cells).strip()]
    assert refusals_of(file) == []
