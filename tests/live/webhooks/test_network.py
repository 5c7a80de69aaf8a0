"""Only public addresses are called, and what was checked is what is connected to."""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import ExitStack

import httpcore
import pytest

from app.live.webhooks import posting
from app.live.webhooks.network import CheckedNetwork, NoAddress
from app.live.webhooks.sending import Sender
from tests.live.webhooks.conftest import Times, WebhookMaker, entered, happen, messages, send_due
from tests.live.webhooks.receiver import Received, Receiver, answer, receiving


class Names:
    """Names that lead elsewhere each time they are looked up, the last time for good."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = [*answers]
        self.asked = 0

    async def look_up(self, _workspace_id: int, _host: str, _port: int) -> Sequence[str]:
        """The next answer."""
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.8", "169.254.169.254"])
async def test_a_private_address_is_not_connected_to(receiver: Receiver, address: str) -> None:
    port = int(receiver.url.split(":")[2].split("/")[0])
    with pytest.raises(NoAddress):
        await CheckedNetwork(is_private_allowed=False, lookup=Names([address]).look_up).connect_tcp("a.test", port)


async def test_a_name_that_moves_after_it_was_checked_finds_nothing(
    workspace: int, make_webhook: WebhookMaker, receiver: Receiver, times: Times
) -> None:
    names = Names(["127.0.0.1"], ["192.0.2.1", "127.0.0.1"], ["127.0.0.1"])
    sender = Sender(CheckedNetwork(is_private_allowed=False, lookup=names.look_up), lambda: times.now)
    webhook_id = (await make_webhook(receiver.url.replace("127.0.0.1", "rebinding.test"))).row.id
    await happen(workspace, times.now, entered())
    for _ in range(3):
        await send_due(sender)
        times.pass_by(minutes=3)
    [message] = await messages(workspace, webhook_id)
    assert [attempt.problem for attempt in message.attempts] == [posting.NO_PUBLIC_ADDRESS] * 3
    assert (names.asked, receiver.received) == (3, [])


async def test_a_connection_leads_to_the_very_address_that_was_checked(receiver: Receiver) -> None:
    names = Names(["127.0.0.1"], ["203.0.113.1"])
    network = CheckedNetwork(is_private_allowed=True, lookup=names.look_up)
    stream = await network.connect_tcp("a.test", int(receiver.url.split(":")[2].split("/")[0]))
    assert (stream.get_extra_info("server_addr")[0], names.asked) == ("127.0.0.1", 1)
    await stream.aclose()


async def test_an_address_that_is_down_makes_room_for_the_next(receiver: Receiver) -> None:
    network = CheckedNetwork(is_private_allowed=True, lookup=Names(["127.0.0.9", "127.0.0.1"]).look_up)
    stream = await network.connect_tcp("a.test", int(receiver.url.split(":")[2].split("/")[0]))
    await stream.aclose()
    with pytest.raises(httpcore.ConnectError):
        await CheckedNetwork(is_private_allowed=True, lookup=Names(["127.0.0.9"]).look_up).connect_tcp("a.test", 9)


async def test_an_address_that_is_silent_makes_room_for_the_next(receiver: Receiver) -> None:
    port = int(receiver.url.split(":")[2].split("/")[0])
    with socket.create_server(("127.0.0.9", port), backlog=0), ExitStack() as waiting:
        for _ in range(3):  # what is beyond its backlog is not heard
            one = waiting.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(("127.0.0.9", port))
        names = Names(["127.0.0.9", "127.0.0.1"])
        stream = await CheckedNetwork(is_private_allowed=True, lookup=names.look_up).connect_tcp("a.test", port, 1.0)
        assert stream.get_extra_info("server_addr")[0] == "127.0.0.1"
        await stream.aclose()
        silent = CheckedNetwork(is_private_allowed=True, lookup=Names(["127.0.0.9"]).look_up)
        with pytest.raises(httpcore.ConnectTimeout):
            await silent.connect_tcp("a.test", port, 0.2)


@pytest.mark.parametrize(("address", "shown"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")])
async def test_the_host_is_named_as_the_address_has_it(
    workspace: int, make_webhook: WebhookMaker, sender: Sender, times: Times, address: str, shown: str
) -> None:
    async with receiving(address=address) as there:
        await make_webhook(there.url)
        await happen(workspace, times.now, entered())
        await send_due(sender)
        [heard] = there.received
    assert f"http://{heard.headers['host']}/hook" == there.url
    assert heard.headers["host"].rpartition(":")[0] == shown


@pytest.mark.parametrize(
    ("answered", "problem"),
    [
        (b"", "the connection broke, or what came back was no answer of HTTP"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "the connection broke, or what came back was no answer of HTTP"),
        (None, "no answer came within 0 seconds"),
    ],
    ids=["nothing", "another protocol", "silence"],
)
async def test_what_is_no_answer_is_told_in_words(
    workspace: int,
    make_webhook: WebhookMaker,
    receiver: Receiver,
    sender: Sender,
    times: Times,
    monkeypatch: pytest.MonkeyPatch,
    answered: bytes | None,
    problem: str,
) -> None:
    async def strange(_: Received) -> bytes:
        if answered is None:
            await asyncio.sleep(1)
        return answered or b""

    monkeypatch.setattr(posting, "SECONDS", 0.3)
    receiver.answering = strange
    webhook_id = (await make_webhook()).row.id
    await happen(workspace, times.now, entered())
    await send_due(sender)
    [message] = await messages(workspace, webhook_id)
    assert (message.attempts[0].problem, message.attempts[0].status) == (problem, None)


async def test_a_taken_message_counts_however_the_answer_goes_on(
    workspace: int, make_webhook: WebhookMaker, receiver: Receiver, sender: Sender, times: Times
) -> None:
    async def broken(_: Received) -> bytes:
        return answer(200, b"x" * 900_000).replace(b"900000", b"999999")

    receiver.answering = broken
    webhook_id = (await make_webhook()).row.id
    await happen(workspace, times.now, entered())
    await send_due(sender)
    [message] = await messages(workspace, webhook_id)
    assert (message.state.value, message.attempts[0].answer) == ("DELIVERED", "…")


async def test_the_head_of_an_answer_is_waited_for_and_no_more(
    workspace: int,
    make_webhook: WebhookMaker,
    receiver: Receiver,
    sender: Sender,
    times: Times,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def slow(_: Received) -> bytes:
        await asyncio.sleep(0.3)
        return answer(200, b"x" * 10).replace(b"length: 10", b"length: 99")

    async def kept_open(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"}]}}")
        writer.write(await slow(Received({}, b"")))
        await reader.read()
        writer.close()

    monkeypatch.setattr(posting, "SECONDS", 0.5)
    monkeypatch.setattr(posting, "CONTENT_SECONDS", 0.4)
    server = await asyncio.start_server(kept_open, "127.0.0.1", 0)
    webhook_id = (await make_webhook(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")).row.id
    await happen(workspace, times.now, entered())
    await send_due(sender)
    server.close()
    [message] = await messages(workspace, webhook_id)
    assert (message.state.value, message.attempts[0].answer) == ("DELIVERED", "x" * 10)
    assert message.attempts[0].seconds >= 0.6
