"""A program beside the server: CSV comes in on stdin, Parquet goes out on stdout, and pyarrow's memory ends with it.

The first line on stdin is JSON: the columns' names and types, and how many rows there must be. Where anything else
comes, the program fails and the Parquet is left without its end.
"""

import json
import os
import sys
from collections.abc import Iterator
from io import BytesIO
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pc_csv
import pyarrow.parquet as pq

READ_BYTES = 1024 * 1024
ROW_GROUP_BYTES = 16 * 1024 * 1024  # in memory; the whole program then takes about 150 MB
NAME_SEPARATOR = "\x1f"


def main() -> None:
    """Run until stdin ends."""
    try:
        write_parquet(sys.stdin.buffer, Pipe(sys.stdout.fileno()))
    except BaseException:
        os._exit(1)  # an exit in order would let the writer end the file


def write_parquet(source: BinaryIO, sink: "Pipe") -> None:
    """From one to the other; raises ValueError where the rows are not as many as were told."""
    told = json.loads(source.readline())
    names = [f"column {place}" for place in range(len(told["names"]))]  # two columns may be called the same
    schema = pa.schema(zip(names, map(arrow_type, told["types"]), strict=True))
    titled = schema.empty_table().rename_columns(told["names"]).schema
    writer = pq.ParquetWriter(sink, titled, compression="zstd")
    rows = 0
    for group in _row_groups(source, schema):
        writer.write_table(group.rename_columns(told["names"]))
        rows += group.num_rows
    if rows != told["rows"]:
        raise ValueError(rows)
    writer.close()


class Pipe:
    """What pyarrow takes for a file: it asks for its place, which a pipe can't say."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.written = 0
        self.closed = False

    def write(self, piece: Any) -> int:
        """Write all of the piece; how many bytes it has."""
        rest = memoryview(piece).cast("B")
        while rest:
            rest = rest[os.write(self.descriptor, rest) :]
        self.written += len(piece)
        return len(piece)

    def tell(self) -> int:
        """How many bytes have been written."""
        return self.written

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """No more is written."""
        self.closed = True


def arrow_type(spelled: list[Any]) -> Any:
    """A type as `app.transfer.exports.parquet` spells it."""
    match spelled:
        case ["moment", zone]:
            return pa.timestamp("us", zone)
        case ["number", scale]:
            return pa.decimal128(38, scale)
        case ["names"]:
            return pa.list_(pa.string())
        case _:
            return {"text": pa.string(), "truth": pa.bool_(), "day": pa.date32()}[spelled[0]]


def whole_rows(source: BinaryIO) -> Iterator[bytes]:
    """The text in parts that end with a row: at a line break that has an even number of quotes before it."""
    rest = b""
    while piece := source.read(READ_BYTES):
        text = rest + piece
        end = text.rfind(b"\n") + 1
        quotes = text.count(b'"', 0, end)
        while quotes % 2:
            before = text.rfind(b"\n", 0, end - 1) + 1
            quotes -= text.count(b'"', before, end)
            end = before
        if end:
            yield text[:end]
        rest = text[end:]
    if rest:
        raise ValueError(len(rest))


def _row_groups(source: BinaryIO, schema: Any) -> Iterator[Any]:
    tables: list[Any] = []
    for text in whole_rows(source):
        tables.append(_table(text, schema))
        if sum(table.nbytes for table in tables) >= ROW_GROUP_BYTES:
            yield pa.concat_tables(tables)
            tables = []
    if tables:
        yield pa.concat_tables(tables)


def _table(text: bytes, schema: Any) -> Any:
    read = {field.name: pa.string() if pa.types.is_list(field.type) else field.type for field in schema}
    table = pc_csv.read_csv(
        BytesIO(text),
        pc_csv.ReadOptions(column_names=schema.names, block_size=len(text) + 1, use_threads=False),
        pc_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        pc_csv.ConvertOptions(
            column_types=read,
            null_values=[""],
            true_values=["true"],
            false_values=["false"],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    for place, field in enumerate(schema):
        if pa.types.is_list(field.type):
            table = table.set_column(place, field, _lists(table.column(place)))
    return table


def _lists(joined: Any) -> Any:
    """Names that are separated as lists, and nothing as a list of none."""
    lists = pc.split_pattern(joined, NAME_SEPARATOR).combine_chunks()
    return pa.ListArray.from_arrays(lists.offsets, lists.values)


if __name__ == "__main__":
    main()
