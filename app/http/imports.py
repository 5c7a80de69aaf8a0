"""Imports over HTTP: a file in, how far it has come, the rows it refused, and what to do with it next."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.filters.ids import to_global
from app.http.allowances import room_for_import, within
from app.http.answers import Endpoint, TurnedAway, answer, number_in_path
from app.http.bearer import admitted
from app.http.refused import refused_csv
from app.http.uploads import Upload, length_of
from app.http.visits import in_time
from app.http.watching import while_open
from app.queries.imports import changing, ledger
from app.queries.imports.counting import count_reasons, import_counts
from app.queries.tokens import Bearer
from app.transfer.files.uploads import store
from app.transfer.imports.asking import ask_import
from app.transfer.imports.options import read_options
from app.transfer.imports.reporting import import_report
from app.transfer.samples import shortened

LARGEST_FILE = 10_000_000_000
MOST_REASONS = 50

CHANGES = {"start": changing.start_checked, "cancel": changing.cancel_import, "undo": changing.ask_undo}


@admitted("import", "createImport", takes_body=True)
async def post_import(request: Request, bearer: Bearer) -> Response:
    """Store the file that comes, and let it be imported."""
    upload = Upload(request)
    if not upload.is_form:  # what is wrong is said before a file is sent in vain
        read_options(upload.fields)
    state = request.app.state
    with state.uploads.taken(bearer.workspace_id):
        async with in_time(request):
            room = await room_for_import(bearer.workspace_id, length_of(request), state.allowance)
        received = partial(state.uploads.received, bearer.workspace_id)
        chunks = within(room, state.allowance, received, while_open(bearer, upload.chunks()))
        stored = await store(state.files, chunks, LARGEST_FILE)
        import_id = await ask_import(state.files, bearer.workspace_id, upload.name, stored, upload.fields)
    headers = {"location": f"/imports/{to_global('Import', import_id)}"}
    return answer(await _report(bearer.workspace_id, import_id), 202, headers)


@admitted("import")
async def get_import(request: Request, bearer: Bearer) -> Response:
    """How an import is, and what its columns become."""
    return answer(await _report(bearer.workspace_id, number_in_path(request, "Import")))


def change_import(act: str, change: Callable[[int, int], Awaitable[None]]) -> Endpoint:
    """Start what a dry run has shown, cancel, or undo."""

    @admitted("import", act)
    async def changed(request: Request, bearer: Bearer) -> Response:
        await change(bearer.workspace_id, number_in_path(request, "Import"))
        return answer(await _report(bearer.workspace_id, number_in_path(request, "Import")), 202)

    return changed


@admitted("import")
async def no_change(_request: Request, _bearer: Bearer) -> Response:
    """Tell what can be done with an import."""
    raise TurnedAway(404, "NOT_FOUND", f"an import can be told to {', '.join(CHANGES)}", "change")


async def _report(workspace_id: int, import_id: int) -> dict[str, Any]:
    row = await ledger.find_import(workspace_id, import_id)
    counts = (await import_counts(workspace_id, [import_id]))[import_id]
    reasons = await count_reasons(workspace_id, import_id, MOST_REASONS)
    report = import_report(row, counts, reasons)
    return report | {"samples": shortened(report["samples"])}


import_routes = [
    Route("/imports", post_import, methods=["POST"]),
    Route("/imports/{id}", get_import, methods=["GET"]),
    Route("/imports/{id}/refused.csv", refused_csv, methods=["GET"]),
    *(
        Route(f"/imports/{{id}}/{name}", change_import(f"{name}Import", change), methods=["POST"])
        for name, change in CHANGES.items()
    ),
    Route("/imports/{id}/{change}", no_change, methods=["POST"]),
]
