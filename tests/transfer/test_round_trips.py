"""What goes out comes in again and changes nothing, however hostile the texts are."""

import json
import os
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from app.filters.catalog import Catalog
from app.filters.vocabulary import FieldType, Status
from app.queries import contact_writes as writes
from app.queries import status_events
from app.queries.catalogs import current_catalog
from app.queries.connections import connection
from app.queries.exports.ledger import ExportState, create_export, find_export
from app.queries.fields import create_field
from app.queries.labels import create_label
from app.transfer.exports.files import file_of
from app.transfer.exports.options import Format, read_options
from app.transfer.exports.running import next_export
from tests.conftest import WorkspaceMaker
from tests.transfer.imports.loading import Dock

SEED = os.environ.get("PILAH_SEED", "pilah")
PEOPLE = 150

PIECES = (
    *(
        "=",
        "+",
        "-",
        "@",
        "\t",
        "\r",
        "\n",
        "\r\n",
        "'",
        '"',
        '""',
        ",",
        ";",
        "|",
        "\\",
        "\\N",
        "\\.",
        "{",
        "}",
        "[",
        "]",
    ),
    *(
        "null",
        "true",
        "NaN",
        "1e5",
        "0012",
        "2026-01-31",
        "\u00a0",
        "\u2028",
        "\ufeff",
        "ﬁ",
        "İ",
        "ß",
        "Ａ",
        "＝",
        "＠",
        "é",
        "e\u0301",
    ),
    *(
        "\U0001f600",
        "\x01",
        "\x02",
        "\x1f",
        "\x7f",
        " ",
        "  ",
        "a",
        "Z",
        "$1",
        "%s",
        "--",
        "/*",
        "'; DROP",
        "<b>",
        "&amp;",
    ),
)
FIELDS: dict[str, tuple[FieldType, tuple[str, ...]]] = {
    "text": (FieldType.TEXT, ()),
    "other_text": (FieldType.TEXT, ()),
    "number": (FieldType.NUMBER, ()),
    "day": (FieldType.DATE, ()),
    "moment": (FieldType.DATETIME, ()),
    "truth": (FieldType.BOOLEAN, ()),
    "choice": (FieldType.CHOICE, ("=Free", "a, b", 'c "d"', "-1")),
}
COMPARED = ",".join(["email", "name", "status", "labels", "source", "external_id", "created_at", *FIELDS])
LABELS = ("VIP", "=SUM(A1)", "a, b", "c;d", "e|f", 'g "h" i', "'quoted'", "+62", "🎉", "-", "\\N")


def hostile(random: Random, most: int = 8) -> str:
    return "".join(random.choices(PIECES, k=random.randint(1, most)))


def values(random: Random) -> dict[str, Any]:
    made = {
        "text": hostile(random),
        "other_text": hostile(random, 40),
        "number": random.choice(
            ["0", "-0.50", "12.5", "1e10", "-7", f"{random.getrandbits(90)}.{random.getrandbits(10)}"]
        ),
        "day": random.choice(["2026-01-31", "0001-01-01", "9999-12-31", "2024-02-29"]),
        "moment": random.choice(
            ["2026-03-29T01:30:00.000001Z", "2026-10-25T02:30:00+01:00", "1969-12-31T23:59:59Z", "2026-01-31 09:30"]
        ),
        "truth": random.choice([True, False]),
        "choice": random.choice(FIELDS["choice"][1]),
    }
    return {key: value for key, value in made.items() if random.random() < 0.7}


async def person(catalog: Catalog, random: Random, number: int) -> None:
    texts: dict[str, str | None] = {key: hostile(random) for key in ("name", "source") if random.random() < 0.7}
    texts["external_id"] = f"{hostile(random, 3)}{number}"
    labels = random.sample(LABELS, random.randint(0, 4))
    address = f"{random.choice(['', '+', '-', '=', 'o'])}p{number}@example.com"
    draft = writes.ContactDraft(address, texts, list(values(random).items()), labels)
    id = await writes.create_contact(catalog, draft, Status.ACTIVE, "asked")
    if random.random() < 0.3:
        event = random.choice([status_events.UNSUBSCRIBED, status_events.BOUNCED])
        await status_events.record_event(catalog.workspace_id, id, event, None)


async def everybody(workspace: int) -> list[Any]:
    async with connection() as borrowed:
        rows: list[Any] = await borrowed.fetch("SELECT * FROM contact WHERE workspace_id = $1 ORDER BY id", workspace)
    return [tuple(row) for row in rows]


async def exported(workspace: int, folder: Path, **options: Any) -> bytes:
    """The file of everyone."""
    catalog = await current_catalog(workspace)
    asked = read_options(options, catalog)
    stored = f"{Random().getrandbits(64):x}.{asked.extension}"
    export_id = await create_export(workspace, "contacts", None, asked.as_json(), stored)
    while (row := await find_export(workspace, export_id)).finished_at is None:
        await next_export(folder)
    assert (row.state, row.problem) == (ExportState.DONE, None)
    return file_of(folder, stored).read_bytes()


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "Europe/Berlin", "America/St_Johns"])
@pytest.mark.parametrize(
    "options",
    [
        *({"format": format.value, "times": times} for format in Format for times in ("workspace", "utc")),
        {"format": "csv", "gzip": True},
        {"format": "ndjson", "gzip": True},
    ],
    ids=lambda options: "-".join(map(str, options.values())),
)
async def test_what_goes_out_changes_nothing_when_it_comes_in(
    make_workspace: WorkspaceMaker, tmp_path: Path, zone: str, options: dict[str, Any]
) -> None:
    workspace = await make_workspace(zone)
    for key, (type, choices) in FIELDS.items():
        await create_field(workspace, key, key.title(), type, choices)
    for name in LABELS:
        await create_label(workspace, name)
    catalog, random = await current_catalog(workspace), Random(f"{SEED} {zone} {options}")
    for number in range(PEOPLE):
        await person(catalog, random, number)
    before = await everybody(workspace)
    content = await exported(workspace, tmp_path, **options)
    dock = Dock(tmp_path, workspace)
    done = await dock.load(content)
    assert (done.row.problem, [tuple(row) for row in done.refused]) == (None, [])
    assert done.numbers == (0, 0, PEOPLE, 0)
    assert await everybody(workspace) == before
    assert await current_catalog(workspace) == catalog


@pytest.mark.parametrize("format", list(Format))
async def test_what_goes_out_makes_the_same_people_elsewhere(
    make_workspace: WorkspaceMaker, tmp_path: Path, format: Format
) -> None:
    here, there = await make_workspace(), await make_workspace()
    for workspace in (here, there):
        for key, (type, choices) in FIELDS.items():
            await create_field(workspace, key, key.title(), type, choices)
        for name in LABELS:
            await create_label(workspace, name)
    catalog, random = await current_catalog(here), Random(f"{SEED} elsewhere {format}")
    for number in range(PEOPLE):
        await person(catalog, random, number)
    done = await Dock(tmp_path, there).load(await exported(here, tmp_path, format=format.value))
    assert done.numbers == (PEOPLE, 0, 0, 0)
    one, other = [
        people_of(await exported(each, tmp_path, format="ndjson", columns=COMPARED)) for each in (here, there)
    ]
    assert one == other


def people_of(content: bytes) -> list[dict[str, Any]]:
    """By address, with numbers compared as numbers."""
    people = [json.loads(line, parse_float=Decimal, parse_int=Decimal) for line in content.splitlines()]
    return sorted(people, key=lambda person: str(person["email"]))
