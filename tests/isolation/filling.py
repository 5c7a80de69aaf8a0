"""Twin data: two workspaces get the same, down to names and addresses, but for their words and secrets."""

from itertools import count
from typing import Any

import orjson

from app.graphql.repeats import HEADER
from tests.isolation.tenant import Tenant

_ID = "{ id }"
_numbers = count(1)


async def fill(tenant: Tenant) -> None:
    """Everything that a workspace can have, in every state; may be done again and adds more then."""
    number = next(_numbers)
    await _fill_catalog(tenant, number)
    people = await _fill_contacts(tenant, number)
    await _fill_segments(tenant, number, people)
    await _fill_imports(tenant, number)
    await _fill_exports(tenant)
    await _fill_answers(tenant, number)
    await _fill_webhooks(tenant, number)


def _words(tenant: Tenant, *texts: str) -> None:
    tenant.pool.texts += [text for text in texts if text not in tenant.pool.texts]


async def _fill_catalog(tenant: Tenant, number: int) -> None:
    for name in (f"{tenant.word} label {number}", f"{tenant.secret} label {number}", f"VIP {number}"):
        await tenant.do("createLabel", "CreateLabelInput", f"label {_ID}", name=name)
    gone = await tenant.do("createLabel", "CreateLabelInput", f"label {_ID}", name=f"{tenant.word} old {number}")
    await tenant.do("archiveLabel", "LabelIdInput", id=gone["label"]["id"])
    for key in (f"{tenant.word}_field_{number}", f"city_{number}"):
        await tenant.do(
            "createField", "CreateFieldInput", f"field {_ID}", name=f"{tenant.secret} {key}", key=key, type="TEXT"
        )
    gone = await tenant.do(
        "createField", "CreateFieldInput", f"field {_ID}", name="Old", key=f"{tenant.word}_old_{number}", type="TEXT"
    )
    await tenant.do("archiveField", "FieldIdInput", id=gone["field"]["id"])
    _words(tenant, f"{tenant.word} label {number}", f"{tenant.word}_field_{number}", f"VIP {number}")


async def _fill_contacts(tenant: Tenant, number: int) -> list[str]:
    usual = {"status": "ACTIVE", "consent": f"{tenant.secret} form", "name": f"{tenant.secret} person"}
    own = f"{tenant.word}{number}@example.com"
    people = []
    for place, email in enumerate((f"ani{number}@example.com", own, f"budi{number}@example.com")):
        made = await tenant.do(
            "createContact",
            "CreateContactInput",
            f"contact {_ID}",
            **usual,
            email=email,
            externalId=f"{tenant.word}-{number}-{place}",
            labels=[f"VIP {number}", f"{tenant.secret} label {number}"],
            fields=[{"key": f"city_{number}", "value": f"{tenant.secret} city"}],
        )
        people.append(made["contact"]["id"])
    for name, event in (("p", None), ("u", "unsubscribeContact"), ("b", "recordBounce")):
        email = f"{name}{number}@example.com"
        made = await tenant.do("createContact", "CreateContactInput", f"contact {_ID}", email=email)
        if event is not None:
            await tenant.do(event, "ContactEventInput", id=made["contact"]["id"], note=tenant.secret)
    listed = f"listed-{tenant.word}{number}@example.com"
    await tenant.do("addToDoNotContact", "AddToDoNotContactInput", emails=[listed], reason=tenant.secret)
    _words(tenant, own, listed, f"ani{number}@example.com", f"{tenant.word}-{number}-0")
    return people


async def _fill_segments(tenant: Tenant, number: int, people: list[str]) -> None:
    async def make(name: str, **how: Any) -> str:
        made = await tenant.do("createSegment", "CreateSegmentInput", f"segment {_ID}", name=name, **how)
        return str(made["segment"]["id"])

    labelled = {"label": {"containsAny": [f"VIP {number}"]}}
    pinned = await make(f"{tenant.word} segment {number}", filter=labelled)
    pins = {"include": people[:1], "exclude": people[1:]}
    await tenant.do("pinSegmentContacts", "PinSegmentContactsInput", id=pinned, **pins)
    edited = await make(f"{tenant.secret} segment {number}", filter=labelled)
    await tenant.do("updateSegment", "UpdateSegmentInput", id=edited, filter={"status": ["ACTIVE"]})
    await make(f"Frequent {number}", kind="STATIC", contactIds=people)
    await make(f"Frozen {number}", kind="SNAPSHOT", filter=labelled)
    gone = await make(f"Gone {number}", filter=labelled)
    await tenant.do("deleteSegment", "SegmentIdInput", id=gone)
    _words(tenant, f"{tenant.word} segment {number}", f"Frequent {number}")


async def _fill_imports(tenant: Tenant, number: int) -> None:
    rows = [f"i{number}{one}@example.com,{tenant.secret},VIP {number}" for one in range(3)]
    refused = [f"{tenant.secret}-{one},{tenant.secret},VIP {number}" for one in range(2)]
    file = "\n".join([f"email,city_{number},tags", *rows, f"ani{number}@example.com,x,", *refused]).encode()
    for dry_run in ("true", "true", "true", "", ""):
        await _post(tenant, "/imports", params={"name": f"{tenant.word}.csv", "dryRun": dry_run}, content=file)
    await tenant.work()
    for _ in range(2):
        await _post(tenant, "/imports", params={"name": f"{tenant.word}.csv"}, content=file)
    _words(tenant, f"{tenant.word}.csv")


async def _fill_exports(tenant: Tenant) -> None:
    for _ in range(3):
        await _post(tenant, "/exports", json={"everyone": True, "format": "csv"})
    await tenant.work()
    await _post(tenant, "/exports", json={"everyone": True, "format": "ndjson"})


async def _fill_answers(tenant: Tenant, number: int) -> None:
    key = f"{tenant.word} key {number}"
    item = {"email": f"up{number}@example.com", "name": tenant.secret}
    await tenant.do(
        "bulkUpsertContacts", "BulkUpsertContactsInput", "results { contactId }", items=[item], idempotencyKey=key
    )
    header = f"{tenant.word} header {number}"
    listed = f'{{emails: ["h{number}@example.com"], reason: "asked"}}'
    query = f"mutation {{ addToDoNotContact(input: {listed}) {{ errors {{ message }} }} }}"
    answer = await tenant.send("POST", "/graphql", json={"query": query}, headers={HEADER: header})
    assert answer.json()["data"]["addToDoNotContact"] == {"errors": []}, answer.text
    _words(tenant, key, header)


async def _fill_webhooks(tenant: Tenant, number: int) -> None:
    url = f"https://{tenant.word}.example.invalid/{number}"
    for name in (f"{tenant.word} hook {number}", f"{tenant.secret} hook {number}"):
        made = await tenant.do(
            "createWebhook", "CreateWebhookInput", f"webhook {_ID}", name=name, url=url, types=["STATUS_CHANGED"]
        )
        await tenant.do("sendTestWebhook", "WebhookIdInput", f"message {_ID}", id=made["webhook"]["id"])
    await tenant.do("deleteWebhook", "WebhookIdInput", id=made["webhook"]["id"])
    _words(tenant, url, f"{tenant.word} hook {number}")


async def _post(tenant: Tenant, path: str, **how: Any) -> None:
    answer = await tenant.send("POST", path, **how)
    assert answer.status_code == 202, answer.text
    tenant.pool.learn(orjson.loads(answer.content))
