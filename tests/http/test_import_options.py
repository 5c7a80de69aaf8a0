"""What a caller asks of an import: obeyed, or refused with every problem at once."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import orjson
import pytest

from tests.http.importing import FILE, codes, finished, folder, send, token
from tests.transfer.imports.loading import everyone

__all__ = ["folder", "token"]


WRONG: dict[str, tuple[dict[str, str], list[tuple[str, str]]]] = {
    "a mode": ({"mode": "replace"}, [("NOT_ALLOWED", "mode")]),
    "a status": ({"status": "unsubscribed"}, [("NOT_ALLOWED", "status")]),
    "no consent": ({"status": "active"}, [("REQUIRED", "consent")]),
    "a blank consent": ({"status": "active", "consent": " "}, [("REQUIRED", "consent")]),
    "a long consent": (
        {"status": "active", "consent": "x" * 501},
        [("TOO_LONG", "consent")],
    ),
    "a tool": ({"tool": "mailchump"}, [("UNKNOWN_OPTION", "tool")]),
    "an encoding": ({"encoding": "klingon"}, [("INVALID_TEXT", "encoding")]),
    "a dry run": ({"dryRun": "perhaps"}, [("INVALID_BOOLEAN", "dryRun")]),
    "a word": ({"dry_run": "true"}, [("UNKNOWN_OPTION", "dry_run")]),
    "JSON": ({"mapping": "{"}, [("INVALID_TEXT", "mapping")]),
    "a mapping": ({"mapping": "[1]"}, [("ONE_OF", "mapping")]),
    "a deep mapping": ({"mapping": '{"a":' * 1_100 + "1" + "}" * 1_100}, [("INVALID_TEXT", "mapping")]),
    "a less deep one": ({"mapping": '{"to":' * 900 + "1" + "}" * 900}, [("REQUIRED", 'mapping["to"]')]),
    "deep options": ({"mapping": '{"x":' + '{"a":' * 900 + "1" + "}" * 901}, [("UNKNOWN_OPTION", 'mapping["x"]')]),
    "a NUL": ({"mapping": r'{"a\u0000": null}'}, [("INVALID_TEXT", 'mapping["a\x00"]')]),
    "a NUL within": ({"mapping": r'{"x": {"to": "a\u0000"}}'}, [("INVALID_TEXT", 'mapping["x"]')]),
    "a NUL in a word": (
        {"mapping": r'{"x": {"to": "status", "words": {"a\u0000": "PENDING"}}}'},
        [("INVALID_TEXT", 'mapping["x"]')],
    ),
    "a long column": ({"mapping": '{"%s": null}' % ("x" * 1_001)}, [("TOO_LONG", f'mapping["{"x" * 100}"]')]),
    "a field": ({"mapping": '{"x": "citty"}'}, [("UNKNOWN_FIELD", 'mapping["x"]')]),
    "a rule": ({"mapping": '{"x": {"to": "email", "rule": "FILL"}}'}, [("NOT_ALLOWED", 'mapping["x"]')]),
    "a form": ({"mapping": '{"x": {"to": "y", "dates": "DDMM"}}'}, [("UNKNOWN_OPTION", 'mapping["x"]')]),
    "words": ({"mapping": '{"x": {"to": "status", "words": {"a": "GOOD"}}}'}, [("UNKNOWN_OPTION", 'mapping["x"]')]),
    "a refusal": (
        {"mapping": '{"x": {"to": "status", "words": {"Opted-out": "ACTIVE"}}}', "consent": "at the till"},
        [("INVALID_STATUS", 'mapping["x"]')],
    ),
    "words without consent": (
        {"mapping": '{"x": {"to": "status", "words": {"*": "ACTIVE"}}}'},
        [("REQUIRED", "consent")],
    ),
    "a delimiter": ({"delimiter": "x"}, [("INVALID_TEXT", "delimiter")]),
    "two delimiters": ({"delimiter": ",;"}, [("INVALID_TEXT", "delimiter")]),
    "a NUL for a delimiter": ({"delimiter": "\x00"}, [("INVALID_TEXT", "delimiter")]),
    "all of them": (
        {"mode": "x", "status": "y", "tool": "z", "encoding": "k", "dryRun": "q", "mapping": "{", "stauts": "w"},
        [
            ("UNKNOWN_OPTION", "stauts"),
            ("NOT_ALLOWED", "mode"),
            ("NOT_ALLOWED", "status"),
            ("INVALID_TEXT", "mapping"),
            ("INVALID_BOOLEAN", "dryRun"),
            ("UNKNOWN_OPTION", "tool"),
            ("INVALID_TEXT", "encoding"),
        ],
    ),
}


@pytest.mark.parametrize("is_form", [False, True])
@pytest.mark.parametrize(("options", "problems"), WRONG.values(), ids=WRONG)
async def test_wrong_options_are_all_told_at_once(
    client: httpx.AsyncClient,
    folder: Path,
    is_form: bool,
    options: dict[str, str],
    problems: list[tuple[str, str]],
) -> None:
    if is_form:
        answer = await client.post("/imports", data=options, files={"file": ("x.csv", FILE)})
    else:
        answer = await client.post("/imports", params=options, content=FILE)
    assert (answer.status_code, codes(answer)) == (400, problems)


async def test_wrong_options_are_told_before_the_file_is_read(client: httpx.AsyncClient, folder: Path) -> None:
    async def never_read() -> AsyncIterator[bytes]:
        yield FILE
        raise AssertionError

    answer = await client.post("/imports", params={"mode": "x"}, content=never_read())
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"mapping": '{"nix": null}'}, "no column"),
        ({"mapping": '{"city": {"to": "email"}}'}, None),
    ],
)
async def test_what_only_the_file_tells_fails_the_import(
    client: httpx.AsyncClient, folder: Path, options: dict[str, str], sentence: str | None
) -> None:
    done = await finished(client, folder, (await send(client, FILE, **options))["id"])
    assert (done["state"], done["created"]) == (("FAILED", 0) if sentence else ("DONE", 0))
    assert (sentence or "") in (done["problem"] or "")


async def test_a_mapping_is_obeyed(workspace: int, client: httpx.AsyncClient, folder: Path) -> None:
    mapping = orjson.dumps({"city": {"to": "Home town", "type": "TEXT"}, "tags": None}).decode()
    done = await finished(client, folder, (await send(client, mapping=mapping))["id"])
    assert (done["newFields"], done["newLabels"]) == (["home_town"], [])
    assert (await everyone(workspace))["a@example.com"]["fields"] == '{"home_town": "Solo"}'
