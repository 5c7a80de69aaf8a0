"""`pilah export`."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from app.cli.database import ask
from app.cli.printing import printable, waiting
from app.cli.recording import by_operator
from app.filters.catalog import Catalog
from app.filters.folding import fold
from app.filters.problems import Code, Refused, did_you_mean
from app.queries.catalogs import current_catalog
from app.queries.connections import connection
from app.queries.workspaces import find_workspace
from app.transfer.exports.audiences import Audience, audience_of, read_audience
from app.transfer.exports.files import drafted
from app.transfer.exports.options import read_options
from app.transfer.exports.sheets import Export
from app.transfer.exports.writing import opened_export

PACKED = ".gz"


def export_file(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="Where to: a name in .csv, .csv.gz, .ndjson, .ndjson.gz or .parquet."),
    ],
    workspace: Annotated[str, typer.Option(help="The workspace's name.")],
    segment: Annotated[str | None, typer.Option(help="The name of the segment; without it, everyone.")] = None,
    filter: Annotated[str | None, typer.Option(metavar="JSON", help="A filter, as in GraphQL's FilterInput.")] = None,
    columns: Annotated[str | None, typer.Option(help="Keys of columns, between commas; without it, all.")] = None,
    format: Annotated[
        str | None, typer.Option(help="csv, ndjson or parquet; without it, as FILE's name ends.")
    ] = None,
    times: Annotated[str, typer.Option(help="The zone of moments: workspace or utc.")] = "workspace",
    header: Annotated[str, typer.Option(help="What columns are called: keys, or names; import knows both.")] = "keys",
    formulas: Annotated[
        str, typer.Option(help="Whether cells that a spreadsheet would run are made harmless: guard, or keep.")
    ] = "guard",
    force: Annotated[bool, typer.Option("--force", help="Overwrite FILE where it is there already.")] = False,
) -> None:
    """Write contacts to a file, which is there whole or not at all, and which only this account may read."""
    if file.exists() and not force:
        raise Refused.because(Code.TAKEN, f"{file} is there already; to overwrite it, say --force", "file")
    is_packed = file.suffix == PACKED
    named = (file.with_suffix("") if is_packed else file).suffix.removeprefix(".")
    given = {"format": format or named, "columns": columns, "times": times, "header": header, "formulas": formulas}

    async def work() -> int:
        catalog = await current_catalog((await find_workspace(workspace)).id)
        audience = _audience(segment, filter, catalog)
        options = read_options(given | {"gzip": is_packed}, catalog)
        async with by_operator(catalog.workspace_id, "export"):
            return await _write(file, Export(catalog, audience.tree, options))

    with waiting("Exporting"):
        rows = ask(work)
    sys.stdout.write(f"{rows:,} contact{'' if rows == 1 else 's'} written to {printable(str(file))}.\n")


async def _write(file: Path, export: Export) -> int:
    """How many rows the file has."""
    now = datetime.now(UTC)
    await asyncio.to_thread(file.parent.mkdir, parents=True, exist_ok=True)
    async with (
        drafted(file) as write,
        connection() as borrowed,
        opened_export(borrowed, export, now) as opened,
    ):
        await opened.write(write)
        return opened.rows


def _audience(segment: str | None, filter: str | None, catalog: Catalog) -> Audience:
    if segment is not None and filter is not None:
        raise Refused.because(Code.ONE_OF, "give --segment or --filter, not both", "segment")
    if segment is not None:
        return _segment(segment, catalog)
    return read_audience({"everyone": True} if filter is None else {"filter": _json(filter)}, catalog)


def _segment(name: str, catalog: Catalog) -> Audience:
    by_name = {fold(segment.name): segment for segment in catalog.segments.values()}
    if fold(name) not in by_name:
        hint = did_you_mean(name, [segment.name for segment in by_name.values()])
        raise Refused.because(Code.NOT_FOUND, f'there is no segment "{name}"{hint}', "segment")
    return audience_of(by_name[fold(name)], catalog)


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Refused.because(Code.INVALID_TEXT, "the filter is not valid JSON", "filter") from None
