"""GraphiQL in a real browser that reaches nothing but this machine: it loads, and every tab of its story runs."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import go_without
from tests.clients.node import Node

pytestmark = pytest.mark.clients
STORIES = Path(__file__).parents[2] / "app" / "graphql" / "page" / "stories"
MISTAKES = "06-a-filter-with-mistakes"


@pytest.fixture
def chromium() -> str:
    """The path of Chromium."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        go_without("no Chromium: install Debian's package chromium")
    return found


def test_every_tab_runs_with_the_network_cut(node: Node, chromium: str, tmp_path: Path) -> None:
    shots = os.environ.get("PILAH_SHOTS", str(tmp_path))
    seen = node.told("scripts/graphiql.mjs", CHROMIUM=chromium, STORIES=str(STORIES), SHOTS=shots)
    assert (seen["elsewhere"], seen["complaints"]) == ([], [])
    names = sorted(story.stem for story in STORIES.glob("*.graphql"))
    answers = dict(zip(names, seen["answers"], strict=True))
    assert [name for name, answer in answers.items() if "errors" in answer] == [MISTAKES]
    assert len(answers[MISTAKES]["errors"][0]["extensions"]["problems"]) == 3
    assert answers["09-follow-an-import"]["data"]["importProgress"]["state"] == "DONE"
    (entered,) = answers["12-follow-segments"]["data"]["segmentChanges"]["entered"]
    assert entered["sentence"] == "Label VIP was added"
    assert answers["14-who-came-and-why"]["data"]["segments"]["nodes"][0]["live"]["state"] == "READY"
    over_time = answers["15-a-segment-over-time"]["data"]["segments"]["nodes"][0]
    assert over_time["history"][-1]["total"] == over_time["membersAt"]["count"] > 0
    _saw_second_sight({name[3:]: answer["data"] for name, answer in answers.items() if name > "16"})
    assert answers["04-page-through-contacts"]["data"]["segment"]["count"] > 0
    assert all((Path(shots) / f"{name}.png").stat().st_size > 10_000 for name in names)


def _saw_second_sight(told: dict[str, Any]) -> None:
    """What the later tabs of the story promise is in their answers."""
    breakdown = told["which-condition-counts"]["previewSegment"]["breakdown"]
    assert [node["path"] for node in breakdown if node["addsNobody"]] == ["filter.and[1].or[1]"]
    explained = told["why-is-she-in"]["previewSegment"]
    assert (explained["endah"]["isIn"], explained["yuni"]["isIn"]) == (True, False)
    assert explained["endah"]["changesAt"]
    days = [point["count"] for point in told["how-many-next-month"]["previewSegment"]["days"]]
    assert days == sorted(days)
    assert days[0] < days[-1]
    codes = {name: [each["code"] for each in shown["advice"]] for name, shown in told["advice"].items()}
    assert {"NAME_DISAGREES", "NOT_SENDABLE", "REMOVES_NOBODY", "ADDS_NOBODY"} < set(codes["previewSegment"])
    assert codes["impossible"][0] == "CONTRADICTORY"
    assert {"TOO_BROAD", "NAME_SAYS_NOTHING"} < set(codes["nearlyAll"])
    assert told["what-if"]["segments"]["nodes"][0]["whatIf"]["leaving"]["samples"]
    edited = told["edit-and-be-told"]["updateSegment"]["segment"]["advice"]
    assert edited[0]["suggestedName"] == "Inactive Buyers > 60 Days"
    assert told["what-was-edited"]["segment"]["compareVersions"]["leaving"]["count"] > 0
    assert told["go-back"]["revertSegment"]["segment"]["summary"] == "Last Purchase is more than 30 days ago"
    regions = told["how-they-overlap"]["overlap"]["regions"]
    (region,) = [each for each in regions if each["inside"] == [0, 1]]
    assert told["save-a-region"]["createSegment"]["segment"]["count"] == region["count"] > 0
    assert told["pin-contacts"]["pinSegmentContacts"]["segment"]["pinCounts"] == {"included": 2, "excluded": 1}
    (by_hand,) = told["why-by-hand"]["segments"]["nodes"]
    assert (by_hand["hana"]["isIn"], by_hand["endah"]["isIn"]) == (True, False)
    meant = {
        name: node["holds"]
        for name in ("hana", "endah")
        for node in by_hand[name]["nodes"]
        if node["path"] == "filter"
    }
    assert meant == {"hana": False, "endah": True}
