"""Parquet files as rows."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from app.filters.problems import Refused
from app.transfer.files.csv_rows import walk
from app.transfer.files.formats.parquet import parquet_rows
from app.transfer.files.prepare import prepare

NOON = datetime(2026, 1, 31, 12, 0, 0, 500_000, tzinfo=UTC)


def stored(folder: Path, **columns: object) -> Path:
    path = folder / "file.parquet"
    parquet.write_table(pa.table(columns), path)
    return path


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        (pa.array(["a, b", None, ""]), ["a, b", "", ""]),
        (pa.array([True, False, None]), ["true", "false", ""]),
        (pa.array([1, -2, None]), ["1", "-2", ""]),
        (pa.array([0.1, 1e20, None], pa.float32()), ["0.1", "100000000000000000000", ""]),
        (pa.array([1.5, -0.0001]), ["1.5", "-0.0001"]),
        (pa.array([Decimal("1.10"), None]), ["1.10", ""]),
        (pa.array([date(2026, 1, 31)]), ["2026-01-31"]),
        (pa.array([NOON], pa.timestamp("us", "Asia/Jakarta")), ["2026-01-31T12:00:00.500000+00:00"]),
        (pa.array([NOON.replace(tzinfo=None)], pa.timestamp("ms")), ["2026-01-31T12:00:00.500000"]),
        (pa.array([1], pa.timestamp("ns", "UTC")), ["1970-01-01T00:00:00+00:00"]),
        (pa.array([1], pa.time64("ns")), ["00:00:00"]),
        (pa.array([["VIP", "a, b"], [], None]), ['VIP, "a, b"', "", ""]),
        (pa.array([[1], [2]], pa.list_(pa.timestamp("ns"))), ["1970-01-01T00:00:00"] * 2),
        (pa.array(["x", "y", "x"]).dictionary_encode(), ["x", "y", "x"]),
        (pa.array([{"a": 1, "b": date(2026, 1, 31)}]), ['{"a": 1, "b": "2026-01-31"}']),
        (pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64())), ['{"k": 1}']),
        (pa.array([b"K\xc3\xb6ln", b"\xff"]), ["Köln", "\udcff"]),
        (pa.nulls(2), ["", ""]),
    ],
)
def test_a_value_becomes_its_cell(tmp_path: Path, column: pa.Array, cells: list[str]) -> None:
    header, *rows = parquet_rows(stored(tmp_path, **{" the\nkey ": column}))
    assert (header, [row[0] for row in rows]) == (["the key"], cells)


def test_rows_are_counted_without_a_header(tmp_path: Path) -> None:
    path = stored(tmp_path, email=[f"a{number}" for number in range(2_500)], labels=[["x", "y"]] * 2_500)
    file = prepare(path, tmp_path / "room")
    ((_, rows),) = walk(file)
    assert (file.encoding, file.header) == ("Parquet", ("email", "labels"))
    assert (rows.lines, rows.rows[-1]) == ([*range(1, 2_501)], ["a2499", "x, y"])


def test_a_broken_file_is_refused(tmp_path: Path) -> None:
    path = stored(tmp_path, email=[f"a{number}" for number in range(5_000)])
    content = bytearray(path.read_bytes())
    content[50:5_000] = bytes(4_950)
    path.write_bytes(content)
    with pytest.raises(Refused, match="can't be read to its end"):
        prepare(path, tmp_path / "room")
    assert [left.name for left in tmp_path.iterdir()] == ["file.parquet"]


def test_a_file_wider_than_any_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = stored(tmp_path, **{f"c{number}": pa.nulls(1) for number in range(1_001)})
    with pytest.raises(Refused, match="more than 1,000 columns"):
        next(parquet_rows(path))
