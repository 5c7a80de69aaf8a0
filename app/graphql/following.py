"""What subscriptions to what is live share: cursors that name a place, and waiting for something new."""

import asyncio
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

import orjson

from app.filters.ids import LARGEST, number_of
from app.filters.problems import Code, Refused

# A moment between looks, so that much that happens at once is told together.
SECONDS_AT_LEAST: Final = 0.02
# In case nothing is heard of what happens.
SECONDS_AT_MOST: Final = 2.0
MOST_IDS: Final = 1_000
MOST_LISTED: Final = 100


async def until_heard(heard: asyncio.Event) -> None:
    """Wait until there may be something new."""
    await asyncio.sleep(SECONDS_AT_LEAST)
    with suppress(TimeoutError):
        await asyncio.wait_for(heard.wait(), SECONDS_AT_MOST)
    heard.clear()


def cursor_of(tag: str, workspace_id: int, at: datetime, *place: int) -> str:
    """The cursor of a place of which something was told that happened, or was seen to, at a moment."""
    return urlsafe_b64encode(orjson.dumps([tag, workspace_id, int(at.timestamp()), *place])).decode()


def place_of(cursor: str, tag: str, workspace_id: int, numbers: int, kept: timedelta | None = None) -> list[int]:
    """The numbers of a cursor's place; raises Refused for one of something else, or older than what is kept."""
    at, place = 0, list[int]()
    try:
        named, owner, at, *place = orjson.loads(urlsafe_b64decode(cursor.encode()))
        is_known = (named, owner, len(place)) == (tag, workspace_id, numbers)
        is_known &= all(type(number) is int and 0 <= number <= LARGEST for number in (at, *place))
    except (Error, ValueError, TypeError):
        is_known = False
    if not is_known:
        raise Refused.because(Code.INVALID_ID, "this cursor is not one of this subscription here", "after")
    if kept is not None and at < (datetime.now(UTC) - kept).timestamp():
        message = f"what happened since this cursor is kept for {kept.days} days only; begin anew without it"
        raise Refused.because(Code.INVALID_ID, message, "after")
    return place


def check_place(number: int, last: int, first: int = 0) -> None:
    """Raises Refused where a place lies before the first there is, or behind the last, as after a restore."""
    if number < first:
        message = "what happened since this cursor is no longer kept; begin anew without it"
        raise Refused.because(Code.INVALID_ID, message, "after")
    if number > last:
        message = "this cursor is of what is no longer there; begin anew without it"
        raise Refused.because(Code.INVALID_ID, message, "after")


def numbers_of(ids: list[str], kind: str, path: str) -> list[int]:
    """The numbers of ids of a kind, each once; raises Refused where there are none or too many."""
    if not 1 <= len(ids) <= MOST_IDS:
        message = f"give 1 to {MOST_IDS:,} ids, or leave this out for all"
        raise Refused.because(Code.TOO_MANY_VALUES if ids else Code.REQUIRED, message, path)
    return sorted({number_of(id, kind) for id in ids})
