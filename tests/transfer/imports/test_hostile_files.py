"""Files made to take a server's memory: each is refused in a sentence, by a process that lives on."""

import os
from functools import partial
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from app.filters.problems import Code, Refused
from app.transfer.files.prepare import prepare
from app.transfer.imports.processes import beside


@pytest.mark.parametrize(
    ("characters", "rows", "sentence"),
    [(3_000_000, 1_000, "unpacks to more than 20,000,000 bytes"), (200_000_000, 1_000, "needs more memory")],
)
async def test_a_value_of_megabytes_in_every_row_is_refused(
    tmp_path: Path, characters: int, rows: int, sentence: str
) -> None:
    value = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array(["x" * characters]))
    parquet.write_table(pa.table({"email": value}), tmp_path / "stored")
    assert (tmp_path / "stored").stat().st_size < 20_000_000
    with pytest.raises(Refused, match=sentence) as raised:
        await beside(partial(prepare, tmp_path / "stored", tmp_path / "room", most_converted=20_000_000))
    assert raised.value.problems[0].code is Code.TOO_LARGE
    # A process that dies of it leaves a draft, which is swept away later.
    assert "room" not in os.listdir(tmp_path)
