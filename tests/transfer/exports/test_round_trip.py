"""What goes out comes in again with nothing changed, however hostile its text."""

import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.filters.problems import Refused
from app.filters.vocabulary import FieldType
from app.queries.catalogs import current_catalog
from app.queries.fields import create_field
from app.queries.labels import create_label
from tests.compile.peopled import peopled
from tests.transfer.exports.written import add, csv_objects, ndjson_objects, parquet_objects, written
from tests.transfer.imports.loading import Dock, everyone
from tests.transfer.imports.test_cdnow import CUSTOMERS, needs_data

SEED = os.environ.get("PILAH_SEED", "pilah")


@pytest.fixture(scope="module", params=["Asia/Jakarta", "America/New_York", "Pacific/Apia"])
async def hostile(request: pytest.FixtureRequest, pool: None) -> int:
    """A workspace of hostile people."""
    return (await peopled(request.param, f"{SEED} out and in", people=250, segments=0)).workspace


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"times": "utc"},
        {"formulas": "keep"},
        {"gzip": True},
        {"format": "ndjson"},
        {"format": "ndjson", "gzip": True},
        {"format": "parquet"},
    ],
    ids=str,
)
async def test_an_export_comes_in_again_unchanged(hostile: int, tmp_path: Path, given: dict[str, Any]) -> None:
    before = await everyone(hostile)
    loaded = await Dock(tmp_path, hostile).load(await written(hostile, **given))
    assert (loaded.row.problem, loaded.reasons) == (None, [])
    if "formulas" not in given:  # unguarded, a text that looks guarded is read as one
        assert loaded.numbers == (0, 0, len(before), 0)
        assert await everyone(hostile) == before


@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet"])
async def test_an_export_under_names_comes_in_again_unchanged(hostile: int, tmp_path: Path, form: str) -> None:
    before, catalog = await everyone(hostile), await current_catalog(hostile)
    loaded = await Dock(tmp_path, hostile).load(await written(hostile, header="names", format=form))
    assert (loaded.row.problem, loaded.reasons, loaded.numbers) == (None, [], (0, 0, len(before), 0))
    assert await everyone(hostile) == before
    assert (await current_catalog(hostile)).fields == catalog.fields


async def test_fields_called_like_other_columns_come_in_again(workspace: int, tmp_path: Path) -> None:
    keys = ("tags", "tag", "label", "full_name", "mail", "e_mail", "external", "created", "id", "note")
    for key in keys:
        await create_field(workspace, key, f"The {key}", FieldType.TEXT)
    vip = await create_label(workspace, "VIP")
    await add(workspace, "ani@example.com", {"name": "Ani"}, {key: f"x {key}" for key in keys}, [vip])
    before = await everyone(workspace)
    loaded = await Dock(tmp_path, workspace).load(await written(workspace))
    assert (loaded.row.problem, loaded.reasons, loaded.numbers) == (None, [], (0, 0, 1, 0))
    assert await everyone(workspace) == before


@pytest.mark.parametrize("key", ["status", "labels", "email"])
async def test_no_field_takes_the_key_of_another_column(workspace: int, key: str) -> None:
    with pytest.raises(Refused, match="every workspace has"):
        await create_field(workspace, key, key.title(), FieldType.TEXT)


@needs_data
@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet"])
async def test_real_customers_come_in_again_unchanged(workspace: int, tmp_path: Path, form: str) -> None:
    dock = Dock(tmp_path, workspace)
    assert (await dock.load(CUSTOMERS.read_bytes())).numbers == (23_570, 0, 0, 0)
    before = await everyone(workspace)
    assert (await dock.load(await written(workspace, format=form))).numbers == (0, 0, 23_570, 0)
    assert await everyone(workspace) == before


async def test_the_formats_say_the_same(hostile: int) -> None:
    in_csv = csv_objects(await written(hostile, formulas="keep"))
    in_ndjson = ndjson_objects(await written(hostile, format="ndjson"))
    in_parquet = parquet_objects(await written(hostile, format="parquet"))
    assert len(in_csv) == len(in_ndjson) == len(in_parquet) == 250
    for cells, json, row in zip(in_csv, in_ndjson, in_parquet, strict=True):
        assert list(cells) == list(json) == list(row)
        for key, cell in cells.items():
            assert _same(cell, json[key], row[key]), key


def _same(cell: str, json: Any, value: Any) -> bool:
    if isinstance(json, list):
        return bool(json == value)
    if json is None:
        return cell == "" and value is None
    if isinstance(json, bool):
        return cell == str(json).lower() and value is json
    if isinstance(json, Decimal):
        return Decimal(cell) == json == Decimal(value)
    if isinstance(value, datetime):
        # In UTC, for Python takes no moment of an hour that comes twice for equal to another's zone.
        return cell == json and datetime.fromisoformat(cell).astimezone(UTC) == value.astimezone(UTC)
    return bool(cell == json == str(value))
