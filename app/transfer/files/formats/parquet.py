"""A Parquet file as rows."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from app.transfer.files.csv_faults import refused
from app.transfer.files.csv_header import MOST_COLUMNS, too_many_columns
from app.transfer.files.formats.tabular import cell

# A small file can spell out to rows of megabytes each.
ROWS_AT_ONCE = 100


def parquet_rows(path: Path) -> Iterator[Sequence[str]]:
    """A header of the columns' names, then the rows; moments are in UTC.

    Raises Refused where the file is broken or too wide, MemoryError where it unpacks to more than there is.
    """
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path) as file:
            if len(file.schema_arrow.names) > MOST_COLUMNS:
                raise too_many_columns()
            yield [" ".join(name.split()) for name in file.schema_arrow.names]
            for batch in file.iter_batches(ROWS_AT_ONCE, use_threads=False):
                yield from zip(*(map(cell, _values(column)) for column in batch.columns), strict=True)
    except MemoryError:
        raise
    except (ArrowException, OSError, ValueError, TypeError, OverflowError, RecursionError):
        raise refused("this Parquet file can't be read to its end; is it whole?") from None


def _values(column: Any) -> list[Any]:
    from pyarrow import string, types

    if types.is_floating(column.type):
        # Else the narrow ones show digits that nobody wrote.
        return [None if text is None else float(text) for text in column.cast(string()).to_pylist()]
    return list(column.cast(_readable(column.type), safe=False).to_pylist(maps_as_pydicts="lossy"))


def _readable(type: Any) -> Any:
    """The nearest type that Python knows: it has no nanoseconds, and not every time zone."""
    from pyarrow import duration, list_, time64, timestamp, types

    if types.is_timestamp(type):
        return timestamp("us", tz="UTC" if type.tz else None)
    if types.is_time64(type):
        return time64("us")
    if types.is_duration(type):
        return duration("us")
    if types.is_list(type):
        return list_(_readable(type.value_type))
    return type
