"""The walk over the routes of the application: each is brought to succeed, and then fed with the other's ids."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from random import Random
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.routing import Mount, Route, WebSocketRoute

from app.filters.ids import from_global, to_global
from tests.isolation.filling import fill
from tests.isolation.pools import Pool, id_pairs
from tests.isolation.probing import MOST_IDS, Report, tell_tales
from tests.isolation.sameness import checksum, plain
from tests.isolation.tenant import Tenant

# What places in paths may hold beside ids, and bodies; a new route that takes neither says so by failing here.
WORDS = ("csv", "start", "cancel", "undo")
BODIES: tuple[dict[str, Any], ...] = (
    {},
    {"content": b"email\nrouted@example.com\n"},
    {"json": {"query": "{ __typename }"}},
    {"json": {"segment": "Segment"}},
)
WALKED_OTHERWISE = "/graphql"
SILENT = frozenset({"HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Door:
    """A route and one of its methods."""

    method: str
    route: Route

    @property
    def name(self) -> str:
        """As it is told."""
        return f"{self.method} {self.route.path}"


@dataclass(frozen=True, slots=True)
class Call:
    """What goes into a door: the values in its path, and a body."""

    values: tuple[str, ...]
    body: dict[str, Any] = field(default_factory=dict)


def doors(app: Starlette) -> Iterator[Door]:
    """All doors; of what is mounted, and of sockets, only those that are known to be walked otherwise may be there."""
    for route in app.routes:
        match route:
            case Route():
                yield from (Door(method, route) for method in sorted(set(route.methods or {"POST"}) - SILENT))
            case WebSocketRoute() | Mount():
                assert route.path.startswith(WALKED_OTHERWISE), route
            case _:
                raise AssertionError(route)


async def probe_door(door: Door, mine: Tenant, theirs: Tenant, report: Report) -> None:
    """Feed a door with all ids that are theirs, in its path and in its body."""
    base = await _success(door, mine)
    if base is None:
        report.untried.append(door.name)
        return
    before = await checksum(theirs.workspace_id)
    for fed, ghost in id_pairs(theirs.pool, mine.pool, Random(door.name), MOST_IDS):
        for calls in zip(_fed(base, fed), _fed(base, ghost), strict=True):
            answers = [await _told(door, mine, call) for call in calls]
            report.probes += 1
            where = f"{door.name} {calls[0]}"
            if plain(answers[0], fed, counts=False) != plain(answers[1], ghost, counts=False):
                report.leak(where, "differs from what does not exist", *answers)
            tell_tales(answers[0], fed, mine, theirs, where, report)
    if await checksum(theirs.workspace_id) != before:
        report.leak(door.name, "rows moved")


def _fed(base: Call, id: str) -> Iterator[Call]:
    """The call with an id in each place where there was one."""
    for place, value in enumerate(base.values):
        if from_global(value) is not None:
            yield Call((*base.values[:place], id, *base.values[place + 1 :]), base.body)
    for key, value in base.body.get("json", {}).items():
        if from_global(value) is not None:
            yield Call(base.values, {"json": {**base.body["json"], key: id}})


async def _success(door: Door, tenant: Tenant) -> Call | None:
    for refilled in (False, True):
        if refilled:
            await fill(tenant)
        for call in _own_calls(door, tenant.pool):
            if (answer := await _told(door, tenant, call))["status"] < 400:
                tenant.pool.learn(answer)
                return call
    return None


def _own_calls(door: Door, pool: Pool) -> Iterator[Call]:
    names = [*door.route.param_convertors]
    values = [*product([*reversed(pool.latest()), *WORDS], repeat=len(names))]
    Random(door.name).shuffle(values)
    for chosen in values:
        for body in BODIES if door.method == "POST" and not names else [{}]:
            yield from (Call(chosen, filled) for filled in _with_ids(body, pool))


def _with_ids(body: dict[str, Any], pool: Pool) -> Iterator[dict[str, Any]]:
    """The body, with each id of a kind instead of the kind's name."""
    given = body.get("json", {})
    kinds = {key: kind for key, kind in given.items() if kind in pool.ids}
    for numbers in product(*(sorted(pool.ids[kind]) for kind in kinds.values())):
        ids = {key: to_global(kinds[key], number) for key, number in zip(kinds, numbers, strict=True)}
        yield {"json": given | ids} if given else body


async def _told(door: Door, tenant: Tenant, call: Call) -> dict[str, Any]:
    """The answer's status, its telling headers and its body."""
    path = door.route.path_format.format(**dict(zip(door.route.param_convertors, call.values, strict=True)))
    answer = await tenant.send(door.method, path, **call.body)
    headers = {name: answer.headers.get(name) for name in ("location", "content-type", "content-disposition")}
    return {"status": answer.status_code, "headers": headers, "body": _read(answer.content)}


def _read(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return content.decode(errors="replace")
