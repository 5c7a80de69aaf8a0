"""Tokens are known by their look, live until they end, and tell when they were last used."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.filters.problems import Refused
from app.queries import token_uses, tokens
from app.queries.connections import connection
from app.queries.token_format import ALPHABET, checksum, new_text, read_text
from app.queries.tokens import create_token, find_bearer, find_token, is_open, list_tokens, new_token, revoke_token

OLD = "pilah_7_4cI-UTz_Hbb0d4hEFa1Cg5i2WZuNq6sDAKfSNsV0hIA"
NOW = datetime.now(UTC)


@given(st.integers(min_value=1, max_value=2**63 - 1))
def test_a_new_token_reads_back_as_itself(workspace_id: int) -> None:
    shown = new_text(workspace_id)
    assert read_text(shown.text) == shown
    assert shown.text.startswith(shown.beginning)
    assert len(shown.text) - len(shown.beginning) == 45


@given(st.integers(min_value=0), st.sampled_from(ALPHABET))
def test_one_wrong_letter_is_found_without_asking(place: int, other: str) -> None:
    text = new_text(3).text
    at = len("pilah_3_") + place % 49
    wrong = text[:at] + other + text[at + 1 :]
    assert (read_text(wrong) is None) == (wrong != text)


@pytest.mark.parametrize("name", ["operator", " Operator ", "ＯＰＥＲＡＴＯＲ"])
async def test_no_token_is_called_as_the_operator_is(workspace: int, name: str) -> None:
    with pytest.raises(Refused) as refused:
        await create_token(workspace, name, ["read"])
    assert [(each.code.value, each.path) for each in refused.value.problems] == [("NOT_ALLOWED", "input.name")]


def test_checksums_are_six_digits_of_the_crc_that_all_know() -> None:
    places = [ALPHABET.index(sign) for sign in checksum("123456789")]
    assert sum(place * 62**power for power, place in enumerate(reversed(places))) == 0xCBF43926
    assert [len(checksum(str(number))) for number in range(1_000)] == [6] * 1_000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pilah",
        "pilah_1",
        "pilah_1_",
        "pilah__" + "a" * 43,
        "pilah_-1_" + "a" * 43,
        "pilah_٣_" + "a" * 43,
        "pilah_1_" + "ä" * 43,
        "pilah_1_" + "\udc80" * 43,
        f"pilah_{2**63}_" + "a" * 43,
        "pilah_1_" + "a" * 44,
        "pilah_1_" + "a" * 49,
        "Pilah_1_" + "a" * 43,
        OLD + " ",
        "pilah_" + "1" * 5_000 + "_a",
    ],
)
def test_what_is_no_token_is_not_looked_for(text: str) -> None:
    assert read_text(text) is None


async def test_a_token_without_checksum_still_opens(workspace: int) -> None:
    text = f"pilah_{workspace}_{OLD.split('_', 2)[2]}"
    row = (await new_token(workspace, "old", ["write"])).row
    async with connection() as borrowed:
        await borrowed.execute(
            "UPDATE token SET hash = sha256($3) WHERE workspace_id = $1 AND id = $2", workspace, row.id, text.encode()
        )
    bearer = await find_bearer(text)
    assert bearer is not None
    assert (bearer.workspace_id, bearer.actor.token_id, bearer.may("write")) == (workspace, row.id, True)


async def test_a_token_ends_when_it_was_said_to(workspace: int) -> None:
    made = await new_token(workspace, "short", ["read"], NOW + timedelta(days=1))
    assert made.row.expires_at == NOW + timedelta(days=1)
    assert await find_bearer(made.text) is not None
    async with connection() as borrowed:
        await borrowed.execute("UPDATE token SET expires_at = now() WHERE workspace_id = $1", workspace)
    assert await find_bearer(made.text) is None
    assert not await is_open(workspace, made.row.id)


async def test_a_token_can_not_end_before_it_begins(workspace: int) -> None:
    with pytest.raises(Refused, match="expired already"):
        await create_token(workspace, "late", ["read"], NOW)
    assert await list_tokens(workspace) == []


async def test_a_revoked_token_opens_nothing_and_keeps_its_day(workspace: int) -> None:
    made = await new_token(workspace, "gone", ["admin"])
    await revoke_token(workspace, made.row.id)
    revoked = (await find_token(workspace, made.row.id)).revoked_at
    await revoke_token(workspace, made.row.id)
    assert await find_bearer(made.text) is None
    assert (await find_token(workspace, made.row.id)).revoked_at == revoked is not None


async def test_the_text_of_a_token_is_kept_nowhere(workspace: int) -> None:
    made = await new_token(workspace, "secret", ["read"])
    async with connection() as borrowed:
        kept = await borrowed.fetchval("SELECT to_jsonb(token)::text FROM token WHERE workspace_id = $1", workspace)
    assert made.row.prefix in kept
    assert made.text[len(made.row.prefix) :] not in kept
    assert made.text not in repr(made)


async def test_a_workspace_has_so_many_tokens(workspace: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST_TOKENS", 1)
    first = await new_token(workspace, "one", ["read"])
    with pytest.raises(Refused, match="at most 1 token"):
        await create_token(workspace, "two", ["read"])
    await revoke_token(workspace, first.row.id)
    assert await create_token(workspace, "two", ["read"])


async def test_a_use_is_kept_once_a_minute(workspace: int, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await new_token(workspace, "used", ["read"])
    await token_uses.write_uses()
    for _ in range(3):
        await find_bearer(made.text)
    assert (await find_token(workspace, made.row.id)).last_used_at is None
    await token_uses.write_uses()
    first = (await find_token(workspace, made.row.id)).last_used_at
    assert first is not None
    await find_bearer(made.text)
    await token_uses.write_uses()
    assert (await find_token(workspace, made.row.id)).last_used_at == first
    monkeypatch.setattr(token_uses, "SECONDS_BETWEEN_NOTES", 0.0)
    await find_bearer(made.text)
    await token_uses.write_uses()
    later = (await find_token(workspace, made.row.id)).last_used_at
    assert later is not None
    assert later > first


async def test_uses_are_written_at_the_end(workspace: int) -> None:
    made = await new_token(workspace, "used", ["read"])
    async with token_uses.uses_written():
        await find_bearer(made.text)
    assert (await find_token(workspace, made.row.id)).last_used_at is not None


async def test_two_tokens_can_not_have_one_hash(workspace: int) -> None:
    await create_token(workspace, "a", ["read"])
    await create_token(workspace, "b", ["read"])
    with pytest.raises(asyncpg.UniqueViolationError):
        async with connection() as borrowed:
            await borrowed.execute("UPDATE token SET hash = 'x' WHERE workspace_id = $1", workspace)
