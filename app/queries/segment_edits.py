"""Edits of a segment: another name, another filter, or both back as a version had them. Each makes a version."""

from dataclasses import dataclass
from typing import Any

import orjson

from app.filters.catalog import Catalog, Segment
from app.filters.check import check
from app.filters.folding import fold
from app.filters.problems import Code, Refused
from app.filters.references import References
from app.filters.sight.gone import gone
from app.filters.vocabulary import SegmentKind
from app.queries.catalogs import read_catalog
from app.queries.connections import Connection
from app.queries.gone import read_past
from app.queries.names import read_name
from app.queries.segment_versions import keep_version, refuse_overtaken
from app.queries.segments import ANNOUNCED, Stored, editing, not_found, stored_filter
from app.queries.version_filters import read_filter


@dataclass(frozen=True, slots=True)
class _Edit:
    """What a segment is to be, None where that stays; `path` is the filter's, for what is wrong with it."""

    name: str | None
    document: Any | None
    announces: bool
    returned_to: int | None = None
    path: str = "input.filter"


async def update_segment(
    workspace_id: int,
    segment_id: int,
    name: str | None,
    document: Any | None,
    *,
    announces: bool = False,
    expected_version: int | None = None,
) -> None:
    """A new name, a new filter, or both; raises Refused with every problem, CONFLICT where the version is another.

    Where the edit `announces`, webhooks are told of who enters and leaves by it, also of segments that refer to it.
    What changes nothing makes no version.
    """
    async with editing(workspace_id, name) as (borrowed, catalog):
        segment = _found(segment_id, catalog)
        await refuse_overtaken(borrowed, workspace_id, segment, expected_version)
        await _apply(borrowed, catalog, segment, _Edit(name, document, announces))


async def revert_segment(
    workspace_id: int,
    segment_id: int,
    number: int,
    *,
    announces: bool = False,
    expected_version: int | None = None,
) -> None:
    """The name and the filter that a version has, as a new version; raises Refused as any edit to them would.

    NOT_FOUND where that version isn't kept, TAKEN where another segment has the name by now.
    """
    async with editing(workspace_id, None) as (borrowed, catalog):
        segment = _found(segment_id, catalog)
        await refuse_overtaken(borrowed, workspace_id, segment, expected_version)
        version = await read_filter(borrowed, workspace_id, (segment_id, number))
        if version is None:
            raise no_version(segment, number)
        _refuse_taken(version.name, number, segment, catalog)
        await _refuse_gone(borrowed, version.named, catalog)
        edit = _Edit(version.name, version.document, announces, number, "filter")
        await _apply(borrowed, catalog, segment, edit)


def no_version(segment: Segment, number: int, path: str = "input.version") -> Refused:
    """There is no such version of the segment, or it isn't kept any more."""
    message = f'"{segment.name}" has no version {number}; its latest is version {segment.version}'
    return Refused.because(Code.NOT_FOUND, message, path)


def _found(segment_id: int, catalog: Catalog) -> Segment:
    found = catalog.segments.get(segment_id)
    if found is None:
        raise not_found()
    return found


def _refuse_taken(name: str, number: int, segment: Segment, catalog: Catalog) -> None:
    folded = fold(name)
    if any(fold(other.name) == folded for other in catalog.segments.values() if other.id != segment.id):
        message = f'version {number} was called "{name}", as another segment is now; rename that one first'
        raise Refused.because(Code.TAKEN, message, "input.version")


async def _refuse_gone(borrowed: Connection, named: References, catalog: Catalog) -> None:
    """Raises Refused with the names of what a filter of the past refers to in vain."""
    if problems := gone(named, await read_past(borrowed, catalog, named), catalog):
        raise Refused(problems)


async def _apply(borrowed: Connection, catalog: Catalog, segment: Segment, edit: _Edit) -> None:
    name = segment.name if edit.name is None else read_name(edit.name, "input.name")
    stored = None if edit.document is None else _stored(segment, catalog, edit)
    if stored is not None and orjson.loads(stored[0]) == segment.document:
        stored = None
    if name != segment.name:
        await _rename(borrowed, catalog.workspace_id, segment.id, name)
    if stored is not None:
        await _refilter(borrowed, catalog.workspace_id, segment.id, stored, edit)
    if stored is not None or name != segment.name:
        await keep_version(borrowed, catalog.workspace_id, segment.id, edit.returned_to)


def _stored(segment: Segment, catalog: Catalog, edit: _Edit) -> Stored:
    if segment.kind is not SegmentKind.DYNAMIC:
        raise Refused.because(Code.NOT_ALLOWED, "this segment is a fixed list and has no filter", edit.path)
    return stored_filter(edit.document, catalog, segment.id, edit.path)


async def _rename(borrowed: Connection, workspace_id: int, segment_id: int, name: str) -> None:
    await borrowed.execute(
        "UPDATE segment SET name = $3, folded_name = $4, updated_at = now() WHERE workspace_id = $1 AND id = $2",
        workspace_id,
        segment_id,
        name,
        fold(name),
    )


async def _refilter(borrowed: Connection, workspace_id: int, segment_id: int, stored: Stored, edit: _Edit) -> None:
    await borrowed.execute(
        "UPDATE segment SET document = $3, field_keys = $4, label_ids = $5, segment_ids = $6, updated_at = now() "
        "WHERE workspace_id = $1 AND id = $2",
        workspace_id,
        segment_id,
        *stored,
    )
    dependents = await _recheck_dependents(borrowed, workspace_id, segment_id, edit.path)
    await borrowed.execute(
        f"UPDATE segment SET announced_version = {ANNOUNCED.format(place=3)} "
        "WHERE workspace_id = $1 AND id = ANY($2::bigint[])",
        workspace_id,
        [segment_id, *dependents],
        edit.announces,
    )


async def _recheck_dependents(borrowed: Connection, workspace_id: int, segment_id: int, path: str) -> list[int]:
    """What refers to the segment, by id: with its new filter all of it must be within the limits; raises Refused."""
    dependents = await borrowed.fetch(
        "WITH RECURSIVE dependent AS ("
        "SELECT id FROM segment WHERE workspace_id = $1 AND deleted_at IS NULL AND $2 = ANY(segment_ids) "
        "UNION SELECT segment.id FROM segment JOIN dependent ON dependent.id = ANY(segment.segment_ids) "
        "WHERE segment.workspace_id = $1 AND segment.deleted_at IS NULL) SELECT id FROM dependent",
        workspace_id,
        segment_id,
    )
    _, catalog = await read_catalog(borrowed, workspace_id)
    for (id,) in dependents:
        dependent = catalog.segments[id]
        try:
            check(dependent.document, catalog)
        except Refused as refused:
            problem = refused.problems[0]
            message = f'"{dependent.name}", which uses this segment, would no longer work: {problem.message}'
            raise Refused.because(problem.code, message, path) from None
    return [id for (id,) in dependents]
