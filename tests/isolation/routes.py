"""The walk over the routes of the application: each is brought to succeed, and then fed with the other's ids."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from random import Random
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.routing import Mount, Route, WebSocketRoute

from app.filters.ids import from_global, to_global
from app.graphql.repeats import HEADER
from app.transfer.exports.options import NAMES
from app.transfer.imports.options import WORDS
from tests.isolation.filling import fill
from tests.isolation.pools import Pool, id_pairs, text_pairs
from tests.isolation.probing import MOST_IDS, Report, tell_tales
from tests.isolation.sameness import checksum, difference, plain
from tests.isolation.tenant import Tenant

# What places in paths may hold beside ids, and bodies; a new route that takes neither says so by failing here.
PLACES = ("csv", "start", "cancel", "undo")
LISTING = 'mutation { addToDoNotContact(input: {emails: ["r@example.com"], reason: "asked"}) { __typename } }'
BODIES: tuple[dict[str, Any], ...] = (
    {},
    {"content": b"email\nrouted@example.com\n"},
    {"json": {"query": LISTING}},
    {"json": {"segment": "Segment"}},
)
WALKED_OTHERWISE = "/graphql"
# What may stand behind a question mark, and in headers: each is fed to every door.
PARAMETERS = (*NAMES, *WORDS, "name", "id", "query")
HEADERS = (HEADER, "X-Request-Id", "If-None-Match", "Range", "Origin")
MOST_WORDS = 3
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
    """What goes into a door: the values in its path, and a body; what stands behind a question mark, and headers."""

    values: tuple[str, ...]
    body: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


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
    """Feed a door with all that is theirs: ids and words, in its path, its body, its parameters and its headers."""
    base = await _success(door, mine)
    if base is None:
        report.untried.append(door.name)
        return
    before = await checksum(theirs.workspace_id)
    random = Random(door.name)
    ids = [*id_pairs(theirs.pool, mine.pool, random, MOST_IDS)]
    # What has become mine, too, would be told as what was fed wherever it stands.
    texts = [pair for pair in text_pairs(theirs.pool) if pair[0] not in mine.taken_over]
    words = [random.choice(ids), *random.sample(texts, min(MOST_WORDS, len(texts)))]
    words = words if base.values else words[-1:]  # who makes something each time may not do so for ever
    for fed_at, pairs in ((_fed_as_ids, ids), (_fed_beside, words)):
        for pair in pairs:
            for calls in zip(*(fed_at(base, fed) for fed in pair), strict=True):
                await _compare(door, calls, pair, mine, theirs, report)
    if await checksum(theirs.workspace_id) != before:
        report.leak(door.name, "rows moved")


async def _compare(
    door: Door, calls: tuple[Call, ...], pair: tuple[str, str], mine: Tenant, theirs: Tenant, report: Report
) -> None:
    answers = [await _told(door, mine, call) for call in calls]
    report.probes += 1
    where = f"{door.name} {calls[0]}"
    seen = [plain(answer, fed, counts=False) for answer, fed in zip(answers, pair, strict=True)]
    if found := difference(*seen):
        report.leak(where, f"differs from what does not exist at {found}", *answers)
    tell_tales(answers[0], pair[0], mine, theirs, where, report)
    mine.taken_over.update(pair)  # as the name of a file


def _fed_as_ids(base: Call, id: str) -> Iterator[Call]:
    """The call with an id in each place where there was one."""
    for place, value in enumerate(base.values):
        if from_global(value) is not None:
            yield replace(base, values=(*base.values[:place], id, *base.values[place + 1 :]))
    for key, value in base.body.get("json", {}).items():
        if from_global(value) is not None:
            yield replace(base, body={"json": {**base.body["json"], key: id}})


def _fed_beside(base: Call, word: str) -> Iterator[Call]:
    """The call with a word as each parameter and each header."""
    yield from (replace(base, parameters={name: word}) for name in PARAMETERS)
    yield from (replace(base, headers={name: word}) for name in HEADERS)


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
    values = [*product([*reversed(pool.latest()), *PLACES], repeat=len(names))]
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
    given = {"params": call.parameters} if call.parameters else {}
    answer = await tenant.send(door.method, path, headers=call.headers, **given, **call.body)
    headers = {name: answer.headers.get(name) for name in ("location", "content-type", "content-disposition")}
    return {"status": answer.status_code, "headers": headers, "body": _read(answer.content)}


def _read(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return content.decode(errors="replace")
