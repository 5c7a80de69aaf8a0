"""What stands in the log, written by a process of its own."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

SAYING = """
import asyncio, logging, sys, warnings
from app.telemetry.current import Answering, Request
from app.telemetry.logs import configure_logs, log_access
import structlog
configure_logs(sys.argv[1], as_json=sys.argv[2] == "json")
log = structlog.get_logger()
def fail(): raise ValueError("Key (email)=(budi@example.com) already exists")
with Answering(Request("checkout-7f3a9c21")):
    log_access({"event": "request", "status": 200})
    log.warning("ours", place="here")
    logging.getLogger("asyncio").error("Task failed\\nfuture: budi@example.com")
    logging.getLogger("elsewhere").warning("no budi@example.com at postgresql://ani:secret@db/x by pilah_1_abcdefghijkl")
    logging.getLogger("elsewhere").info("not shown")
    logging.getLogger("python_multipart.multipart").warning("Skipping data after last boundary")
    logging.getLogger("asyncio").warning("Unknown child process pid %d, will report returncode 255", 7)
    try: fail()
    except ValueError: logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
"""


def logged(level: str, form: str = "json") -> str:
    """What a process logs."""
    done = subprocess.run([sys.executable, "-c", SAYING, level, form], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    return done.stderr


def lines(level: str) -> list[Any]:
    """Those lines."""
    return [json.loads(line) for line in logged(level).splitlines()]


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_line_has_an_address_or_a_secret(form: str) -> None:
    said = logged("debug", form)
    assert [word for word in ("budi", "secret", "abcdefghijkl", "Key (email)") if word in said] == []


def test_every_line_has_the_request_it_belongs_to() -> None:
    found = lines("info")
    assert [line["event"] for line in found[:3]] == ["request", "ours", "Task failed"]
    assert {line["request"] for line in found[1:]} == {"checkout-7f3a9c21"}
    assert all({"timestamp", "level"} <= line.keys() for line in found)


def test_faults_of_libraries_have_a_kind_and_a_place() -> None:
    (fault,) = [line for line in lines("info") if line["event"] == "Exception in ASGI application"]
    assert fault["kind"] == "ValueError"
    assert [place.rpartition(":")[0] for place in fault["where"]] == ["<string>", "<string>"]


@pytest.mark.parametrize(("level", "events"), [("warning", 4), ("error", 2)])
def test_the_level_says_how_much_is_logged(level: str, events: int) -> None:
    assert len(lines(level)) == events


def test_a_log_that_nobody_reads_holds_up_nothing() -> None:
    read, write = os.pipe()
    saying = f"{SAYING}\nsys.stdout.write('on')"
    process = subprocess.Popen([sys.executable, "-c", saying, "info", "json"], stdout=subprocess.PIPE, stderr=write)
    os.close(read)
    os.close(write)
    assert (process.communicate(timeout=30)[0], process.returncode) == (b"on", 0)
