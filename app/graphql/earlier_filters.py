"""Filters that a segment had: what they mean now, or meant once, and how two of them differ."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.filters.catalog import Catalog, Segment
from app.filters.check import check
from app.filters.checked import Filter
from app.filters.problems import Problem, Refused
from app.filters.sight.difference import differences
from app.filters.sight.difference_words import Difference, renamed
from app.filters.sight.gone import gone
from app.graphql.context import Context


@dataclass(frozen=True, slots=True)
class Reading:
    """What a filter means: now or, where something is wrong with it by now, as it was understood once."""

    now: Filter | None = None
    once: Filter | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class EarlierFilters:
    """Those of a segment, by the numbers of its versions, each read once for an answer."""

    segment: Segment
    context: Context
    known: dict[int, Reading] = field(default_factory=dict)

    async def read(self, number: int, document: Any | None) -> Reading:
        """What the stored filter of a version means; nothing where it has none."""
        if number not in self.known:
            self.known[number] = Reading() if document is None else await self._read(document)
        return self.known[number]

    async def _read(self, document: Any) -> Reading:
        try:
            tree = check(document, self.context.catalog, within=self.segment.id)
        except Refused as refused:
            return await self._read_once(document, refused)
        return Reading(tree, tree)

    async def _read_once(self, document: Any, refused: Refused) -> Reading:
        past: Catalog = await self.context.loaders.past_catalog.load(self.context.workspace_id)
        try:
            tree = check(document, past)
        except Refused:
            return Reading(problem=_sentences(refused.problems))
        problems = gone(tree, past, self.context.catalog) or refused.problems
        return Reading(once=tree, problem=_sentences(problems))


def version_differences(
    names: tuple[str, str], readings: tuple[Reading, Reading], context: Context
) -> list[Difference] | None:
    """What became of a name and a filter; None where one of the filters can't be understood any more."""
    before, after = (reading.once for reading in readings)
    if any(reading.problem and reading.once is None for reading in readings):
        return None
    found = renamed(*names)
    return found if before is None or after is None else found + differences(before, after, context.catalog.zone)


def _sentences(problems: Sequence[Problem]) -> str:
    return "; ".join(dict.fromkeys(problem.message for problem in problems))
