"""The rows that an import refused, sent as a file: no faster than the reader takes them, and in one of few places."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from app.http.answers import number_in_path
from app.http.bearer import admitted
from app.http.streaming import Streamed
from app.http.visits import hold
from app.http.watching import WhileOpen
from app.queries.exports.copying import Write
from app.queries.imports.ledger import ImportRow, find_import
from app.queries.tokens import Bearer
from app.transfer.mending import mendable_csv


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """The file, ready to be written."""

    workspace_id: int
    row: ImportRow

    @property
    def headers(self) -> Mapping[str, str]:
        """The answer's headers."""
        return {
            "content-type": "text/csv; charset=utf-8",
            "content-disposition": 'attachment; filename="refused.csv"',
            "cache-control": "no-store",
        }

    async def write(self, write: Write) -> None:
        """All of it, piece after piece."""
        async for piece in mendable_csv(self.workspace_id, self.row):
            await write(piece.encode())


@admitted("import", "downloadRefusedRows")
async def refused_csv(request: Request, bearer: Bearer) -> Response:
    """The refused rows to be mended and imported again; their lines and reasons stand at the end."""
    row = await find_import(bearer.workspace_id, number_in_path(request, "Import"))
    hold(request, request.app.state.downloads.taken(bearer.workspace_id))
    file = RefusedFile(bearer.workspace_id, row)
    return WhileOpen(Streamed(lambda: nullcontext(file)), bearer)
