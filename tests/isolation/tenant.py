"""A workspace and whoever asks in its name, at every door."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from websockets.exceptions import ConnectionClosed

from app.live.pace import Pace
from app.live.step import step
from app.queries.tokens import create_token
from app.transfer.exports.running import next_export
from app.transfer.work import next_import
from tests.graphql.sockets import opened
from tests.isolation.operations import Operation
from tests.isolation.pools import Pool

SILENCE_SECONDS = 1.0
SILENT = {"errors": [{"message": "silence"}]}


@dataclass(slots=True)
class Tenant:
    """A workspace with its words; `word` stands in what others may guess, `secret` in what only it can read.

    `taken_over` are texts of the other's that its own objects are called by now.
    """

    workspace_id: int
    client: httpx.AsyncClient
    socket: str
    files: Path
    word: str
    secret: str
    token: str = ""
    pool: Pool = field(default_factory=Pool)
    taken_over: set[str] = field(default_factory=set)

    async def enter(self) -> None:
        """Take a new token, the first one or since the last was revoked."""
        self.token = await create_token(self.workspace_id, f"{self.secret} token", ["admin"])

    async def send(self, method: str, path: str, **how: Any) -> httpx.Response:
        """What is answered over HTTP."""
        answer: httpx.Response = await self._send(method, path, **how)
        if answer.status_code == 401:
            await self.enter()
            answer = await self._send(method, path, **how)
        return answer

    async def _send(self, method: str, path: str, headers: Mapping[str, str] | None = None, **how: Any) -> Any:
        headers = {"authorization": f"Bearer {self.token}", "accept-encoding": "identity", **(headers or {})}
        return await self.client.request(method, path, headers=headers, **how)

    async def ask(
        self, operation: Operation, variables: Mapping[str, Any], patience: float = SILENCE_SECONDS
    ) -> dict[str, Any]:
        """What an operation is answered; of a subscription the first answer, SILENT where none comes in time."""
        if operation.kind == "subscription":
            return await self._follow(operation, variables, patience)
        return await self.answer(operation.document, variables)

    async def answer(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """What a document is answered over HTTP."""
        answer = await self.send("POST", "/graphql", json={"query": document, "variables": variables})
        found: dict[str, Any] = answer.json()
        return found

    async def overhear(self, operation: Operation, variables: Mapping[str, Any], seconds: float) -> list[Any]:
        """All that a subscription tells in so many seconds."""
        heard = list[Any]()
        async with opened(self.socket, {"Authorization": f"Bearer {self.token}"}) as speaker:
            await speaker.subscribe(operation.document, variables=variables)
            with suppress(TimeoutError, ConnectionClosed):
                async with asyncio.timeout(seconds):
                    while True:
                        heard.append(await speaker.hear())
        return heard

    async def _follow(self, operation: Operation, variables: Mapping[str, Any], patience: float) -> dict[str, Any]:
        async with opened(self.socket, {"Authorization": f"Bearer {self.token}"}) as speaker:
            await speaker.subscribe(operation.document, variables=variables)
            try:
                heard = await asyncio.wait_for(speaker.hear(), patience)
            except TimeoutError:
                return SILENT
            except ConnectionClosed as closed:
                return {"errors": [{"message": str(closed.rcvd)}]}
            match heard["type"]:
                case "next":
                    return dict(heard["payload"])
                case "error":
                    return {"errors": heard["payload"]}
                case _:
                    return {"errors": [{"message": heard["type"]}]}

    async def do(self, mutation: str, type: str, fields: str = "", /, **input: Any) -> dict[str, Any]:
        """The payload of a mutation that has to succeed."""
        document = (
            f"mutation ($input: {type}!) {{ it: {mutation}(input: $input) {{ {fields} errors {{ message }} }} }}"
        )
        answer = await self.answer(document, {"input": input})
        assert "errors" not in answer, answer
        assert not answer["data"]["it"]["errors"], (mutation, answer)
        self.pool.learn(answer)
        payload: dict[str, Any] = answer["data"]["it"]
        return payload

    async def work(self) -> None:
        """Do what waits in the background."""
        while await next_import(self.files) or await next_export(self.files):
            pass
        while (await step(self.workspace_id, Pace())).is_more:
            pass


def succeeded(operation: Operation, answer: Mapping[str, Any]) -> bool:
    """Whether an operation did what it is for."""
    found = (answer.get("data") or {}).get(operation.field)
    if answer.get("errors") or found is None:
        return False
    return not (isinstance(found, dict) and found.get("errors"))
