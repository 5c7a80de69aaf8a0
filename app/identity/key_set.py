"""The public keys of an identity provider, kept while it is away, and fetched anew when it has others."""

import asyncio
import time
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Final, cast

import orjson
from jwt import PyJWK, PyJWTError

from app.identity.fetching import NotFetched, fetched
from app.identity.refusals import NotLetIn, NotNow
from app.queries.faults import note_fault

SECONDS_BETWEEN_FETCHES: Final = 60.0
FRESH_SECONDS: Final = 3_600.0
MOST_KEYS: Final = 100
KINDS: Final = frozenset({"RSA", "EC", "OKP"})  # never "oct": what all may read would sign


@dataclass(slots=True)
class KeySet:
    """The keys at an address, or in a file, by their ids.

    An unknown id has them fetched again, once a minute at most; an hour has too, so that a withdrawn key ends.
    """

    source: str
    _keys: dict[str | int, Any] = field(default_factory=dict, repr=False)
    _fetched_at: float = -FRESH_SECONDS
    _tried_at: float = -SECONDS_BETWEEN_FETCHES
    _fetching: asyncio.Task[None] | None = field(default=None, repr=False)

    async def key(self, id: object) -> Any:
        """The public key of this id, or the only one where a token names none; raises NotLetIn, and NotNow."""
        if self._known(id) is None or time.monotonic() - self._fetched_at >= FRESH_SECONDS:
            await self._refresh(id)
        found = self._known(id)
        if found is None and not self._keys:
            raise NotNow("the provider's keys can't be had just now; try again soon", self._seconds_to_wait())
        if found is None:
            raise NotLetIn.unknown("this token was signed by a key that the identity provider doesn't have")
        return found

    def _seconds_to_wait(self) -> int:
        return max(1, ceil(self._tried_at + SECONDS_BETWEEN_FETCHES - time.monotonic()))

    def _known(self, id: object) -> Any:
        if id is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(id) if isinstance(id, str) else None

    async def _refresh(self, id: object) -> None:
        is_under_way = self._fetching is not None and not self._fetching.done()
        if is_under_way and self._known(id) is not None:
            return  # a key that was good a moment ago needn't wait
        if not is_under_way:
            if time.monotonic() - self._tried_at < SECONDS_BETWEEN_FETCHES:
                return
            self._tried_at = time.monotonic()
            self._fetching = asyncio.create_task(self._fetch())
        await asyncio.shield(cast(asyncio.Task[None], self._fetching))

    async def _fetch(self) -> None:
        try:
            self._keys = read_keys(await fetched(self.source))
            self._fetched_at = time.monotonic()
        except NotFetched as error:
            note_fault("oidc_keys_fault", error)


def read_keys(text: bytes) -> dict[str | int, Any]:
    """The public keys of a JSON Web Key Set that can sign; raises NotFetched where it has none."""
    try:
        found = orjson.loads(text)["keys"][:MOST_KEYS]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise NotFetched from None
    read = {place: (each.get("kid"), _read(each)) for place, each in enumerate(found) if isinstance(each, dict)}
    keys = {id if isinstance(id, str) else place: key for place, (id, key) in read.items() if key is not None}
    if not keys:
        raise NotFetched
    return keys


def _read(raw: dict[str, Any]) -> Any:
    if raw.get("kty") not in KINDS or raw.get("use", "sig") != "sig":
        return None
    try:
        return PyJWK(raw).key
    except (PyJWTError, ValueError, TypeError):
        return None
