"""The pages on second sight and insight can be repeated on a fresh demo: their examples run and answer as shown."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.filters.ids import from_global, to_global
from app.queries.tokens import create_token
from app.transfer.demo.filling import ensure_demo
from tests.graphql.conftest import Ask

FOLDER = Path(__file__).parents[2] / "docs"
SIGHT = (FOLDER / "second-sight.md").read_text()
INSIGHT = (FOLDER / "insight.md").read_text()
OLDEST = """{ contacts(last: 1) { nodes { id } } segments(search: "Contacts in Jakarta") { nodes { id } } }"""
Told = dict[str, Any]


async def test_second_sight_is_told_as_shown(ask_as: Callable[[str], Ask]) -> None:
    told = await _told(ask_as, "As second sight is shown", SIGHT)
    _shows_nodes("Breakdown", told["Breakdown"][0]["previewSegment"]["breakdown"][1:])
    _shows_explanation(told["Explanation"][0])
    what_if = told["What if"][0]["segment"]["whatIf"]
    leaving, staying = what_if["leaving"], what_if["staying"]
    sentence = (
        f"{leaving['count']:,} would leave, {leaving['sendableCount']:,} of them sendable; {staying['count']:,}"
    )
    assert f"{sentence} would stay." in SIGHT
    _shows_regions(told["Overlap"])
    _shows_advice(told["Advice"][0]["previewSegment"]["advice"])
    _shows_versions(told["Versions"])
    pinned, by_hand = told["Pins"]
    assert pinned["pinSegmentContacts"]["segment"]["pinCounts"] == {"included": 2, "excluded": 1}
    _shows_nodes("Pins", by_hand["segment"]["breakdown"])
    assert by_hand["segment"]["explain"]["pin"]["kind"] == "INCLUDED"


async def test_insight_is_told_as_shown(ask_as: Callable[[str], Ask]) -> None:
    told = await _told(ask_as, "As insight is shown", INSIGHT)
    cities, typed, labels = told["What values there are"]
    assert cities["fieldInsight"]["distinct"] > len(typed["valueSuggestions"]) == 5
    assert {each["value"][:2] for each in typed["valueSuggestions"]} == {"Ja"}
    assert labels["labelInsight"]["labelled"] > 0
    assert told["About how many"][0]["previewSegment"]["estimate"]["sampled"] == 20_000
    forecast = told["As time goes on"][0]["previewSegment"]
    assert (len(forecast["forecast"]), len(forecast["forecastSeries"])) == (2, 30)


async def _told(ask_as: Callable[[str], Ask], workspace: str, page: str) -> dict[str, list[Told]]:
    """What a demo of this name answers to a page's examples, one after the other, by section."""
    made = await ensure_demo(name=workspace)
    ask = ask_as(await create_token(made.id, "test", ["admin"]))
    oldest = (await ask(OLDEST))["data"]
    first = dict(_known(connection["nodes"][0]["id"]) for connection in oldest.values())
    told: dict[str, list[Told]] = {}
    for title, text in re.findall(r"^## (.+?)\n(.+?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE):
        for example in re.findall(r"```graphql\n(.+?)```", text, re.DOTALL):
            told.setdefault(title, []).append(await _answer(ask, _as_here(example, first)))
    return told


async def _answer(ask: Ask, example: str) -> Told:
    answer = await ask(example)
    assert "errors" not in answer, (example, answer)
    data: Told = answer["data"]
    assert not any(payload["errors"] for payload in data.values() if "errors" in payload), (example, answer)
    return data


def _as_here(example: str, first: dict[str, int]) -> str:
    """An example with the ids that things have in this database, where others came before."""

    def here(found: re.Match[str]) -> str:
        known = from_global(found[1])
        return f'"{to_global(known[0], first[known[0]] + known[1] - 1)}"' if known else found[0]

    return re.sub(r'"(\w+=*)"', here, example)


def _known(id: str) -> tuple[str, int]:
    found = from_global(id)
    assert found is not None
    return found


def _section(title: str) -> str:
    return SIGHT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def _shows_nodes(title: str, nodes: list[Told]) -> None:
    text = _section(title)
    for node in nodes:
        cells = f"| `{node['path']}` {node['summary']} | {node['count']:,} | {node['remaining']:,} | "
        assert cells in text
        done = text.partition(cells)[2].partition(" |")[0]
        amounts = {"removes": node["removed"], "adds": node["added"]}
        if does := re.match(r"(removes|adds) ([\d,]+)$", done):
            assert f"{amounts[does[1]]:,}" == does[2]
    assert len(re.findall(r"^\| `", text, re.MULTILINE)) - text.count(" … |") == len(nodes)


def _shows_explanation(told: Told) -> None:
    assert told["contact"]["id"]
    shown = re.findall(r"```json\n(.+?)```", _section("Explanation"), re.DOTALL)
    assert [_timeless(json.loads(each)) for each in shown] == [_timeless(told["previewSegment"]["explain"])]


def _timeless(answer: Told) -> str:
    """An answer as it is on any day."""
    return re.sub(r"\d{4}-\d{2}-\d{2}|\b2[3-5] days ago|T1[67]:00:00", "…", json.dumps(answer))


def _shows_regions(told: list[Told]) -> None:
    overlap, saved = told
    regions = overlap["overlap"]["regions"]
    for region in regions:
        places = ", ".join(map(str, region["inside"]))
        row = f"| {places} | {region['summary']} | {region['count']:,} | {region['sendableCount']:,} |"
        assert row in _section("Overlap")
    assert saved["createSegment"]["segment"]["count"] == regions[1]["count"]


def _shows_advice(advice: list[Told]) -> None:
    shown = re.findall(r"^\| `(\w+)` \| (.+?\.) \|", _section("Advice"), re.MULTILINE)
    told = [(piece["code"], piece["message"]) for piece in advice]
    assert [(code, _numberless(message)) for code, message in shown] == [
        (code, _numberless(message)) for code, message in told
    ]


def _numberless(message: str) -> str:
    """A message without the counts that move with the day."""
    return re.sub(r"\b\d[\d,]*\b(?! days|\.)", "…", message)


def _shows_versions(told: list[Told]) -> None:
    edited, listed, compared, reverted = told
    assert edited["updateSegment"]["segment"]["currentVersion"] == 2
    assert [version["number"] for version in listed["segment"]["versions"]["nodes"]] == [2, 1]
    comparison = compared["segment"]["compareVersions"]
    assert "| `CHANGED` | {} |".format(comparison["differences"][1]["sentence"]) in SIGHT
    assert comparison["leaving"]["count"] > comparison["entering"]["count"] == 0
    assert reverted["revertSegment"]["segment"]["currentVersion"] == 3
