"""Values, labels, estimates and forecasts as they are asked for."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, validate

from app.filters.ids import to_global
from app.graphql.schema import schema
from tests.graphql.conftest import Ask
from tests.graphql.live_story import INACTIVE, Story

FIELD = """query ($key: String!, $filter: FilterInput) { fieldInsight(key: $key, filter: $filter) {
  field { key } filled empty distinct values { value contacts }
  range { least greatest quantiles { percent value } histogram { from to contacts } } } }"""
LABELS = """query ($filter: FilterInput, $label: ID) { labelInsight(filter: $filter, label: $label) {
  contacts labelled unlabelled labels { label { name } contacts } } }"""
SUGGESTIONS = """query ($key: String!, $prefix: String!, $filter: FilterInput, $first: Int! = 10) {
  valueSuggestions(key: $key, prefix: $prefix, filter: $filter, first: $first) { value contacts } }"""
FORECAST = """query ($filter: FilterInput!, $at: [DateTime!], $from: DateTime, $every: ForecastStep! = DAY, $points: Int! = 3) {
  previewSegment(filter: $filter) {
    forecast(at: $at) { at count } forecastSeries(from: $from, every: $every, points: $points) { at count } } }"""
ESTIMATE = """query ($filter: FilterInput!) { previewSegment(filter: $filter) {
  count estimated: count(mode: ESTIMATE) estimate { count low high sampled of } } }"""
FIELDS = {
    "city": ("TEXT", []),
    "plan": ("CHOICE", ["Free", "Plus", "Business"]),
    "member": ("BOOLEAN", []),
    "spend": ("NUMBER", []),
    "seen": ("DATETIME", []),
}
PEOPLE: tuple[dict[str, Any], ...] = (
    {"city": "Jakarta", "plan": "plus", "member": True, "spend": "0.5", "last_purchase": "2026-01-10"},
    {"city": "jakarta", "plan": "Plus", "spend": 12, "last_purchase": "2026-01-20", "seen": "2026-01-31T09:30:00Z"},
    {"city": "Jakarta", "spend": "99999999999999999999", "last_purchase": "2026-02-28"},
    {"city": "Bandung"},
    {},
)


@pytest.fixture
async def story(ask: Ask, workspace: int) -> Story:
    """Five people with a few fields and labels."""
    story = Story(ask, workspace)
    await story.furnish()
    await story.do("createLabel", "CreateLabelInput", "label { id }", name="Student")
    for key, (type, options) in FIELDS.items():
        await story.do(
            "createField", "CreateFieldInput", "field { id }", key=key, name=key.title(), type=type, options=options
        )
    for number, values in enumerate(PEOPLE):
        fields = [{"key": key, "value": value} for key, value in values.items()]
        labels = ["VIP", "Student"][: max(2 - number, 0)]
        await story.contact(f"ani{number}", fields=fields, labels=labels)
    return story


@pytest.mark.parametrize(
    ("key", "counts", "values"),
    [
        ("city", (4, 1, 2), [("Jakarta", 3), ("Bandung", 1)]),
        ("plan", (2, 3, 1), [("Plus", 2), ("Free", 0), ("Business", 0)]),
        ("member", (1, 4, 1), [(True, 1), (False, 0)]),
        ("email", (5, 0, 5), [(f"ani{number}@example.com", 1) for number in range(5)]),
        ("source", (0, 5, 0), []),
    ],
    ids=["text", "choice", "boolean", "address", "nothing"],
)
async def test_values_of_a_field(story: Story, key: str, counts: tuple[int, ...], values: list[Any]) -> None:
    found = (await story.data(FIELD, key=key))["fieldInsight"]
    assert (found["filled"], found["empty"], found["distinct"]) == counts
    assert [(each["value"], each["contacts"]) for each in found["values"]] == values
    assert (found["field"]["key"], found["range"]) == (key, None)


@pytest.mark.parametrize(
    ("key", "least", "greatest", "median", "buckets"),
    [
        ("spend", 0.5, "99999999999999999999", 12, 21),
        ("last_purchase", "2026-01-10", "2026-02-28", "2026-01-20", 50),
        ("seen", "2026-01-31T09:00:00+00:00", "2026-01-31T09:00:00+00:00", "2026-01-31T09:00:00+00:00", 1),
    ],
    ids=["number", "date", "moment"],
)
async def test_range_of_a_field(story: Story, key: str, least: Any, greatest: Any, median: Any, buckets: int) -> None:
    found = (await story.data(FIELD, key=key))["fieldInsight"]
    spread = found["range"]
    assert (spread["least"], spread["greatest"], spread["quantiles"][2]["value"]) == (least, greatest, median)
    assert len(spread["histogram"]) == buckets
    assert sum(bucket["contacts"] for bucket in spread["histogram"]) == found["filled"]
    assert found["values"] == []


async def test_insight_within_a_filter(story: Story) -> None:
    bandung = {"field": {"key": "city", "test": {"matches": "Bandung"}}}
    found = (await story.data(FIELD, key="city", filter=bandung))["fieldInsight"]
    assert (found["filled"], found["values"]) == (1, [{"value": "Bandung", "contacts": 1}])
    labels = (await story.data(LABELS, filter=bandung))["labelInsight"]
    assert (labels["contacts"], labels["labelled"]) == (1, 0)


async def test_labels_with_a_label(story: Story, workspace: int) -> None:
    every = (await story.data(LABELS))["labelInsight"]
    assert (every["contacts"], every["labelled"], every["unlabelled"]) == (5, 2, 3)
    assert [(each["label"]["name"], each["contacts"]) for each in every["labels"]] == [("VIP", 2), ("Student", 1)]
    labels = (await story.data("{ labels { id name } }"))["labels"]
    student = next(label["id"] for label in labels if label["name"] == "Student")
    together = (await story.data(LABELS, label=student))["labelInsight"]
    assert [(each["label"]["name"], each["contacts"]) for each in together["labels"]] == [("VIP", 1), ("Student", 1)]


@pytest.mark.parametrize(
    ("key", "prefix", "expected"),
    [
        ("city", "", ["Jakarta", "Bandung"]),
        ("city", "JA", ["Jakarta"]),
        ("city", "%", []),
        ("plan", "pl", ["Plus"]),
        ("email", "Ani3", ["ani3@example.com"]),
        ("name", "ani", [f"ani{number}" for number in range(5)]),
    ],
)
async def test_values_begin_as_typed(story: Story, key: str, prefix: str, expected: list[str]) -> None:
    found = (await story.data(SUGGESTIONS, key=key, prefix=prefix))["valueSuggestions"]
    assert [each["value"] for each in found] == expected


async def test_as_many_values_as_asked(story: Story) -> None:
    found = (await story.data(SUGGESTIONS, key="name", prefix="ani", first=2))["valueSuggestions"]
    assert [each["value"] for each in found] == ["ani0", "ani1"]


async def test_small_workspace_is_counted(story: Story) -> None:
    found = await story.data(ESTIMATE, filter={"field": {"key": "city", "test": {"contains": "jak"}}})
    exact = {"count": 3, "low": 3, "high": 3, "sampled": 5, "of": 5}
    assert found["previewSegment"] == {"count": 3, "estimated": 3, "estimate": exact}


async def test_ready_segment_is_told_as_kept(story: Story) -> None:
    await story.segment()
    await story.live()
    await story.execute("UPDATE live_segment SET members = 41 WHERE workspace_id = $1")
    query = "{ segments { nodes { count estimated: count(mode: ESTIMATE) estimate { count low high } } } }"
    found = (await story.data(query))["segments"]["nodes"][0]
    assert found == {"count": 41, "estimated": 41, "estimate": {"count": 41, "low": 41, "high": 41}}


async def test_forecast_agrees_with_previews(story: Story) -> None:
    ats = ["2026-02-09T12:00:00+07:00", "2026-03-05T12:00:00+07:00", "2026-04-01T12:00:00+07:00"]
    found = await story.data(FORECAST, filter=INACTIVE, at=ats)
    counts = [point["count"] for point in found["previewSegment"]["forecast"]]
    preview = "query ($filter: FilterInput!, $at: DateTime) { previewSegment(filter: $filter, at: $at) { count } }"
    expected = [(await story.data(preview, filter=INACTIVE, at=at))["previewSegment"]["count"] for at in ats]
    assert counts == expected == [0, 2, 3]


async def test_series_goes_on_by_the_calendar(story: Story) -> None:
    start = {"from": "2026-01-31T00:00:00", "every": "MONTH", "points": 3}
    series = (await story.data(FORECAST, filter=INACTIVE, **start))["previewSegment"]["forecastSeries"]
    days = [datetime.fromisoformat(point["at"]).astimezone(UTC) + timedelta(hours=7) for point in series]
    assert [day.date().isoformat() for day in days] == ["2026-01-31", "2026-02-28", "2026-03-31"]
    assert [point["count"] for point in series] == [0, 2, 3]


async def test_days_are_forecast_as_they_begin(story: Story) -> None:
    days, midnights = ["2026-02-09", "2026-03-31"], ["2026-02-09T00:00:00", "2026-03-31T00:00:00"]
    asked = [{"at": days, "from": days[0]}, {"at": midnights, "from": midnights[0]}]
    of_days, of_midnights = [
        (await story.data(FORECAST, filter=INACTIVE, **each))["previewSegment"] for each in asked
    ]
    assert of_days == of_midnights
    assert [point["at"] for point in of_days["forecast"]] == [
        "2026-02-08T17:00:00+00:00",
        "2026-03-30T17:00:00+00:00",
    ]


async def test_the_first_and_the_last_day_are_forecast(story: Story) -> None:
    found = (await story.data(FORECAST, filter=INACTIVE, at=["0001-01-01", "9999-12-31"]))["previewSegment"]
    assert [point["count"] for point in found["forecast"]] == [0, 3]


VALUES: dict[str, Any] = {"filter": INACTIVE}


@pytest.mark.parametrize(
    ("query", "variables", "code", "path"),
    [
        (FIELD, {"key": "citty"}, "UNKNOWN_FIELD", "key"),
        (FIELD, {"key": "city", "filter": {"and": []}}, "EMPTY_GROUP", "filter.and"),
        (LABELS, {"label": to_global("Label", 10**9)}, "UNKNOWN_LABEL", "label"),
        (SUGGESTIONS, {"key": "spend", "prefix": "1"}, "OPERATOR_NOT_FOR_TYPE", "key"),
        (SUGGESTIONS, {"key": "city", "prefix": "a" * 1_001}, "TOO_LONG", "prefix"),
        (SUGGESTIONS, {"key": "city", "prefix": "a", "first": 101}, "TOO_MANY_VALUES", "first"),
        (FORECAST, VALUES | {"at": []}, "INVALID_NUMBER", "at"),
        (FORECAST, VALUES | {"at": ["2026-01-31T09:30:00"] * 101}, "TOO_MANY_VALUES", "at"),
        (FORECAST, VALUES | {"at": ["2026-01-31T09:30:00", "soon"]}, "INVALID_DATE", "at[1]"),
        (FORECAST, VALUES | {"from": "soon"}, "INVALID_DATE", "from"),
        (FORECAST, VALUES | {"from": "9999-12-31"}, "INVALID_DATE", "points"),
        (FORECAST, VALUES | {"at": ["2026-02-30"]}, "INVALID_DATE", "at[0]"),
        (FORECAST, VALUES | {"points": 101}, "TOO_MANY_VALUES", "points"),
        (FORECAST, VALUES | {"from": "9998-12-31T12:00:00Z", "every": "MONTH"}, "INVALID_DATE", "points"),
    ],
    ids=lambda each: None,
)
async def test_what_is_wrong_is_told(
    story: Story, query: str, variables: dict[str, Any], code: str, path: str
) -> None:
    answer = await story.ask(query, **variables)
    problem = answer["errors"][0]["extensions"]["problems"][0]
    assert (problem["code"], problem["path"]) == (code, path)


EXAMPLES = re.findall(
    r"```graphql\n(.+?)```", (Path(__file__).parents[2] / "docs" / "insight.md").read_text(), re.DOTALL
)


@pytest.mark.parametrize("place", range(5))
def test_documented_example_is_valid(place: int) -> None:
    assert validate(schema._schema, parse(EXAMPLES[place])) == []
