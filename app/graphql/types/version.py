"""A segment as it was after an edit, who made that, and what it did."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import strawberry
from strawberry.types.info import Info

from app.filters import catalog
from app.filters.check import check
from app.filters.checked import Filter
from app.filters.document import write
from app.filters.problems import Problem, Refused
from app.filters.sight.difference import differences
from app.filters.sight.difference_words import Difference, renamed
from app.filters.sight.gone import gone
from app.filters.summary import summarize
from app.graphql.context import Context
from app.graphql.enums import AuditActorKind
from app.graphql.scalars import DateTime, Json
from app.graphql.types.difference import FilterDifference, difference_type
from app.queries.segment_versions import VersionRow


@dataclass(frozen=True, slots=True)
class Reading:
    """What a filter means: now or, where something is wrong with it by now, as it was understood once."""

    now: Filter | None
    once: Filter | None
    problem: str | None = None


NOTHING = Reading(None, None)


@strawberry.type(description="A segment as it was after an edit.")
class SegmentVersion:
    """A segment as it was after an edit."""

    row: strawberry.Private[VersionRow]
    kept: strawberry.Private[catalog.Segment]
    number: int = strawberry.field(description="1 for the segment as it was made, and one more with each edit.")
    name: str = strawberry.field(description="What the segment was called.")
    made_at: DateTime = strawberry.field(description="When it was edited so.")
    made_by: str | None = strawberry.field(
        description="Who edited it: the token's name, an identity provider's subject, or `operator` for the command "
        "line. Null of what was there before versions were kept."
    )
    actor_kind: AuditActorKind | None = strawberry.field(description="Which kind of actor that was.")
    returned_to: int | None = strawberry.field(description="The version that was gone back to, where it was that.")
    is_current: bool = strawberry.field(description="Whether the segment is so now.")

    @strawberry.field(
        description="The filter, in FilterInput's form with today's names; null for a fixed list, and where it can't "
        "be used any more."
    )
    async def filter(self, info: Info[Context, None]) -> Json | None:
        """The filter, in FilterInput's form."""
        from app.graphql.types.segment import SHOWN

        tree = (await read(self.row.document, self.kept, info.context)).now
        return None if tree is None else Json(write(tree, SHOWN))

    @strawberry.field(description="The filter in plain words, also where it can't be used any more.")
    async def summary(self, info: Info[Context, None]) -> str | None:
        """The filter in plain words."""
        tree = (await read(self.row.document, self.kept, info.context)).once
        return None if tree is None else summarize(tree, info.context.catalog.zone)

    @strawberry.field(description='Why it can\'t be used any more: `there is no label "VIP" any more`.')
    async def problem(self, info: Info[Context, None]) -> str | None:
        """Why it can't be used any more."""
        return (await read(self.row.document, self.kept, info.context)).problem

    @strawberry.field(
        description="What the edit did: the differences to the version before, none for the first. Null where "
        "that can't be told any more."
    )
    async def differences(self, info: Info[Context, None]) -> list[FilterDifference] | None:
        """What the edit did."""
        row = self.row
        if row.name_before is None:
            return []
        before = await read(row.document_before, self.kept, info.context)
        after = await read(row.document, self.kept, info.context)
        found = differences_between((row.name_before, before), (row.name, after), info.context)
        return None if found is None else [difference_type(each) for each in found]


def version_type(row: VersionRow, segment: catalog.Segment) -> SegmentVersion:
    """A version as the world sees it."""
    return SegmentVersion(
        row=row,
        kept=segment,
        number=row.number,
        name=row.name,
        made_at=DateTime(row.made_at),
        made_by=row.actor,
        actor_kind=None if row.actor_kind is None else AuditActorKind(row.actor_kind),
        returned_to=row.returned_to,
        is_current=row.number == segment.version,
    )


async def read(document: Any | None, segment: catalog.Segment, context: Context) -> Reading:
    """What an earlier filter of a segment means."""
    if document is None:
        return NOTHING
    try:
        tree = check(document, context.catalog, within=segment.id)
    except Refused as refused:
        return await _read_once(document, refused, context)
    return Reading(tree, tree)


async def _read_once(document: Any, refused: Refused, context: Context) -> Reading:
    past: catalog.Catalog = await context.loaders.past_catalog.load(context.workspace_id)
    try:
        tree = check(document, past)
    except Refused:
        return Reading(None, None, _sentences(refused.problems))
    return Reading(None, tree, _sentences(gone(tree, past, context.catalog) or refused.problems))


def _sentences(problems: Sequence[Problem]) -> str:
    return "; ".join(dict.fromkeys(problem.message for problem in problems))


def differences_between(
    before: tuple[str, Reading], after: tuple[str, Reading], context: Context
) -> list[Difference] | None:
    """What became of a name and a filter; None where one of the filters can't be told."""
    (old_name, old), (new_name, new) = before, after
    if (old.once is None or new.once is None) and (old.problem or new.problem):
        return None
    found = renamed(old_name, new_name)
    if old.once is not None and new.once is not None:
        found += differences(old.once, new.once, context.catalog.zone)
    return found
