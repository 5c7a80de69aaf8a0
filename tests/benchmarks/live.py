"""How soon kept membership follows: single changes, many, time, new segments, and what a change costs as all grows.

uv run python -m tests.benchmarks.live --contacts 1000000
"""

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles
from typing import Any

from app.compile.clause import Bound, Clause
from app.filters.catalog import Catalog
from app.filters.ids import to_global
from app.filters.values import iso_utc
from app.live.pace import Pace
from app.live.step import step
from app.queries.catalogs import current_catalog
from app.queries.connections import connection
from app.queries.contact_bulk import update_contacts
from app.queries.contact_values import Patch
from app.queries.contact_writes import ContactDraft, update_contact
from app.queries.live.pulse import listening
from app.queries.segments import create_dynamic, delete_segment
from app.transfer.demo.people import VIP
from tests.benchmarks.caller import Caller, request
from tests.benchmarks.follower import Follower, following
from tests.benchmarks.ground import Ground, database, ground
from tests.benchmarks.live_segments import NAME, SEGMENTS, furnish_segments
from tests.benchmarks.rounds import figure, medians
from tests.benchmarks.serving import served

CHANGES_A_SECOND = 20
CHANGES = 400
MANY = 20_000
DUE = 10_000
FEW = 10_000

FOLLOW = """subscription ($ids: [ID!]) { segmentChanges(segmentIds: $ids) {
  count at entered { contactId reason } left { contactId reason }
} }"""
BUILDS: dict[str, dict[str, Any]] = {
    "by_label": {"label": {"containsAny": ["Birthday Club"]}},
    "by_time": {"field": {"key": "last_visit", "test": {"moreThanAgo": {"amount": 400, "unit": "DAY"}}}},
}
COUNTS = "{ segments(first: 200) { nodes { count } } }"


async def settle(workspace: int) -> float:
    """Do all that waits; the seconds that took."""
    pace, started = Pace(), time.perf_counter()
    while (await step(workspace, pace)).is_more:
        pass
    return time.perf_counter() - started


async def until(is_so: Callable[[], Awaitable[bool]], seconds: float = 600) -> float:
    """The seconds until something is so."""
    started = time.perf_counter()
    while not await is_so():
        if time.perf_counter() - started > seconds:
            raise SystemExit("it did not come about")
        await asyncio.sleep(0.01)
    return time.perf_counter() - started


async def ask(workspace: int, text: str) -> Any:
    """One value of the workspace."""
    async with connection() as borrowed:
        return await borrowed.fetchval(text, workspace)


async def some_contacts(workspace: int, count: int) -> list[int]:
    """So many contacts from all over the workspace."""
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            "SELECT id FROM contact WHERE workspace_id = $1 ORDER BY hashint8(id) LIMIT $2", workspace, count
        )
    return [row[0] for row in rows]


async def flip(catalog: Catalog, contact: int) -> None:
    """The contact loses the label VIP, or gets it."""
    async with connection() as borrowed:
        label = catalog.labels_by_name[VIP.casefold()].id
        has = await borrowed.fetchval(
            "SELECT label_ids @> ARRAY[$3::bigint] FROM contact WHERE workspace_id = $1 AND id = $2",
            catalog.workspace_id,
            contact,
            label,
        )
    draft = ContactDraft(remove_labels=[VIP]) if has else ContactDraft(add_labels=[VIP])
    await update_contact(catalog, contact, draft)


async def cost(on: Ground) -> float:
    """The median milliseconds of an engine's step for one contact's change."""
    catalog, pace, taken = await current_catalog(on.workspace), Pace(), []
    for contact in await some_contacts(on.workspace, 100):
        await flip(catalog, contact)
        started = time.perf_counter()
        await step(on.workspace, pace)
        taken.append((time.perf_counter() - started) * 1000)
    return median(taken)


async def latencies(on: Ground, follower: Follower) -> list[float]:
    """Milliseconds from a change's commit to its event, at so many changes a second."""
    catalog, taken = await current_catalog(on.workspace), []
    for contact in await some_contacts(on.workspace, CHANGES):
        began = time.perf_counter()
        await flip(catalog, contact)
        committed = time.perf_counter()
        came, _ = await follower.next(30)
        taken.append((came - committed) * 1000)
        await asyncio.sleep(max(0.0, 1 / CHANGES_A_SECOND - (time.perf_counter() - began)))
    return taken


async def throughput(on: Ground) -> float:
    """Changed contacts a second that the engine keeps up with, from the commit of many on."""
    label = on.label(VIP)
    ids = await some_contacts(on.workspace, MANY)
    chosen = Clause("(contact.id = ANY(", Bound(ids, "bigint[]"), "))")
    done, taken = 0, 0.0
    for add, remove in (([label], []), ([], [label])):
        done += await update_contacts(on.workspace, chosen, add, remove, Patch({}, {}, []))
        taken += await until(lambda: _is_seen(on.workspace))
    return done / taken


async def _is_seen(workspace: int) -> bool:
    return not await ask(workspace, "SELECT EXISTS (SELECT FROM noted_change WHERE workspace_id = $1)")


async def visits(on: Ground, ids: Sequence[int], moment: datetime) -> None:
    """These contacts visited at a moment."""
    text = moment.isoformat()
    patch = Patch({"last_visit": text}, {"last_visit": iso_utc(moment)}, [])
    await update_contacts(
        on.workspace, Clause("(contact.id = ANY(", Bound(list(ids), "bigint[]"), "))"), [], [], patch
    )


async def flips_apart(on: Ground, port: int) -> list[float]:
    """Milliseconds by which time lets people out too late, twenty of them one after another."""
    segment = await made(on, "Visited within the hour", {"withinLast": {"amount": 1, "unit": "HOUR"}})
    first = datetime.now(UTC) - timedelta(hours=1) + timedelta(seconds=8)
    leaving = {}
    for place, contact in enumerate(await some_contacts(on.workspace, 20)):
        await visits(on, [contact], moment := first + timedelta(milliseconds=370 * place))
        leaving[to_global("Contact", contact)] = moment + timedelta(hours=1)
    taken: list[float] = []
    async with following(port, on.token, FOLLOW, {"ids": [to_global("Segment", segment)]}) as follower:
        while len(taken) < len(leaving):
            _, told = await follower.next(30)
            now = datetime.now(UTC)
            left = told["data"]["segmentChanges"]["left"]
            taken += [(now - leaving[each["contactId"]]).total_seconds() * 1000 for each in left]
    return taken


async def flips_together(on: Ground) -> float:
    """The seconds until time has let out many who are due in the same instant."""
    segment = await made(on, "Visited within the hour", {"withinLast": {"amount": 1, "unit": "HOUR"}})
    moment = datetime.now(UTC) - timedelta(hours=1) + timedelta(seconds=20)
    await visits(on, await some_contacts(on.workspace, DUE), moment)
    await until(lambda: _has(on, segment, DUE))
    await until(lambda: _has(on, segment, 0))
    return (datetime.now(UTC) - moment - timedelta(hours=1)).total_seconds()


async def made(on: Ground, name: str, test: dict[str, Any]) -> int:
    """A segment by the last visit, told already."""
    catalog = await current_catalog(on.workspace)
    known = next((each.id for each in catalog.segments.values() if each.name == name), None)
    document = {"field": {"key": "last_visit", "test": test}}
    segment = known or await create_dynamic(on.workspace, name, document)
    await until(lambda: _is_ready(on, segment))
    return segment


async def _has(on: Ground, segment: int, members: int) -> bool:
    return bool(
        await ask(
            on.workspace,
            f"SELECT members = {members:d} FROM live_segment WHERE workspace_id = $1 AND segment_id = {segment:d}",
        )
    )


async def _is_ready(on: Ground, segment: int) -> bool:
    return bool(
        await ask(
            on.workspace,
            f"SELECT ready_at IS NOT NULL FROM live_segment WHERE workspace_id = $1 AND segment_id = {segment:d}",
        )
    )


async def build(on: Ground, name: str, document: dict[str, Any]) -> tuple[float, int]:
    """The seconds until a new segment is ready, and how many members it has then."""
    started = time.perf_counter()
    segment = await create_dynamic(on.workspace, name, document)
    await until(lambda: _is_ready(on, segment))
    seconds = time.perf_counter() - started
    members = await ask(
        on.workspace, f"SELECT members FROM live_segment WHERE workspace_id = $1 AND segment_id = {segment:d}"
    )
    await delete_segment(on.workspace, segment)
    return seconds, members


async def furnished(on: Ground, name: str) -> None:
    """The segments are there and told."""
    await furnish_segments(on.catalog)
    figure(f"settle_{name}", await settle(on.workspace), "s")


async def main(contacts: int) -> None:
    """Fills, tells, changes, measures."""
    with database() as dsn:
        async with ground(dsn, FEW) as few:
            await furnished(few, "few")
            figure(f"change_among_{FEW}", await cost(few), "ms")
        async with ground(dsn, contacts) as on:
            await furnished(on, "many")
            figure(f"change_among_{contacts}", await cost(on), "ms")
            with served("tests.benchmarks.serving:pilah", dsn, websockets=True) as port:
                async with listening(dsn):  # as another server, which calls this one's engine
                    await asked(on, port)


async def asked(on: Ground, port: int) -> None:
    """What a server with its engine makes of it."""
    catalog = await current_catalog(on.workspace)
    vip = next(each.id for each in catalog.segments.values() if each.name == NAME.format(0))
    async with following(port, on.token, FOLLOW, {"ids": [to_global("Segment", vip)]}) as follower:
        taken = await latencies(on, follower)
    figure("event_median", median(taken), "ms")
    figure("event_99th", quantiles(taken, n=100)[98], "ms")
    figure("throughput", await throughput(on), "contacts/s")
    figure("flip_median", median(await flips_apart(on, port)), "ms")
    figure(f"flip_{DUE}_together", await flips_together(on), "s")
    for name, document in BUILDS.items():
        seconds, members = await build(on, name, document)
        figure(f"build_{name}", seconds, "s")
        figure(f"build_{name}_members", members, "contacts")
    caller, counts = await Caller.to(port), request("/graphql", on.token, COUNTS)
    [counted] = await medians([lambda: caller.data(counts)])
    figure(f"count_{SEGMENTS}_segments", counted, "ms")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    asyncio.run(main(parser.parse_args().contacts))
