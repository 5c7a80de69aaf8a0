"""Asks a server whose PostgreSQL fails, and looks at what it says of that."""

import asyncio
import json
import time

import httpx

from tests.transfer.imports.serving import Server

DEADLINE = 2.0
SLACK = 3.0
WELL_AGAIN = 20.0
QUERY = {"query": "{ contacts(first: 1) { totalCount } }"}
WRITE = {"query": 'mutation { createLabel(input: {name: "L"}) { errors { code } } }'}
CODES = {"RATE_LIMITED", "QUERY_TOO_COMPLEX", "INTERNAL_SERVER_ERROR"}


async def asked(served: Server, body: dict[str, str], at_once: int = 1) -> list[tuple[int, str, float]]:
    """The statuses, texts and seconds of so many answers to one question."""

    async def one() -> tuple[int, str, float]:
        began = time.monotonic()
        answer = await client.post(f"{served.url}/graphql", json=body)
        return answer.status_code, answer.text, time.monotonic() - began

    async with httpx.AsyncClient(headers=served.headers, timeout=100) as client:
        return list(await asyncio.gather(*(one() for _ in range(at_once))))


async def well_again(served: Server) -> float:
    """The seconds until a question is answered again."""
    began = time.monotonic()
    while time.monotonic() - began < WELL_AGAIN:
        ((status, text, _),) = await asked(served, QUERY)
        if status == 200 and "errors" not in json.loads(text):
            return time.monotonic() - began
        await asyncio.sleep(0.1)
    raise TimeoutError


def check_refused(answers: list[tuple[int, str, float]]) -> None:
    """Each came in time, as an error of the whole answer, which has a code and a sentence."""
    for status, text, seconds in answers:
        assert seconds < DEADLINE + SLACK
        assert status in (200, 503, 504), text
        (error,) = json.loads(text)["errors"]
        assert error["extensions"]["code"] in CODES
        assert error["message"].endswith((".", "report it.")), text
        assert "Traceback" not in text
