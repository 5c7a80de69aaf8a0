"""The bytes of a stored file, unpacked where gzip packed them."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from app.transfer.files.csv_faults import refused
from app.transfer.files.drafts import too_large
from app.transfer.files.formats.recognition import is_gzip

CHUNK_BYTES = 1_000_000


def is_packed(path: Path) -> bool:
    """Whether gzip packed the file."""
    with path.open("rb") as raw:
        return is_gzip(raw.read(2))


def unpacked(path: Path, most: int) -> Iterator[bytes]:
    """The content in chunks; raises Refused where the packing is broken or holds more than `most` bytes."""
    if not is_packed(path):
        with path.open("rb") as raw:
            while chunk := raw.read(CHUNK_BYTES):
                yield chunk
        return
    total = 0
    with gzip.open(path) as packed:
        while chunk := _read(packed):
            total += len(chunk)
            if total > most:
                raise too_large(most)
            yield chunk


def _read(packed: gzip.GzipFile) -> bytes:
    try:
        return packed.read(CHUNK_BYTES)
    except EOFError:
        raise refused("this gzip file ends too early; load it up again") from None
    except (gzip.BadGzipFile, zlib.error):
        raise refused("this gzip file is broken; pack it again") from None
