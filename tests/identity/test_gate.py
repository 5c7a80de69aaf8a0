"""Who does too much at any door: by the owner of a token where that is known, by an address where it isn't."""

from collections.abc import Awaitable, Callable

import pytest

from app.graphql.limits.guard import Guard
from app.graphql.schema import schema
from app.identity.callers import Caller, caller_of
from app.identity.gate import SECONDS_OF_A_BURST, Gate
from app.identity.refusals import NotLetIn, TooOften
from app.queries.acts import Actor
from app.queries.token_format import new_text
from app.queries.tokens import Bearer
from app.settings import Limits

HOME = "192.0.2.1"
ANI, BUDI = Actor(subject="ani"), Actor(subject="budi")
LookUp = Callable[[], Awaitable[Bearer]]


def ours(address: str = HOME) -> Caller:
    """Somebody with a token that nobody has shown before."""
    return caller_of(f"Bearer {new_text(7).text}", address)


def renewed(number: int, address: str = HOME) -> Caller:
    """Somebody with another token of an identity provider's."""
    return caller_of(f"Bearer head.claims.signature{number}", address)


def right(actor: Actor = ANI, workspace_id: int = 7) -> LookUp:
    """A look-up that finds somebody."""

    async def look_up() -> Bearer:
        return Bearer(workspace_id, 1, frozenset({"read"}), actor)

    return look_up


async def wrong() -> Bearer:
    """A look-up that finds nobody."""
    raise NotLetIn.unknown("this token is wrong")


async def ask(gate: Gate, caller: Caller, look_up: LookUp = right()) -> None:  # noqa: B008
    """One request, from the door to who it is."""
    gate.hear(caller)
    with gate.entered(caller) as visit:
        await gate.let_in(look_up, visit)


@pytest.mark.parametrize(
    ("header", "may_be"),
    [
        (None, False),
        ("Bearer", False),
        ("Bearer pilah_7_short", False),
        (f"Bearer {new_text(7).text[:-1]}!", False),
        ("Bearer a.b", False),
        ("Bearer a.b.c", True),
        (f"bearer  {new_text(7).text} ", True),
    ],
    ids=["none", "empty", "short", "checksum", "two parts", "three parts", "ours"],
)
def test_it_shows_what_may_be_a_token(header: str | None, may_be: bool) -> None:
    assert caller_of(header).may_be_known is may_be


async def test_wrong_tokens_keep_no_right_one_out() -> None:
    gate = Gate(Limits(wrong_tokens_per_minute=3))
    for number in range(3):
        with pytest.raises(NotLetIn):
            await ask(gate, caller_of(f"Bearer wrong{number}", HOME), wrong)
    with pytest.raises(TooOften, match="Too many wrong tokens"):
        await ask(gate, caller_of("Bearer wrong", HOME), wrong)
    with pytest.raises(TooOften, match="Too many wrong tokens"):
        await ask(gate, caller_of(None, HOME), wrong)
    for caller in (ours(), renewed(1)):
        await ask(gate, caller)


async def test_so_many_unknown_tokens_are_looked_up() -> None:
    gate, looked_up = Gate(Limits(unknown_tokens_per_second=2)), list[int]()

    async def look_up() -> Bearer:
        looked_up.append(1)
        return await wrong()

    known = ours()
    await ask(gate, known)
    for _ in range(2 * SECONDS_OF_A_BURST - 1):
        with pytest.raises(NotLetIn):
            await ask(gate, ours(), look_up)
    with pytest.raises(TooOften, match="hasn't seen"):
        await ask(gate, ours(), look_up)
    assert len(looked_up) == 2 * SECONDS_OF_A_BURST - 1
    await ask(gate, known)
    await ask(gate, ours("192.0.2.2"))


async def test_renewed_tokens_have_one_allowance() -> None:
    gate = Gate(Limits(requests_per_second=1, requests_in_a_burst=3))
    for number in range(3):
        await ask(gate, renewed(number))
    for number in (3, 2):
        with pytest.raises(TooOften, match="may ask 1 times a second"):
            await ask(gate, renewed(number))
    await ask(gate, renewed(4), right(BUDI))
    await ask(gate, renewed(5), right(ANI, 8))
    await ask(gate, ours(), right(Actor(token_id=1)))


async def test_a_request_counts_once() -> None:
    gate = Gate(Limits(requests_per_second=1, requests_in_a_burst=2))
    caller = ours()
    await ask(gate, caller)
    await ask(gate, caller)
    with pytest.raises(TooOften):
        gate.hear(caller)


async def test_renewed_tokens_share_sockets_and_subscriptions() -> None:
    guard = Guard(schema._schema, Limits(sockets_per_token=1, subscriptions_per_token=1))
    one, other, third = renewed(1), renewed(2), renewed(3)
    for caller, actor in ((one, ANI), (other, ANI), (third, BUDI)):
        await ask(guard.gate, caller, right(actor))
    for kept in (guard.connected, guard.subscribed):
        with kept(one, 7), kept(third, 7), pytest.raises(TooOften, match="This token has 1"), kept(other, 7):
            pass


async def test_renewed_tokens_wait_in_one_turn() -> None:
    gate = Gate(Limits())
    for number in (1, 2):
        await ask(gate, renewed(number))
    assert gate.deadline(renewed(1)).asker.within == gate.deadline(renewed(2)).asker.within
    assert gate.deadline(renewed(3)).asker.within == HOME


async def test_a_token_that_is_right_no_more_is_unknown_again() -> None:
    gate, caller = Gate(Limits()), ours()
    await ask(gate, caller)
    owner = gate.owner(caller)
    with pytest.raises(NotLetIn):
        await ask(gate, caller, wrong)
    assert gate.owner(caller) == caller.key != owner
