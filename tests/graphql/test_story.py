"""The product's story over GraphQL: fields, labels, contacts, a preview, a segment, its pages, its end."""

from typing import Any

from tests.graphql.conftest import Ask

CREATE_CONTACT = """
mutation ($input: CreateContactInput!) {
  createContact(input: $input) {
    contact { id email name status createdAt labels { name } fields { field { key type } value } statusHistory { cause } }
    errors { code message path }
  }
}"""


async def _furnish(ask: Ask) -> None:
    for name, type in (("City", "TEXT"), ("Last Purchase", "DATE"), ("Orders", "NUMBER")):
        made = await ask(
            "mutation ($input: CreateFieldInput!) { createField(input: $input) { field { key } errors { path } } }",
            input={"name": name, "type": type},
        )
        assert made["data"]["createField"]["errors"] == []
    for name in ("VIP", "Frequent Buyers"):
        made = await ask(
            "mutation ($input: CreateLabelInput!) { createLabel(input: $input) { label { name } errors { path } } }",
            input={"name": name},
        )
        assert made["data"]["createLabel"]["label"]["name"] == name


async def _create(ask: Ask, **input: Any) -> dict[str, Any]:
    made = await ask(CREATE_CONTACT, input=input)
    assert made["data"]["createContact"]["errors"] == [], made
    contact: dict[str, Any] = made["data"]["createContact"]["contact"]
    return contact


async def test_the_story_runs_from_end_to_end(ask: Ask) -> None:
    await _furnish(ask)
    ani = await _create(
        ask,
        email="Ani@Example.com",
        name="Ani",
        status="ACTIVE",
        consent="form of 2 May",
        labels=["vip"],
        fields=[{"key": "city", "value": "Jakarta Selatan"}, {"key": "last_purchase", "value": "2020-02-29"}],
    )
    assert ani["labels"] == [{"name": "VIP"}]
    assert {"field": {"key": "city", "type": "TEXT"}, "value": "Jakarta Selatan"} in ani["fields"]
    assert ani["statusHistory"] == [{"cause": "CREATED"}]
    await _create(ask, email="budi@example.com", fields=[{"key": "city", "value": "Bandung"}])

    preview = await ask("""{
      previewSegment(filter: {and: [
        {field: {key: "city", test: {contains: "jakarta"}}},
        {label: {containsAny: ["VIP", "Frequent Buyers"]}}
      ]}) {
        summary count sendableCount statusCounts { active pending unsubscribed hardBounce } advice { code }
        contacts(first: 10) { edges { node { email status fields(keys: ["city", "orders"]) { field { name } value } } } }
      }
    }""")
    found = preview["data"]["previewSegment"]
    assert found["summary"] == 'City contains "jakarta" and has any of the labels VIP, Frequent Buyers'
    assert (found["count"], found["sendableCount"], found["statusCounts"]["active"]) == (1, 1, 1)
    assert found["contacts"]["edges"][0]["node"] == {
        "email": "Ani@Example.com",
        "status": "ACTIVE",
        "fields": [
            {"field": {"name": "City"}, "value": "Jakarta Selatan"},
            {"field": {"name": "Orders"}, "value": None},
        ],
    }

    made = await ask(
        "mutation ($input: CreateSegmentInput!) { createSegment(input: $input) "
        "{ segment { id name count filter summary } errors { code message path } } }",
        input={
            "name": "Inactive Buyers > 30 Days",
            "filter": {"field": {"key": "last_purchase", "test": {"moreThanAgo": {"amount": 30, "unit": "DAY"}}}},
        },
    )
    segment = made["data"]["createSegment"]["segment"]
    assert segment["count"] == 1
    assert segment["filter"] == {
        "field": {"key": "last_purchase", "test": {"moreThanAgo": {"amount": 30, "unit": "DAY"}}}
    }
    edited = await ask(
        "mutation ($input: UpdateSegmentInput!) { updateSegment(input: $input) { segment { name count } errors { code } } }",
        input={
            "id": segment["id"],
            "name": "Not in Jakarta",
            "filter": {"not": {"field": {"key": "city", "test": {"contains": "Jakarta"}}}},
        },
    )
    assert edited["data"]["updateSegment"]["segment"] == {"name": "Not in Jakarta", "count": 1}
    paged = await ask(
        "query ($id: ID!) { segment(id: $id) { contacts(first: 1) { totalCount pageInfo { hasNextPage } "
        "nodes { email segments { name } } } } node(id: $id) { id ... on Segment { name } } }",
        id=segment["id"],
    )
    assert paged["data"]["segment"]["contacts"] == {
        "totalCount": 1,
        "pageInfo": {"hasNextPage": False},
        "nodes": [{"email": "budi@example.com", "segments": [{"name": "Not in Jakarta"}]}],
    }
    deleted = await ask(
        "mutation ($input: SegmentIdInput!) { deleteSegment(input: $input) { deletedId errors { code } } }",
        input={"id": segment["id"]},
    )
    assert deleted["data"]["deleteSegment"] == {"deletedId": segment["id"], "errors": []}
    gone = await ask("query ($id: ID!) { segment(id: $id) { name } }", id=segment["id"])
    assert gone["data"] == {"segment": None}


async def test_every_mistake_in_a_filter_is_told_at_once(ask: Ask) -> None:
    await _furnish(ask)
    answer = await ask("""{
      previewSegment(filter: {or: [
        {field: {key: "citty", test: {contains: "x"}}},
        {not: {label: {containsAny: ["VIPP"]}}},
        {field: {key: "city", test: {atLeast: 3}}}
      ]}) { count }
    }""")
    problems = answer["errors"][0]["extensions"]["problems"]
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert [(problem["code"], problem["path"]) for problem in problems] == [
        ("UNKNOWN_FIELD", "filter.or[0].field.key"),
        ("UNKNOWN_LABEL", "filter.or[1].not.label.containsAny[0]"),
        ("OPERATOR_NOT_FOR_TYPE", "filter.or[2].field.test.atLeast"),
    ]
    assert 'did you mean "city"?' in problems[0]["message"]
