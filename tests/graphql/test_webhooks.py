"""Admins make, edit, test and delete webhooks over GraphQL, and read what was sent."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from app.filters.ids import number_of, to_global
from app.queries.connections import connection, transaction
from app.queries.tokens import create_token
from app.queries.webhooks.events import MembershipEvent
from app.queries.webhooks.queue import queue_messages
from app.queries.webhooks.registry import MOST_WEBHOOKS
from app.queries.webhooks.spreading import spread_drafts
from tests.conftest import WorkspaceMaker
from tests.graphql.conftest import Ask

URL = "https://example.invalid/hook"
SHOWN = "id name url types isEnabled disabledReason failingSince previousSecretUntil segments { id }"
CREATE = (
    f"mutation ($input: CreateWebhookInput!) {{ it: createWebhook(input: $input) "
    f"{{ secret webhook {{ {SHOWN} }} errors {{ code message path }} }} }}"
)
UPDATE = (
    f"mutation ($input: UpdateWebhookInput!) {{ it: updateWebhook(input: $input) "
    f"{{ webhook {{ {SHOWN} }} errors {{ code path }} }} }}"
)
ROTATE = (
    "mutation ($id: ID!) { it: rotateWebhookSecret(input: {id: $id}) "
    "{ secret webhook { previousSecretUntil } errors { code } } }"
)
DELETE = "mutation ($id: ID!) { it: deleteWebhook(input: {id: $id}) { deletedId errors { code } } }"
TEST = (
    "mutation ($id: ID!) { it: sendTestWebhook(input: {id: $id}) "
    "{ message { id type state contactIds nextAttemptAt attempts { status } } errors { code path } } }"
)
RESEND = (
    "mutation ($id: ID!) { it: resendWebhookMessage(input: {id: $id}) "
    "{ message { id state finishedAt } errors { code } } }"
)
RESEND_ALL = "mutation ($id: ID!) { it: resendWebhookMessages(input: {id: $id}) { count errors { code } } }"
LOG = (
    "query ($id: ID!, $state: WebhookMessageState) { webhook(id: $id) { messages(first: 10, state: $state) "
    "{ nodes { id state type segmentId contactIds attempts { status answer } } } } }"
)
SEGMENT = 'mutation { it: createSegment(input: {name: "s", filter: {status: [ACTIVE]}}) { segment { id } } }'
LISTED = 'mutation { it: createSegment(input: {name: "l", kind: STATIC}) { segment { id } } }'


async def told(ask: Ask, text: str, **variables: Any) -> Any:
    """What the one field of a document is answered."""
    answer = await ask(text, **variables)
    assert "errors" not in answer, answer
    [found] = answer["data"].values()
    return found


async def create(ask: Ask, **input: Any) -> Any:
    """What `createWebhook` answers."""
    return await told(ask, CREATE, input={"name": "site", "url": URL, "types": ["SEGMENT_LEFT"], **input})


async def test_a_webhook_is_made_edited_and_deleted(ask: Ask) -> None:
    segment = (await told(ask, SEGMENT))["segment"]["id"]
    made = await create(ask, segments=[segment], types=["STATUS_CHANGED", "SEGMENT_ENTERED"])
    usual = {"isEnabled": True, "disabledReason": None, "failingSince": None, "previousSecretUntil": None}
    id, types = made["webhook"]["id"], ["SEGMENT_ENTERED", "STATUS_CHANGED"]
    first = {"id": id, "name": "site", "url": URL, "types": types, "segments": [{"id": segment}], **usual}
    assert (made["webhook"], made["secret"][:6]) == (first, "whsec_")
    edited = await told(ask, UPDATE, input={"id": id, "name": "shop", "segments": None, "isEnabled": False})
    later = {**first, "name": "shop", "segments": None, "isEnabled": False}
    assert edited == {"webhook": later, "errors": []}
    assert await told(ask, UPDATE, input={"id": id}) == {"webhook": later, "errors": []}
    assert [one["id"] for one in await told(ask, "{ webhooks { id } }")] == [id]
    assert await told(ask, DELETE, id=id) == {"deletedId": id, "errors": []}
    assert await told(ask, "{ webhooks { id } }") == []
    assert await told(ask, "query ($id: ID!) { node(id: $id) { id } }", id=id) is None


@pytest.mark.parametrize(
    ("input", "code", "path"),
    [
        ({"name": " "}, "REQUIRED", "input.name"),
        ({"types": []}, "EMPTY_LIST", "input.types"),
        ({"segments": []}, "EMPTY_LIST", "input.segments"),
        ({"segments": [to_global("Segment", 999_999)]}, "UNKNOWN_SEGMENT", "input.segments[0]"),
        ({"url": "http://example.com/"}, "NOT_ALLOWED", "input.url"),
        ({"url": "https://127.0.0.1/"}, "NOT_ALLOWED", "input.url"),
        ({"url": "https://user:word@example.com/"}, "NOT_ALLOWED", "input.url"),
        ({"url": "https://"}, "NOT_ALLOWED", "input.url"),
        ({"url": "x" * 2_001}, "TOO_LONG", "input.url"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, str) else "",
)
async def test_what_is_wrong_with_a_webhook_is_told(ask: Ask, input: dict[str, Any], code: str, path: str) -> None:
    made = await create(ask, **input)
    assert (made["webhook"], [(error["code"], error["path"]) for error in made["errors"]]) == (None, [(code, path)])
    there = (await create(ask))["webhook"]["id"]
    edited = await told(ask, UPDATE, input={"id": there, **input})
    assert (edited["webhook"], edited["errors"]) == (None, [{"code": code, "path": path}])


async def test_only_dynamic_segments_can_be_told(ask: Ask) -> None:
    made = await create(ask, segments=[(await told(ask, LISTED))["segment"]["id"]])
    assert made["errors"][0]["code"] == "UNKNOWN_SEGMENT"


async def test_a_workspace_has_so_many_webhooks_at_most(ask: Ask, workspace: int) -> None:
    assert (await create(ask))["errors"] == []
    async with connection() as borrowed:
        await borrowed.execute(
            "INSERT INTO webhook (workspace_id, name, url, types, secret, created_at) "
            "SELECT workspace_id, name, url, types, secret, now() FROM webhook, generate_series(2, $2) "
            "WHERE workspace_id = $1",
            workspace,
            MOST_WEBHOOKS,
        )
    assert [error["code"] for error in (await create(ask))["errors"]] == ["NOT_ALLOWED"]


async def test_a_secret_is_shown_once_and_rotated(ask: Ask, workspace: int) -> None:
    made = await create(ask)
    rotated = await told(ask, ROTATE, id=made["webhook"]["id"])
    assert (rotated["errors"], rotated["secret"] == made["secret"]) == ([], False)
    assert rotated["webhook"]["previousSecretUntil"] is not None
    async with connection() as borrowed:
        [kept] = await borrowed.fetch(
            "SELECT secret, previous_secret FROM webhook WHERE workspace_id = $1", workspace
        )
    assert tuple(kept) == (rotated["secret"], made["secret"])


async def test_messages_are_read_and_sent_again(ask: Ask, workspace: int) -> None:
    id = (await create(ask))["webhook"]["id"]
    segment = (await told(ask, SEGMENT))["segment"]["id"]
    events = [MembershipEvent(number_of(segment, "Segment"), 7, False, "TIME_PASSED")]
    async with transaction() as borrowed:
        assert await queue_messages(borrowed, workspace, events, datetime.now(UTC)) == 1
    assert await spread_drafts(workspace) == 1
    tested = (await told(ask, TEST, id=id))["message"]
    assert (tested["type"], tested["state"], tested["contactIds"], tested["attempts"]) == (
        "webhook.test",
        "WAITING",
        [],
        [],
    )
    async with connection() as borrowed:
        await borrowed.execute(
            "UPDATE webhook_message SET state = 'GIVEN_UP', finished_at = now(), "
            """attempts = '[{"at": "2026-01-31T00:00:00+00:00", "seconds": 1, "status": 500, "answer": "no"}]' """
            "WHERE workspace_id = $1 AND segment_id IS NOT NULL",
            workspace,
        )
    [given_up] = (await told(ask, LOG, id=id, state="GIVEN_UP"))["messages"]["nodes"]
    assert given_up == {
        "id": given_up["id"],
        "state": "GIVEN_UP",
        "type": "segment.left",
        "segmentId": segment,
        "contactIds": [to_global("Contact", 7)],
        "attempts": [{"status": 500, "answer": "no"}],
    }
    assert await told(ask, RESEND_ALL, id=id) == {"count": 1, "errors": []}
    assert await told(ask, RESEND_ALL, id=id) == {"count": 0, "errors": []}
    again = await told(ask, RESEND, id=given_up["id"])
    assert again["message"] == {"id": given_up["id"], "state": "WAITING", "finishedAt": None}
    assert [one["id"] for one in (await told(ask, LOG, id=id))["messages"]["nodes"]] == [tested["id"], given_up["id"]]


async def test_a_test_is_not_sent_to_a_webhook_that_is_off(ask: Ask) -> None:
    id = (await create(ask))["webhook"]["id"]
    await told(ask, UPDATE, input={"id": id, "isEnabled": False})
    assert await told(ask, TEST, id=id) == {"message": None, "errors": [{"code": "NOT_ALLOWED", "path": "input.id"}]}


@pytest.mark.parametrize("text", [DELETE, ROTATE, TEST, RESEND, RESEND_ALL], ids=range(5))
async def test_webhooks_are_their_workspace_s_alone(
    ask: Ask, ask_as: Callable[[str], Ask], make_workspace: WorkspaceMaker, text: str
) -> None:
    id = (await create(ask))["webhook"]["id"]
    message = (await told(ask, TEST, id=id))["message"]["id"]
    other = ask_as(await create_token(await make_workspace(), "other", ["admin"]))
    answer = await told(other, text, id=message if text == RESEND else id)
    assert [error["code"] for error in answer["errors"]] == ["NOT_FOUND"]
    assert [one["id"] for one in await told(ask, "{ webhooks { id } }")] == [id]


@pytest.mark.parametrize(
    "text",
    [
        "{ webhooks { id } }",
        '{ webhook(id: "x") { id } }',
        f'{{ node(id: "{to_global("WebhookMessage", 1)}") {{ id }} }}',
    ],
    ids=["list", "one", "node"],
)
async def test_only_admins_see_webhooks(ask_as: Callable[[str], Ask], workspace: int, text: str) -> None:
    reader = ask_as(await create_token(workspace, "reader", ["read", "write", "import", "export"]))
    assert (await reader(text))["errors"][0]["extensions"]["code"] == "FORBIDDEN"
