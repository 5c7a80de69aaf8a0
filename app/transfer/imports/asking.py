"""An import asked for: its options read and its place in the queue taken, or its file removed again."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.filters.problems import Code, Refused, speakable
from app.queries.catalogs import current_catalog
from app.queries.imports.ledger import create_import
from app.queries.names import LONGEST_NAME
from app.transfer.columns.given_words import states_consent
from app.transfer.columns.mapping import check_mapping
from app.transfer.files.uploads import Stored, remove
from app.transfer.imports.options import Options, is_dry_run, read_options


async def ask_import(folder: Path, workspace_id: int, name: str, stored: Stored, raw: Mapping[str, Any]) -> int:
    """The id of the import of a stored file; raises Refused with every problem of the options, and the file goes."""
    try:
        options = read_options(raw)
        await _check_mapping(workspace_id, options)
        return await create_import(
            workspace_id, _named(name), stored.name, stored.size, options.to_document(), is_dry_run=is_dry_run(raw)
        )
    except BaseException:
        await asyncio.to_thread(remove, folder, stored.name)
        raise


async def _check_mapping(workspace_id: int, options: Options) -> None:
    """Whatever of the mapping can be told without the file is told at once."""
    if options.mapping is None:
        return
    asked = check_mapping(options.mapping, await current_catalog(workspace_id))
    if options.consent is None and any(states_consent(one.words or ()) for one in asked):
        message = "say in consent how those agreed to be mailed whom the words of the mapping make ACTIVE"
        raise Refused.because(Code.REQUIRED, message, "consent")


def _named(name: str) -> str:
    plain = speakable("".join(character for character in name if character.isprintable()))
    return Path(plain).name[-LONGEST_NAME:] or "file"
