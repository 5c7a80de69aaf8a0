"""JSON objects, one a line, as rows."""

import json
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.filters.problems import Refused
from app.transfer.files.formats import ndjson
from app.transfer.files.formats.ndjson import ndjson_rows
from app.transfer.files.names_in_a_cell import split_names

NAMES = st.text(st.sampled_from('ab,"|é'), min_size=1)


def given_as(content: bytes, size: int = 7) -> Callable[[], Iterator[bytes]]:
    return lambda: (content[at : at + size] for at in range(0, len(content), size))


@pytest.mark.parametrize(
    ("written", "cell"),
    [
        ('"a, b"', "a, b"),
        ('""', ""),
        ("null", ""),
        ("true", "true"),
        ("false", "false"),
        ("1.10", "1.10"),
        ("-0", "-0"),
        ("1e400", "1e400"),
        ("123456789012345678901234567890.5", "123456789012345678901234567890.5"),
        ('["VIP", "a, b", "5\\" disk"]', 'VIP, "a, b", "5"" disk"'),
        ("[1, true, null]", "1, true, "),
        ("[]", ""),
        ('{"x": 1.5, "y": ["é"]}', '{"x": 1.5, "y": ["é"]}'),
        ('[{"x": 1}, [2]]', '"{""x"": 1}", "[2]"'),
        ('"\\u00e9\\n"', "é\n"),
        ('"\\ud800"', "\ud800"),
    ],
)
def test_a_value_becomes_its_cell(written: str, cell: str) -> None:
    assert list(ndjson_rows(given_as(f'{{"key": {written}}}\n'.encode()))) == [["key"], [cell]]


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (b'{"a": 1}\n{"b": 2, "a": 3}\n', [["a", "b"], ["1", ""], ["3", "2"]]),
        (b'\xef\xbb\xbf{"a": 1}\r\n\r\n{"a": 2}', [["a"], ["1"], [], ["2"]]),
        (b'{" a\\n b ": 1}', [["a b"], ["1"]]),
        (
            b'{"a": 1, "b": 2}\n{"a": \nno, no\n[1]\n7\n',
            [["a", "b"], ["1", "2"], ['{"a":'], ["no, no"], ["[1]"], ["7"]],
        ),
        (b'{"a": 1}\nno\n', [["a"], ["1"], ["no", ""]]),
        (b'{"a": "\xff"}', [["a"], ["\udcff"]]),
        (b'{"a": 1}\n{"a": ' + b"[" * 100_000 + b"\n", [["a"], ["1"], ['{"a": ' + "[" * 100_000, ""]]),
        (b'{"a": 1, "a": 2}', [["a"], ["2"]]),
    ],
)
def test_keys_are_gathered_over_all_lines(content: bytes, rows: list[list[str]]) -> None:
    assert list(ndjson_rows(given_as(content))) == rows


@pytest.mark.parametrize("depth", range(50, 1_100, 50))
def test_nothing_is_too_deep_to_be_told(depth: int) -> None:
    inner = "[" * depth + "]" * depth
    line = '{"a": [' + inner + "]}"
    assert list(ndjson_rows(given_as(line.encode() + b'\n{"a": 1}')))[1][0] in (line, f'"{inner}"')


def test_a_line_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ndjson, "LONGEST_LINE", 50)
    with pytest.raises(Refused, match="line 2 is longer than 50"):
        list(ndjson_rows(given_as(b'{"a": 1}\n{"a": "' + b"x" * 100)))


def test_more_keys_than_columns_are_refused() -> None:
    lines = [json.dumps({f"key {number}": 1}) for number in range(1_001)]
    with pytest.raises(Refused, match="more than 1,000 columns"):
        list(ndjson_rows(given_as("\n".join(lines).encode(), 1_000)))


@given(names=st.lists(NAMES))
def test_a_list_of_names_is_read_back(names: list[str]) -> None:
    _, row = ndjson_rows(given_as(json.dumps({"labels": names}).encode()))
    assert split_names(row[0]) == names
