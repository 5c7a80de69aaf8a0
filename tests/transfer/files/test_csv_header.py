"""The header of a CSV file: its delimiter, its names, where the rows begin."""

from pathlib import Path

import pytest

from app.filters.problems import Refused
from app.transfer.files.csv_header import judged_delimiter, read_header


def stored(folder: Path, content: bytes) -> Path:
    path = folder / "file.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("sample", "delimiter"),
    [
        ("email,city\na,b\n", ","),
        ("email;city\na,x;b\n", ";"),
        ("email\tcity\na\tb,c;d\n", "\t"),
        ("email|city\na|b\n", "|"),
        ('email;"a, b, c, d"\na;b\n', ";"),
        ('"a;b;c",d\ne,f\n', ","),
        ("email;spent, EUR\na;1,5\nb;2,5\n", ";"),
        ("name, given;email\nDoe, John;a\nRoe, Jane;b\n", ";"),
        ("email;city\na;1,2,3,4\nb;x\nc;y\n", ";"),
        ('email,note\na,"x;\ny;z"\nb,5" disk; wide\n', ","),
        ('email,"say ""a;b;c"""\na,b\n', ","),
        ("email\na;b\nc\n", ","),
        ("email\n", ","),
        ("", ","),
    ],
)
def test_the_delimiter_is_judged_over_rows(sample: str, delimiter: str) -> None:
    assert judged_delimiter(sample) == delimiter


@pytest.mark.parametrize(
    ("content", "delimiter", "header", "line", "rest"),
    [
        (b"email, First  name \na,b\n", ",", ("email", "First name"), 2, b"a,b\n"),
        (b"\xef\xbb\xbfemail;city\r\na;b", ";", ("email", "city"), 2, b"a;b"),
        (b'"email\nof",city\na,b\n', ",", ("email of", "city"), 3, b"a,b\n"),
        ("é,ü\na,b".encode(), ",", ("é", "ü"), 2, b"a,b"),
        (b"sep=;\r\na,b;c\r\n1;2\r\n", ";", ("a,b", "c"), 3, b"1;2\r\n"),
        (b'\xef\xbb\xbf"sep=|"\na,b\n1,2', "|", ("a,b",), 3, b"1,2"),
        (b"a,b\r1,2\r", ",", ("a", "b"), 2, b"1,2\r"),
        (b"a,b", ",", ("a", "b"), 2, b""),
    ],
)
def test_rows_begin_where_the_header_ends(
    tmp_path: Path, content: bytes, delimiter: str, header: tuple[str, ...], line: int, rest: bytes
) -> None:
    file = read_header(stored(tmp_path, content))
    assert (file.delimiter, file.header, file.line) == (delimiter, header, line)
    assert content[file.start :] == rest


def test_a_given_delimiter_wins(tmp_path: Path) -> None:
    file = read_header(stored(tmp_path, b"a,b,c;d\n"), delimiter=";")
    assert file.header == ("a,b,c", "d")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "it is empty"),
        (b"\n\n", "it is empty"),
        (b" , \na,b\n", "it is empty"),
        (b"ani@example.com,Solo\nbudi@example.com,Jakarta\n", "names before it"),
        (b'"Ani";ani@mail.example.com\n', "it has an e-mail address"),
        (b"email,\xffcity\na,b\n", "not text in UTF-8"),
        (b"email,ci\x00ty\na,b\n", "not text in UTF-8"),
        (b'"email,city\na,b\n', "never closed"),
        (b"email," + b"x" * 1_001, "the name of column 2 can't be used: this text is longer than 1,000 characters"),
        (b"email,n" + "\u0316\u0301".encode() * 100, "column 2 .* piles too many marks"),
        (b"email" + b"x" * 5_000_000, "line 1 is longer than 4,000,000"),
    ],
)
def test_a_file_without_a_header_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        read_header(stored(tmp_path, content))
