"""Parquet, made by a program beside the server: what columns become there, and how it is fed."""

import asyncio
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, assert_never

import orjson

from app.compile.cells import LABELS
from app.filters.catalog import Field
from app.filters.vocabulary import FieldType
from app.queries.exports.copying import Write

MOST_DIGITS = 38
PROGRAM = "app.transfer.exports.parquet_program"
READ_BYTES = 256 * 1024

Spelled = list[Any]


class ParquetFailed(Exception):
    """The program has ended before the file was whole."""


def column_types(columns: Sequence[Field], digits: Mapping[Field, tuple[int, int]], zone: str) -> list[Spelled]:
    """The columns' types, as the program reads them.

    `digits` are those that a field's numbers have before and behind the point, at most: a decimal of 38 digits takes
    them without loss, and where it can't, they stay text.
    """
    return [_type(column, digits.get(column, (0, 0)), zone) for column in columns]


def _type(column: Field, digits: tuple[int, int], zone: str) -> Spelled:
    match column.type:
        case FieldType.TEXT | FieldType.CHOICE:
            return ["names" if column == LABELS else "text"]
        case FieldType.NUMBER:
            return ["number", digits[1]] if sum(digits) <= MOST_DIGITS else ["text"]
        case FieldType.DATE:
            return ["day"]
        case FieldType.DATETIME:
            return ["moment", zone]
        case FieldType.BOOLEAN:
            return ["truth"]
        case _:
            assert_never(column.type)


@dataclass(frozen=True, slots=True)
class Program:
    """The program, which waits to be told what the file has."""

    process: Process
    stdin: StreamWriter
    stdout: StreamReader

    async def feed(self, piece: bytes) -> None:
        """Give it a piece, no faster than it takes them."""
        self.stdin.write(piece)
        await self.stdin.drain()

    @asynccontextmanager
    async def parquet(self, names: list[str], types: list[Spelled], rows: int, write: Write) -> AsyncIterator[Write]:
        """Takes CSV without a first line, and gives `write` the Parquet file, whose end comes when the block ends.

        Raises ParquetFailed where the text doesn't fit the types or has not so many rows; what `write` raises goes
        on.
        """
        passing = asyncio.create_task(_pass_on(self.stdout, write))
        passing.add_done_callback(lambda ended: self.stop() if ended.cancelled() or ended.exception() else None)
        try:
            # Where the pipe breaks, what has ended it is told below.
            with suppress(ConnectionError):
                await self.feed(orjson.dumps({"names": names, "types": types, "rows": rows}) + b"\n")
                yield self.feed
            self.stdin.close()
            await passing
            if await self.process.wait():
                raise ParquetFailed
        finally:
            passing.cancel()
            await asyncio.wait([passing])

    def stop(self) -> None:
        """End it, if it still runs."""
        with suppress(ProcessLookupError):
            self.process.kill()


@asynccontextmanager
async def running() -> AsyncIterator[Program]:
    """The program, as long as the block lasts; it takes half a second to come up, in which others may work."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", PROGRAM), stdin=PIPE, stdout=PIPE, stderr=DEVNULL, start_new_session=True
    )
    if process.stdin is None or process.stdout is None:
        raise TypeError("these are pipes")
    program = Program(process, process.stdin, process.stdout)
    try:
        yield program
    finally:
        program.stop()
        program.stdin.close()
        await process.wait()


async def _pass_on(stdout: StreamReader, write: Write) -> None:
    while piece := await stdout.read(READ_BYTES):
        await write(piece)
