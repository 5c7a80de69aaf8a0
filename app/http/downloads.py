"""What a download says of itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from app.queries.exports.copying import Write
from app.transfer.exports.options import Format
from app.transfer.exports.pieces import gzipped
from app.transfer.exports.writing import OpenExport

_MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
    "gz": "application/gzip",
}


@dataclass(frozen=True, slots=True)
class Download:
    """An export as an answer; where the reader accepts it, a text travels as gzip."""

    opened: OpenExport
    name: str
    accepted: str

    @property
    def headers(self) -> Mapping[str, str]:
        """With the number of rows, by which a reader knows a file that was cut off."""
        options = self.opened.export.options
        named = {
            "content-type": media_type(options.extension),
            "content-disposition": attachment(f"{self.name}.{options.extension}"),
            "pilah-rows": str(self.opened.rows),
            "cache-control": "no-store",
            "vary": "accept-encoding",
        }
        return named | ({"content-encoding": "gzip"} if self._travels_as_gzip else {})

    async def write(self, write: Write) -> None:
        """All of its bytes, as they travel."""
        if not self._travels_as_gzip:
            await self.opened.write(write)
            return
        async with gzipped(write) as piece:
            await self.opened.write(piece)

    @property
    def _travels_as_gzip(self) -> bool:
        options = self.opened.export.options
        return not options.is_packed and options.format is not Format.PARQUET and accepts_gzip(self.accepted)


def accepts_gzip(header: str) -> bool:
    """Whether an Accept-Encoding header allows gzip by its name."""
    for part in header.lower().split(","):
        name, _, weight = part.replace(" ", "").partition(";q=")
        if name == "gzip":
            return weight.strip("0.") != "" or not weight
    return False


def media_type(extension: str) -> str:
    """What the content of a file is, by the end of its name."""
    return _MEDIA_TYPES[extension.rpartition(".")[2]]


def attachment(name: str) -> str:
    """The Content-Disposition of a file that is to be saved under a name."""
    safe = re.sub(r'[\x00-\x1f\x7f"*/:<>?\\|]+', "_", name)
    if safe.isascii():
        return f'attachment; filename="{safe}"'
    return f"attachment; filename*=UTF-8''{quote(safe, safe='')}"
