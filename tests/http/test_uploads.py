"""Files on their way in: as a body or in a form, whole, broken and too large."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.http import imports
from app.queries.connections import connection
from tests.http.importing import FILE, codes, finished, folder, token
from tests.transfer.files.test_uploads import files_of_at_most

__all__ = ["folder", "token"]

BOUNDARY = "----7MA4YWxkTrZu0gW"
FORM = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}


def part(name: str, content: bytes, filename: str | None = None) -> bytes:
    """One part of a form."""
    called = f'; filename="{filename}"' if filename is not None else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{called}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def form(*parts: bytes) -> bytes:
    """A whole form."""
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


BEFORE = part("status", b"active") + part("consent", "at the tíll".encode())
AFTER = part("mapping", b'{"city": null}') + part("dryRun", b"yes")
WHOLE = form(BEFORE, part("file", FILE, "people.csv"), AFTER)


async def in_pieces(content: bytes, size: int) -> AsyncIterator[bytes]:
    for place in range(0, len(content), size):
        yield content[place : place + size]


async def cancel(client: httpx.AsyncClient, report: dict[str, Any], files: Path) -> None:
    """Let nothing stay of an import that was only looked at."""
    await client.post(f"/imports/{report['id']}/cancel")
    async with connection() as borrowed:
        stored = await borrowed.fetchval("SELECT stored FROM file_import ORDER BY id DESC LIMIT 1")
    (files / stored).unlink()


@pytest.mark.parametrize("size", [1, 2, 7, 64, 100_000])
async def test_a_forms_fields_may_stand_before_and_after_its_file(
    client: httpx.AsyncClient, folder: Path, size: int
) -> None:
    answer = await client.post("/imports", content=in_pieces(WHOLE, size), headers=FORM)
    assert answer.status_code == 202
    report = answer.json()
    assert (report["status"], report["consent"], report["name"]) == ("ACTIVE", "at the tíll", "people.csv")
    done = await finished(client, folder, report["id"])
    assert (done["state"], done["newFields"], done["rows"]) == ("CHECKED", [], 2)
    await client.post(f"/imports/{report['id']}/start")
    await finished(client, folder, report["id"])


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        (part("file", FILE), "file"),
        (part("upload", FILE, "a.csv"), "a.csv"),
        (part("file", FILE, "C:\\Users\\ani\\b.csv"), "b.csv"),
        (part("file", FILE, "../../etc/passwd"), "passwd"),
        (part("file", FILE, "anggota é.csv"), "anggota é.csv"),
        (part("file", FILE, "x" * 300 + ".csv"), "x" * 196 + ".csv"),
        (part("file", FILE, "..") + part("name", b"own.csv"), "own.csv"),
        (part("file", FILE, "a\x07b.csv"), "ab.csv"),
    ],
)
async def test_a_file_has_a_name(client: httpx.AsyncClient, folder: Path, sent: bytes, named: str) -> None:
    report = (await client.post("/imports", content=form(sent), headers=FORM)).json()
    assert report["name"] == named
    assert "/" not in report["name"]
    assert len(report["name"]) <= 200
    await cancel(client, report, folder)


TWO = form(part("file", FILE, "a.csv"), part("other", FILE, "b.csv"))
BROKEN: dict[str, tuple[bytes, dict[str, str], int, str]] = {
    "nothing": (b"", {}, 400, "REQUIRED"),
    "an empty file": (form(part("file", b"", "a.csv")), FORM, 400, "REQUIRED"),
    "no file": (form(BEFORE), FORM, 400, "REQUIRED"),
    "two files": (TWO, FORM, 400, "NOT_ALLOWED"),
    "no boundary": (WHOLE, {"content-type": "multipart/form-data"}, 400, "INVALID_TEXT"),
    "another boundary": (WHOLE, {"content-type": "multipart/form-data; boundary=x"}, 400, "INVALID_TEXT"),
    "a long boundary": (WHOLE, {"content-type": f"multipart/form-data; boundary={'x' * 257}"}, 400, "INVALID_TEXT"),
    "a long kind": (WHOLE, {"content-type": FORM["content-type"] + "; x=" * 1_000}, 400, "TOO_LONG"),
    "no end": (WHOLE[:-8], FORM, 400, "INVALID_TEXT"),
    "half a file": (WHOLE[: WHOLE.index(b"VIP")], FORM, 400, "INVALID_TEXT"),
    "half a head": (WHOLE[:30], FORM, 400, "INVALID_TEXT"),
    "no form": (FILE, FORM, 400, "INVALID_TEXT"),
    "an empty form": (b"", FORM, 400, "INVALID_TEXT"),
    "a long field": (form(part("consent", b"x" * 1_000_001), part("file", FILE)), FORM, 413, "TOO_LARGE"),
    "long fields": (form(*[part(f"f{n}", b"x" * 200_000) for n in range(6)]), FORM, 413, "TOO_LARGE"),
    "many fields": (form(*[part(f"f{n}" + "x" * 900, b"") for n in range(1_100)]), FORM, 413, "TOO_LARGE"),
    "a long head": (part("x" * 100_000, b""), FORM, 400, "INVALID_TEXT"),
}


@pytest.mark.parametrize(("content", "headers", "status", "code"), BROKEN.values(), ids=BROKEN)
async def test_a_broken_upload_is_told_and_leaves_nothing(
    client: httpx.AsyncClient, folder: Path, content: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    answer = await client.post("/imports", content=in_pieces(content, 50_000), headers=headers)
    assert (answer.status_code, [told for told, _ in codes(answer)]) == (status, [code])


async def test_a_body_that_calls_itself_a_form_of_another_kind_is_a_file(
    client: httpx.AsyncClient, folder: Path
) -> None:
    answer = await client.post(
        "/imports", content=FILE, headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code == 202
    await cancel(client, answer.json(), folder)


@pytest.mark.parametrize("is_form", [False, True])
async def test_a_file_over_the_limit_is_refused(
    client: httpx.AsyncClient, folder: Path, monkeypatch: pytest.MonkeyPatch, is_form: bool
) -> None:
    monkeypatch.setattr(imports, "LARGEST_FILE", 100_000)
    content = form(part("file", b"x" * 100_001)) if is_form else b"x" * 100_001
    answer = await client.post("/imports", content=in_pieces(content, 1_000), headers=FORM if is_form else {})
    assert (answer.status_code, codes(answer)) == (413, [("TOO_LARGE", "file")])


async def test_a_full_disk_is_told_and_leaves_nothing(client: httpx.AsyncClient, folder: Path) -> None:
    with files_of_at_most(1_000_000):
        answer = await client.post("/imports", content=in_pieces(b"x" * 3_000_000, 100_000))
    assert (answer.status_code, codes(answer)) == (507, [("NO_ROOM", "file")])
