"""What a workspace may keep on the server: files are turned away before they fill what others need, too."""

from collections.abc import AsyncIterator, Callable

from app.http.answers import TurnedAway
from app.queries.allowance import used
from app.settings import Allowance


async def room_for_import(workspace_id: int, length: int, allowance: Allowance) -> int:
    """How many bytes the workspace may still store; raises TurnedAway where that is less than so many.

    Or where it has as many imports as it may.
    """
    have = await used(workspace_id)
    if have.imports >= allowance.imports:
        message = (
            f"this workspace has {have.imports:,} imports that wait or were tried out; "
            "let some end, or cancel those that were tried out"
        )
        raise TurnedAway(429, "RATE_LIMITED", message, "file")
    room = allowance.bytes - have.bytes
    if length > room:
        raise _full(allowance)
    return room


async def check_room_for_export(workspace_id: int, allowance: Allowance) -> None:
    """Raises TurnedAway where the workspace's files have as many bytes as they may."""
    if (await used(workspace_id)).bytes >= allowance.bytes:
        raise _full(allowance)


async def within(
    room: int, allowance: Allowance, received: Callable[[int], int], chunks: AsyncIterator[bytes]
) -> AsyncIterator[bytes]:
    """What comes, for as long as there is room for it and all that is received beside it; raises TurnedAway."""
    async for chunk in chunks:
        if received(len(chunk)) > room:
            raise _full(allowance)
        yield chunk


def _full(allowance: Allowance) -> TurnedAway:
    message = (
        f"the files of this workspace would have more than {allowance.bytes:,} bytes; "
        "delete exports, or wait until imports are done"
    )
    return TurnedAway(413, "TOO_LARGE", message, "file")
