"""The audit log is only added to: by its owner as by an account that may do no more than the application needs."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from app.filters.problems import Code, Refused
from app.queries.acts import Act, Actor, ActOutcome, made
from app.queries.audit import audit_page, entry_row, forget_audit_entries, recorded
from app.queries.connections import connection, transaction
from app.queries.keyset import Window

ACCOUNT = "pilah_application"
GRANTS = f"""
GRANT USAGE ON SCHEMA public TO {ACCOUNT};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ACCOUNT};
REVOKE UPDATE, DELETE, TRUNCATE ON audit_entry FROM {ACCOUNT};
GRANT EXECUTE ON FUNCTION forget_audit_entries TO {ACCOUNT};
"""
AGED = (
    "INSERT INTO audit_entry (workspace_id, operation, outcome, happened_at) "
    "SELECT $1, days::text, 'DONE', now() - days * interval '1 day' FROM unnest($2::integer[]) AS days"
)


@pytest.fixture(scope="module")
async def account(dsn: str) -> AsyncIterator[str]:
    """An account that may read and write, but owns nothing."""
    control = await asyncpg.connect(dsn)
    await control.execute(f"DROP ROLE IF EXISTS {ACCOUNT}; CREATE ROLE {ACCOUNT}")
    await control.execute(GRANTS)
    yield ACCOUNT
    await control.execute(f"DROP OWNED BY {ACCOUNT}; DROP ROLE {ACCOUNT}")
    await control.close()


async def kept(workspace: int) -> list[tuple[str, str, str | None, int | None, str | None]]:
    """The entries, newest first."""
    page = await audit_page(workspace, Window(50), [])
    rows = map(entry_row, page.rows)
    return [(row.operation, row.outcome, row.object_kind, row.object_id, row.problem) for row in rows]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET operation = 'nothing'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "INSERT INTO audit_entry OVERRIDING SYSTEM VALUE SELECT * FROM audit_entry "
        "ON CONFLICT (workspace_id, id) DO UPDATE SET operation = 'nothing'",
    ],
)
@pytest.mark.parametrize("is_owner", [True, False])
async def test_nobody_changes_what_is_written(workspace: int, account: str, statement: str, is_owner: bool) -> None:
    async with recorded(Act(workspace, Actor(), "createLabel")):
        pass
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await say("NONE" if is_owner else account, statement)
    assert await kept(workspace) == [("createLabel", "DONE", None, None, None)]


async def say(account: str, statement: str) -> None:
    """Have the statement done by another account; by NONE it is the one that owns the tables."""
    async with connection() as borrowed, borrowed.transaction():
        await borrowed.execute(f"SET LOCAL ROLE {account}")
        await borrowed.execute(statement)


async def test_an_account_that_owns_nothing_can_add_and_read(workspace: int, account: str) -> None:
    async with connection() as borrowed, borrowed.transaction():
        await borrowed.execute(f"SET LOCAL ROLE {account}")
        await Act(workspace, Actor(), "createLabel").write(borrowed)
        assert await borrowed.fetchval("SELECT count(*) FROM audit_entry WHERE workspace_id = $1", workspace) == 1


@pytest.mark.parametrize(("days", "left"), [(730, ["89", "91", "729"]), (100, ["89", "91"]), (1, ["89"])])
@pytest.mark.parametrize("is_owner", [True, False])
async def test_what_is_old_goes_but_nothing_of_the_last_90_days(
    workspace: int, account: str, days: int, left: list[str], is_owner: bool
) -> None:
    async with connection() as borrowed:
        await borrowed.execute(AGED, workspace, [731, 729, 91, 89])
    await say("NONE" if is_owner else account, f"SELECT forget_audit_entries({days})")
    assert sorted(one[0] for one in await kept(workspace)) == sorted(left)


async def test_what_is_older_than_the_setting_goes(workspace: int) -> None:
    async with connection() as borrowed:
        await borrowed.execute(AGED, workspace, [3_000, 731, 729])
    assert await forget_audit_entries(730) >= 2
    assert [one[0] for one in await kept(workspace)] == ["729"]


async def test_an_act_is_written_by_its_first_transaction_and_once(workspace: int) -> None:
    async with recorded(Act(workspace, Actor(), "createLabel")):
        async with transaction(snapshot=True):
            pass
        assert await kept(workspace) == []
        for number in (7, 8):
            async with transaction():
                made("Label", number)
            assert await kept(workspace) == [("createLabel", "DONE", "Label", 7, None)]
    async with transaction():
        pass
    assert len(await kept(workspace)) == 1


async def test_a_transaction_that_is_tried_again_is_written_with_its_success(workspace: int) -> None:
    async with recorded(Act(workspace, Actor(), "createLabel")):
        for number in (1, 2):
            try:
                async with transaction():
                    made("Label", number)
                    assert number == 2
            except AssertionError:
                continue
    assert await kept(workspace) == [("createLabel", "DONE", "Label", 2, None)]


@pytest.mark.parametrize(
    ("error", "outcome", "problem"),
    [
        (Refused.because(Code.TAKEN, "someone@example.com", "x"), ActOutcome.REFUSED, "TAKEN"),
        (RuntimeError("someone@example.com"), ActOutcome.FAILED, None),
    ],
)
async def test_what_did_not_happen_is_written_too(
    workspace: int, error: Exception, outcome: ActOutcome, problem: str | None
) -> None:
    with pytest.raises(type(error)):
        async with recorded(Act(workspace, Actor(), "createLabel")), transaction():
            raise error
    assert await kept(workspace) == [("createLabel", outcome.value, None, None, problem)]
