"""What the README shows of second sight is what the demo answers."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.queries.tokens import create_token
from app.transfer.demo.filling import ensure_demo
from tests.graphql.conftest import Ask

README = (Path(__file__).parents[2] / "README.md").read_text()
SECTION = README.partition("## Second sight\n")[2].partition("\n## ")[0]
QUERIES = re.findall(r"```graphql\n(.+?)```", SECTION, re.DOTALL)
ANSWERS = [json.loads(shown) for shown in re.findall(r"```json\n(.+?)```", SECTION, re.DOTALL)]
FIND = "query ($email: String) { contact(email: $email) { id } }"
EXPLAINED = "endah.nasution216@example.com"


async def test_readme_shows_what_the_demo_answers(ask_as: Callable[[str], Ask]) -> None:
    workspace = await ensure_demo(name="As in the README")
    ask = ask_as(await create_token(workspace.id, "test", ["read"]))
    broken_down = await ask(QUERIES[0])
    assert broken_down["data"]["previewSegment"]["breakdown"] == ANSWERS[0]
    contact = (await ask(FIND, email=EXPLAINED))["data"]["contact"]["id"]
    explained = await ask(re.sub(r'(?<=contactId: )"\w+="', f'"{contact}"', QUERIES[1]))
    assert [_timeless(node) for node in explained["data"]["segments"]["nodes"]] == [_timeless(ANSWERS[1])]


def _timeless(shown: dict[str, Any]) -> str:
    """An answer as it is on any day."""
    return re.sub(r"\d{4}-\d{2}-\d{2}|\b2[3-5] days ago", "…", json.dumps(shown))
