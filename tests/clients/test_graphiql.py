"""GraphiQL in a real browser that reaches nothing but this machine: it loads, and every tab of its story runs."""

import os
import shutil
from pathlib import Path

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
    assert answers["15-a-segment-over-time"]["data"]["segments"]["nodes"][0]["history"][-1]["total"] > 0
    assert answers["04-page-through-contacts"]["data"]["segment"]["count"] > 0
    assert all((Path(shots) / f"{name}.png").stat().st_size > 10_000 for name in names)
