"""A preview: what a filter means before it is saved, as a segment's or for itself."""

from dataclasses import replace

import strawberry
from strawberry.types.info import Info

from app.compile import condition
from app.filters.advice.compared import Compared
from app.filters.advice.weighed import Weighed
from app.filters.catalog import Catalog, Segment
from app.filters.check import check
from app.filters.ids import number_of
from app.filters.pins import with_pins
from app.filters.problems import Code, Refused
from app.filters.vocabulary import SegmentKind
from app.graphql.context import Context
from app.graphql.lookahead import selected
from app.graphql.types.segment import Audience, exact_counts
from app.queries.contacts import count_contacts
from app.queries.segments import not_found
from app.queries.sight.advising import Considered


@strawberry.type(description="What a filter means, before it is saved.")
class SegmentPreview(Audience):
    """What a filter means, before it is saved."""

    name: strawberry.Private[str | None] = None
    edited: strawberry.Private[Segment | None] = None
    counts: strawberry.Private[dict[str, int] | None] = None
    weighed_once: strawberry.Private[Weighed | None] = None

    async def by_status(self, context: Context) -> dict[str, int]:
        """Counted once for all fields: the preview's resolver counted before, where they were asked for."""
        if self.counts is None:
            self.counts = await Audience.by_status(self, context)
        return self.counts

    async def weighed(self, context: Context) -> Weighed:
        """Counted once for all fields, where advice was asked for."""
        return self.weighed_once or await Audience.weighed(self, context)

    def considered(self, context: Context) -> Considered:
        """The filter, with the name that it may get, and the segment that is being edited."""
        compared = Compared(self.tree, context.catalog, self.edited)
        return replace(Audience.considered(self, context), compared=compared, name=self.name)


def previewed(document: object, known: Catalog, segment_id: str | None = None) -> SegmentPreview:
    """A filter for itself or as that of a segment which is being edited, with its pins and its name.

    Raises Refused with all that is wrong with it, or where there is no such segment, and of a fixed list.
    """
    if segment_id is None:
        return SegmentPreview(tree=check(document, known))
    edited = _edited(segment_id, known)
    tree = check(document, known, within=edited.id)
    return SegmentPreview(tree=with_pins(tree, edited), name=edited.name, edited=edited)


async def counted(made: SegmentPreview, info: Info[Context, None]) -> SegmentPreview:
    """The preview, with one count for all the numbers that are asked for."""
    wanted, context = selected(info), info.context
    if wanted.has_any(("advice",)):
        made.weighed_once = await Audience.weighed(made, context)
        made.counts = {status.value: count for status, count in made.weighed_once.by_status.items()}
    elif wanted.has_any(("sendableCount", "statusCounts")):
        made.counts = await Audience.by_status(made, context)
    elif exact_counts(wanted):
        holds = condition(made.tree, context.scope(made.at))
        made.counts = {"": await count_contacts(context.workspace_id, [holds])}
    return made


def _edited(id: str, known: Catalog) -> Segment:
    found = known.segments.get(number_of(id, "Segment"))
    if found is None:
        raise not_found("segmentId")
    if found.kind is not SegmentKind.DYNAMIC:
        raise Refused.because(Code.NOT_ALLOWED, "this segment is a fixed list and has no filter", "segmentId")
    return found
