"""Who was in a segment once and how many, held against a ledger that is simply told from its beginning."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.queries.connections import connection, transaction
from app.queries.contacts import contacts_page, order_by
from app.queries.keyset import Window
from app.queries.live.reading_history import count_members_at, history, were_members
from app.queries.statements import render, select
from app.tables.contact import Contact
from tests.conftest import WorkspaceMaker

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
PEOPLE = 4
SEGMENT = 7

# Each is the place of a contact, which goes in where it is out and out where it is in, and the hours until the next.
Moves = Sequence[tuple[int, int]]
moves = st.lists(st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, 3)), max_size=12)


async def told(workspace: int, moves: Moves) -> tuple[list[int], list[tuple[datetime, set[int], bool]]]:
    """The contacts' ids, and after each move when it was, who was in by then and whether it was an entering."""
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            "INSERT INTO contact (workspace_id, email, email_folded, status, label_ids, fields, folded, created_at, "
            "updated_at) SELECT $1, name, name, 'ACTIVE', '{}', '{}', '{}', now(), now() "
            "FROM (SELECT 'p' || i || '@example.com' AS name FROM generate_series(1, $2::int) AS i) AS made "
            "RETURNING id",
            workspace,
            PEOPLE,
        )
        ids, within, at = [row[0] for row in rows], set[int](), BEGINNING
        states: list[tuple[datetime, set[int], bool]] = []
        for place, hours in moves:
            within ^= {ids[place]}
            is_entering = ids[place] in within
            await borrowed.execute(
                "INSERT INTO membership_change (workspace_id, segment_id, contact_id, is_entering, reason, changed_at) "
                "VALUES ($1, $2, $3, $4, 'CONTACT_CHANGED', $5)",
                workspace,
                SEGMENT,
                ids[place],
                is_entering,
                at,
            )
            states.append((at, set(within), is_entering))
            at += timedelta(hours=hours)
        await borrowed.execute(
            "INSERT INTO segment_member (workspace_id, segment_id, contact_id, entered_at) "
            "SELECT $1, $2, unnest($3::bigint[]), now()",
            workspace,
            SEGMENT,
            sorted(within),
        )
        await borrowed.execute(
            "INSERT INTO live_segment (workspace_id, segment_id, meaning, members, built_until, begun_at) "
            "VALUES ($1, $2, '', $3, 0, now())",
            workspace,
            SEGMENT,
            len(within),
        )
    return ids, states


def within_at(states: Sequence[tuple[datetime, set[int], bool]], at: datetime) -> set[int]:
    """Who was in at a moment, by the states in order."""
    before = [within for changed_at, within, _ in states if changed_at <= at]
    return before[-1] if before else set()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=moves)
async def test_ledger_told_backwards_is_the_same(make_workspace: WorkspaceMaker, moves: Moves) -> None:
    workspace = await make_workspace()
    _, states = await told(workspace, moves)
    bounds = [BEGINNING + timedelta(hours=2 * place - 2) for place in range(10)]
    for at in bounds:
        expected = within_at(states, at)
        page = await contacts_page(
            workspace,
            ["contact.id"],
            [were_members(workspace, SEGMENT, at)],
            order_by(None, descending=False),
            Window(PEOPLE),
        )
        assert {row["id"] for row in page.rows} == expected
        assert await count_members_at(workspace, SEGMENT, at) == len(expected)
    counted = await history(workspace, SEGMENT, bounds)
    assert len(counted) == len(bounds) - 1
    for start, end, one in zip(bounds, bounds[1:], counted, strict=False):
        moved = [is_entering for at, _, is_entering in states if start <= at < end]
        assert (one.entered, one.left) == (sum(moved), len(moved) - sum(moved))
        assert one.total == len(within_at(states, end - timedelta(microseconds=1)))


async def test_many_moves_need_little_memory(workspace: int) -> None:
    async with transaction() as borrowed:
        await borrowed.execute("SET LOCAL work_mem = '64kB'")
        await borrowed.execute("SET LOCAL statement_timeout = '5s'")
        for table, columns, values in (
            ("segment_member", "entered_at", "now()"),
            ("membership_change", "is_entering, reason, changed_at", "TRUE, 'CONTACT_CHANGED', now()"),
        ):
            await borrowed.execute(
                f"INSERT INTO {table} (workspace_id, segment_id, contact_id, {columns}) "
                f"SELECT $1, $2, place, {values} FROM generate_series(1, 40_000) AS place",
                workspace,
                SEGMENT,
            )
            await borrowed.execute(f"ANALYZE {table}")
        asked, bound = render(
            select(Contact, ["count(*)"], workspace).where(were_members(workspace, SEGMENT, BEGINNING))
        )
        assert await borrowed.fetchval(asked, *bound) == 0
