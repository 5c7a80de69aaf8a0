"""An import asked for: its options read and its place in the queue taken, or its file removed again."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.filters.problems import speakable
from app.queries.imports.ledger import create_import
from app.queries.names import LONGEST_NAME
from app.transfer.files.uploads import Stored, remove
from app.transfer.imports.options import is_dry_run, read_options


async def ask_import(folder: Path, workspace_id: int, name: str, stored: Stored, raw: Mapping[str, Any]) -> int:
    """The id of the import of a stored file; raises Refused with every problem of the options, and the file goes."""
    try:
        options = read_options(raw)
        return await create_import(
            workspace_id, _named(name), stored.name, stored.size, options.to_document(), is_dry_run=is_dry_run(raw)
        )
    except BaseException:
        await asyncio.to_thread(remove, folder, stored.name)
        raise


def _named(name: str) -> str:
    plain = speakable("".join(character for character in name if character.isprintable()))
    return Path(plain).name[-LONGEST_NAME:] or "file"
