"""`pilah demo`."""

import asyncio
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Annotated

import typer

from app.cli.database import migrated, read_settings
from app.cli.printing import Bars, print_table
from app.cli.server import Host, Port
from app.cli.serving import base_url, bound, serve_until_stopped
from app.compile import Scope, condition
from app.filters.catalog import Catalog, Segment
from app.filters.check import segment_filter
from app.filters.clock import Clock
from app.filters.vocabulary import SegmentKind, Status
from app.queries.catalogs import current_catalog
from app.queries.connections import opened
from app.queries.contacts import count_by_status
from app.queries.tokens import create_token, list_tokens, revoke_token
from app.transfer.demo.filling import CONTACTS, ensure_demo

TOKEN_NAME = "demo"  # noqa: S105
MOST_SHOWN = 50
TOKENS_KEPT = 5


def demo(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    contacts: Annotated[int, typer.Option(help="How many to make, where the workspace has none.", min=1)] = CONTACTS,
    exit: Annotated[bool, typer.Option("--exit", help="End after the table.")] = False,
) -> None:
    """Fill a workspace "Demo" with made contacts and segments, show them, and serve it until Ctrl-C."""
    settings = read_settings()
    with ExitStack() as stack:
        held = None if exit else stack.enter_context(bound(host, port))
        dsn = stack.enter_context(migrated(settings))
        token = asyncio.run(_show(dsn, contacts, with_token=held is not None))
        if held is not None:
            url = base_url(held)
            greeting = f"GraphiQL: {url}/graphql#token={token}\nToken: {token}\nStop with Ctrl-C.\n"
            serve_until_stopped(dsn, held, settings, greeting)


async def _show(dsn: str, contacts: int, *, with_token: bool) -> str:
    async with opened(dsn, 2):
        with Bars() as bars:
            workspace = await ensure_demo(contacts, lambda done: bars.show("Making contacts", done, contacts))
        await _print_segments(await current_catalog(workspace.id))
        return await _fresh_token(workspace.id) if with_token else ""


async def _print_segments(catalog: Catalog) -> None:
    everyone = await count_by_status(catalog.workspace_id, [])
    dynamic = [segment for segment in catalog.segments.values() if segment.kind is SegmentKind.DYNAMIC]
    rows = [await _measured(segment, catalog) for segment in dynamic[:MOST_SHOWN]]
    sys.stdout.write(f"{sum(everyone.values()):,} contacts in the workspace Demo\n")
    print_table(("Segment", "Matched", "Sendable", "ms"), rows, frozenset({"Matched", "Sendable", "ms"}))


async def _measured(segment: Segment, catalog: Catalog) -> tuple[str, str, str, str]:
    started = time.perf_counter()
    tree = segment_filter(segment, catalog)
    scope = Scope(catalog.workspace_id, Clock(datetime.now(UTC), catalog.zone))
    counts = await count_by_status(catalog.workspace_id, [condition(tree, scope)])
    took = (time.perf_counter() - started) * 1_000
    return segment.name, f"{sum(counts.values()):,}", f"{counts.get(Status.ACTIVE.value, 0):,}", f"{took:.1f}"


async def _fresh_token(workspace_id: int) -> str:
    """A new token; the last few stay, for other demos may be open."""
    alive = [token for token in await list_tokens(workspace_id) if token.name == TOKEN_NAME and not token.revoked_at]
    for token in alive[: -TOKENS_KEPT + 1]:
        await revoke_token(workspace_id, token.id)
    return await create_token(workspace_id, TOKEN_NAME, ["admin"])
