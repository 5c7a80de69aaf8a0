"""Workspaces: create, list, find."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import asyncpg

from app.filters.ids import LARGEST
from app.filters.problems import Code, Refused
from app.queries.connections import connection
from app.queries.names import read_name


@dataclass(frozen=True, slots=True)
class WorkspaceRow:
    """A workspace as it is kept."""

    id: int
    name: str
    time_zone: str
    created_at: datetime


def read_zone(name: str) -> str:
    """An IANA time zone's name; raises Refused."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _unknown_zone(name) from None
    return name


def _unknown_zone(name: str) -> Refused:
    message = f'there is no time zone "{name[:60]}"; take an IANA name such as Asia/Jakarta'
    return Refused.because(Code.INVALID_TIME_ZONE, message, "timeZone")


async def create_workspace(name: str, time_zone: str) -> int:
    """The new workspace's id; raises Refused where the name is taken or the zone unknown."""
    named, zone = read_name(name, "name"), read_zone(time_zone)
    try:
        async with connection() as borrowed:
            if not await borrowed.fetchval("SELECT EXISTS (SELECT FROM pg_timezone_names WHERE name = $1)", zone):
                raise _unknown_zone(zone)
            created = await borrowed.fetchval(
                "INSERT INTO workspace (name, time_zone, catalog_version, created_at) "
                "VALUES ($1, $2, 1, now()) RETURNING id",
                named,
                zone,
            )
    except asyncpg.UniqueViolationError:
        raise Refused.because(Code.TAKEN, f'there is a workspace "{named}" already', "name") from None
    return int(created)


async def list_workspaces() -> list[WorkspaceRow]:
    """All of them, by name; for the operator's command line alone."""
    async with connection() as borrowed:
        rows = await borrowed.fetch("SELECT id, name, time_zone, created_at FROM workspace ORDER BY name")
    return [WorkspaceRow(**dict(row)) for row in rows]


async def find_workspace(name: str) -> WorkspaceRow:
    """By its name; raises Refused."""
    async with connection() as borrowed:
        row = await borrowed.fetchrow(
            "SELECT id, name, time_zone, created_at FROM workspace WHERE name = $1", name.strip()
        )
    if row is None:
        raise Refused.because(Code.NOT_FOUND, f'there is no workspace "{name}"', "workspace")
    return WorkspaceRow(**dict(row))


async def workspace_by_id(workspace_id: int) -> WorkspaceRow:
    """The workspace itself."""
    async with connection() as borrowed:
        row = await borrowed.fetchrow(
            "SELECT id, name, time_zone, created_at FROM workspace WHERE id = $1", workspace_id
        )
    if row is None:
        raise Refused.because(Code.NOT_FOUND, "there is no such workspace", "workspace")
    return WorkspaceRow(**dict(row))


async def find_catalog_version(workspace: int | str) -> tuple[int, int] | None:
    """The id and the catalog's version of the workspace of this number or name; None where there is none."""
    key = "id" if isinstance(workspace, int) else "name"
    if (isinstance(workspace, int) and not 0 < workspace <= LARGEST) or "\0" in str(workspace):
        return None
    async with connection() as borrowed:
        row = await borrowed.fetchrow(f"SELECT id, catalog_version FROM workspace WHERE {key} = $1", workspace)
    return None if row is None else (row[0], row[1])
