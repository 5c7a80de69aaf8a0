"""Callers hang up at random moments: the pool stays full, and every change is made whole or not at all."""

import asyncio
import random
from collections import Counter
from pathlib import Path
from typing import Any

from tortoise.connection import get_connection

from app.queries.connections import POOL_SIZE, connection
from app.settings import Limits
from tests.graphql.limits.callers import SECONDS, Address, listening, until_states

CALLS = 1_000
TOGETHER = 16
ITEMS = 20
LABELS = 40
LONGEST_SECONDS = 0.12

UPSERT = """mutation ($items: [UpsertContactInput!]!) {
  bulkUpsertContacts(input: {items: $items, status: PENDING}) { results { outcome } errors { message } }
}"""
LABEL = """mutation ($source: String!, $label: String!) {
  updateContacts(input: {target: {filter: {field: {key: "source", test: {matches: $source}}}}, addLabels: [$label]}) {
    changedCount errors { message }
  }
}"""
QUERIES = (
    "{ contacts(first: 100) { totalCount nodes { email labels { name } segments { name count } } } }",
    "{ segments { nodes { name count contacts(first: 20) { nodes { email } } } } }",
    '{ previewSegment(filter: {field: {key: "email", test: {contains: "a1"}}}) { count statusCounts { pending } } }',
)


def request_of(number: int) -> tuple[str, dict[str, Any] | None]:
    """A query, a change of contacts that are new, or one of contacts that are there."""
    if number % 2:
        return QUERIES[number % 3], None
    if number % 4:
        items = [{"email": f"a{number}-{item}@example.com", "source": f"s{number}"} for item in range(ITEMS)]
        return UPSERT, {"items": items}
    return LABEL, {"source": f"kept {number % 5}", "label": f"label {number // 4 % LABELS}"}


async def hang_up(address: Address, token: str, number: int, chance: random.Random) -> int | None:
    """The answer's status, or None where the caller did not stay for it, as four of five don't."""
    patience = SECONDS if number % 5 == 0 else chance.uniform(0, LONGEST_SECONDS)
    async with address.calling(token, *request_of(number)) as call:
        try:
            async with asyncio.timeout(patience):
                return (await call.answer()).status
        except TimeoutError:
            return None


async def test_hanging_up_leaves_the_pool_full_and_no_change_half_made(
    dsn: str, pool: None, tmp_path: Path, workspace: int, token: str
) -> None:
    chance = random.Random(4)
    limits = Limits(requests_per_second=10_000, requests_in_a_burst=10_000)
    async with listening(dsn, tmp_path, limits) as address:
        await fill(address, token)
        statuses: list[int | None] = []
        numbers = iter(range(CALLS))

        async def caller() -> None:
            for number in numbers:
                statuses.append(await hang_up(address, token, number, chance))  # noqa: PERF401 - they take turns

        await asyncio.gather(*(caller() for _ in range(TOGETHER)))
        await until_states(dsn, active=0, **{"idle in transaction": 0, "idle in transaction (aborted)": 0})
        counted = Counter(statuses)
        assert set(counted) == {200, None}
        assert counted[None] > CALLS / 4
        await everything_is_whole(workspace)
        answers = await asyncio.gather(*(address.ask(token, QUERIES[0]) for _ in range(3 * POOL_SIZE)))
        assert {answer.status for answer in answers} == {200}
    found = get_connection("default")._pool
    assert found.get_idle_size() == found.get_size() <= POOL_SIZE


async def fill(address: Address, token: str) -> None:
    """Segments to count, and contacts that are to be labelled."""
    for number in range(12):
        filter = f'{{field: {{key: "email", test: {{contains: "a{number}"}}}}}}'
        await address.ask(
            token,
            f'mutation {{ createSegment(input: {{name: "{number}", filter: {filter}}}) {{ errors {{ code }} }} }}',
        )
    for number in range(LABELS):
        await address.ask(
            token, f'mutation {{ createLabel(input: {{name: "label {number}"}}) {{ errors {{ code }} }} }}'
        )
    for number in range(5):
        items = [
            {"email": f"kept{number}-{item}@example.com", "source": f"kept {number}"} for item in range(10 * ITEMS)
        ]
        assert (await address.ask(token, UPSERT, {"items": items})).status == 200


async def everything_is_whole(workspace: int) -> None:
    """Of each change there is all or nothing, and some of both."""
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            "SELECT source, count(*) FROM contact WHERE workspace_id = $1 AND source LIKE 's%' GROUP BY 1", workspace
        )
        labels = await borrowed.fetch(
            "SELECT source, label_id, count(*) FROM contact, unnest(label_ids) AS label_id "
            "WHERE workspace_id = $1 GROUP BY 1, 2",
            workspace,
        )
    assert {row[1] for row in rows} == {ITEMS}
    assert {row[2] for row in labels} == {10 * ITEMS}
    assert 0 < len(rows) < CALLS / 4
