"""Exports over HTTP: a segment's contacts at once, or anyone's into a file that is fetched when it is there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from app.filters.ids import to_global
from app.http import patience
from app.http.allowances import check_room_for_export
from app.http.answers import TurnedAway, answer, number_in_path
from app.http.bearer import admitted
from app.http.downloads import Download, attachment, media_type
from app.http.streaming import Content, Streamed
from app.http.visits import hold, in_time
from app.http.watching import WhileOpen
from app.queries.catalogs import catalog_at
from app.queries.connections import connection
from app.queries.exports import ledger
from app.queries.exports.ledger import ExportRow, ExportState
from app.queries.tokens import Bearer
from app.transfer.exports.audiences import WAYS, read_audience, segment_audience
from app.transfer.exports.files import file_of
from app.transfer.exports.options import read_options
from app.transfer.exports.sheets import Export
from app.transfer.exports.writing import opened_export

LARGEST_BODY = 1_000_000


@admitted("export", "exportSegment")
async def get_segment(request: Request, bearer: Bearer) -> Response:
    """The segment's contacts of this moment, while PostgreSQL copies them."""
    catalog = await catalog_at(bearer.workspace_id, bearer.catalog_version)
    options = read_options(dict(request.query_params) | {"format": request.path_params["format"]}, catalog)
    audience = segment_audience(request.path_params["id"], catalog)
    export = Export(catalog, audience.tree, options)
    hold(request, request.app.state.downloads.taken(bearer.workspace_id))

    @asynccontextmanager
    async def opened() -> AsyncIterator[Content]:
        async with connection() as borrowed, opened_export(borrowed, export, datetime.now(UTC)) as ready:
            yield Download(ready, audience.name, request.headers.get("accept-encoding", ""))

    return WhileOpen(Streamed(opened), bearer)


@admitted("export", "createExport", takes_body=True)
async def post_export(request: Request, bearer: Bearer) -> Response:
    """Let a file be made of a filter's contacts, a segment's, or everyone's."""
    given = await _object(request)
    async with in_time(request):
        return await _asked(request, bearer, given)


async def _asked(request: Request, bearer: Bearer, given: dict[str, Any]) -> Response:
    catalog = await catalog_at(bearer.workspace_id, bearer.catalog_version)
    options = read_options({name: raw for name, raw in given.items() if name not in WAYS}, catalog)
    audience = read_audience({name: raw for name, raw in given.items() if name in WAYS}, catalog)
    await check_room_for_export(bearer.workspace_id, request.app.state.allowance)
    stored = f"{token_hex(16)}.{options.extension}"
    export_id = await ledger.create_export(
        bearer.workspace_id, audience.name, audience.document, options.as_json(), stored
    )
    location = f"/exports/{to_global('Export', export_id)}"
    return answer(_report(await ledger.find_export(bearer.workspace_id, export_id)), 202, {"location": location})


@admitted("export")
async def get_export(request: Request, bearer: Bearer) -> Response:
    """How an export is."""
    return answer(_report(await ledger.find_export(bearer.workspace_id, number_in_path(request, "Export"))))


@admitted("export", "downloadExport")
async def get_file(request: Request, bearer: Bearer) -> Response:
    """An export's file, or the range of it that is asked for."""
    row = await ledger.find_export(bearer.workspace_id, number_in_path(request, "Export"))
    if row.state is not ExportState.DONE:
        raise TurnedAway(409, "CONFLICT", f"this export has no file: it is {row.state.value}", "id")
    file = file_of(request.app.state.files, row.stored)
    if not await asyncio.to_thread(file.exists):
        raise TurnedAway(410, "GONE", "the file of this export is gone; ask for a new export", "id")
    extension = row.stored.partition(".")[2]
    headers = {"content-disposition": attachment(f"{row.name}.{extension}"), "cache-control": "private, no-cache"}
    return WhileOpen(FileResponse(file, 200, headers, media_type(extension)), bearer)


@admitted("export", "deleteExport")
async def delete_export(request: Request, bearer: Bearer) -> Response:
    """An export goes, with its file; what still makes it will find out at its end."""
    stored = await ledger.delete_export(bearer.workspace_id, number_in_path(request, "Export"))
    await asyncio.to_thread(file_of(request.app.state.files, stored).unlink, missing_ok=True)
    return Response(status_code=204)


async def _object(request: Request) -> dict[str, Any]:
    """The JSON object that is the body; raises TurnedAway."""
    try:
        async with asyncio.timeout(patience.BODY_SECONDS):
            given = orjson.loads(await _body(request))
    except TimeoutError:
        message = f"the request was not complete within {patience.BODY_SECONDS:g} seconds"
        raise TurnedAway(408, "REQUEST_TIMEOUT", message) from None
    except orjson.JSONDecodeError:
        given = None
    if not isinstance(given, dict):
        raise TurnedAway(400, "INVALID_TEXT", 'send a JSON object, as in {"everyone": true, "format": "csv"}')
    return given


async def _body(request: Request) -> bytearray:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_BODY:
            raise TurnedAway(413, "TOO_LARGE", f"this has more than {LARGEST_BODY:,} bytes")
    return body


def _report(row: ExportRow) -> dict[str, Any]:
    id = to_global("Export", row.id)
    return {
        "id": id,
        "name": row.name,
        "state": row.state.value,
        **row.options,
        "rows": row.rows,
        "bytes": row.bytes,
        "problem": row.problem,
        "createdAt": row.created_at,
        "startedAt": row.started_at,
        "finishedAt": row.finished_at,
        "expiresAt": row.expires_at,
        "file": f"/exports/{id}/file" if row.state is ExportState.DONE else None,
    }


export_routes = [
    Route("/segments/{id}/export.{format}", get_segment, methods=["GET"]),
    Route("/exports", post_export, methods=["POST"]),
    Route("/exports/{id}", get_export, methods=["GET"]),
    Route("/exports/{id}", delete_export, methods=["DELETE"]),
    Route("/exports/{id}/file", get_file, methods=["GET"]),
]
