"""What the door is measured against: a Starlette endpoint that writes the same page by hand from one statement."""

import os
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

KEYS = ("city", "plan", "orders", "total_spent", "last_purchase", "newsletter")

PAGE = """
SELECT id, email, name, status, fields,
    (SELECT array_agg(label.name ORDER BY label.id) FROM label
     WHERE label.workspace_id = contact.workspace_id AND label.id = ANY(contact.label_ids)) AS labels
FROM contact WHERE workspace_id = $1 ORDER BY id DESC LIMIT $2
"""


def bare() -> Starlette:
    """Answers /ready, and POST /page?workspace=…&first=…."""
    opened: dict[str, Any] = {}

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=8, max_size=8) as pool:
            names = await pool.fetch("SELECT workspace_id, key, name FROM field")
            opened.update(pool=pool, names={(row[0], row[1]): row[2] for row in names})
            yield

    async def page(request: Request) -> Response:
        await request.body()
        workspace, first = int(request.query_params["workspace"]), int(request.query_params["first"])
        rows = await opened["pool"].fetch(PAGE, workspace, first + 1)
        fields = [(key, {"key": key, "name": opened["names"][workspace, key]}) for key in KEYS]
        edges = [_edge(row, fields) for row in rows[:first]]
        ends = {"hasNextPage": len(rows) > first, "endCursor": edges[-1]["cursor"] if edges else None}
        answer = {"data": {"contacts": {"edges": edges, "pageInfo": ends}}}
        return Response(orjson.dumps(answer), media_type="application/json")

    async def ready(_request: Request) -> Response:
        return Response()

    return Starlette(lifespan=lifespan, routes=[Route("/page", page, methods=["POST"]), Route("/ready", ready)])


def _edge(row: asyncpg.Record, fields: list[tuple[str, dict[str, str]]]) -> dict[str, Any]:
    number = row["id"]
    values = orjson.loads(row["fields"])
    return {
        "cursor": urlsafe_b64encode(b"contact:%d" % number).decode(),
        "node": {
            "id": urlsafe_b64encode(b"Contact:%d" % number).decode(),
            "email": row["email"],
            "name": row["name"],
            "status": row["status"],
            "labels": [{"name": name} for name in row["labels"] or ()],
            "fields": [{"field": field, "value": values.get(key)} for key, field in fields],
        },
    }
