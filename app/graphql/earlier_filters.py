"""Filters that segments had: what they mean now, or meant once, and how two of them differ."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.filters.catalog import Catalog
from app.filters.check import check
from app.filters.checked import Filter
from app.filters.problems import Problem, Refused
from app.filters.references import References
from app.filters.sight.difference import differences
from app.filters.sight.difference_words import Difference, renamed
from app.filters.sight.gone import gone
from app.queries.segment_versions import VersionKey
from app.queries.version_filters import VersionFilter


@dataclass(frozen=True, slots=True)
class Reading:
    """A version's name, and what its filter means: now or, where that is wrong by now, as it was understood once."""

    name: str
    now: Filter | None = None
    once: Filter | None = None
    problem: str | None = None


def named_by(filters: Iterable[VersionFilter]) -> References:
    """What filters name, all together."""
    named = [each.named for each in filters]
    return References(
        frozenset().union(*(each.fields for each in named)),
        frozenset().union(*(each.labels for each in named)),
        frozenset().union(*(each.segments for each in named)),
    )


def readings(filters: Mapping[VersionKey, VersionFilter], past: Catalog, now: Catalog) -> dict[VersionKey, Reading]:
    """What the filters of versions mean; `past` also has what they name that is gone from the catalog of now."""
    return {key: _reading(key[0], each, past, now) for key, each in filters.items()}


def version_differences(before: Reading, after: Reading, zone: ZoneInfo) -> list[Difference] | None:
    """What became of a name and a filter; None where one of the filters can't be understood any more."""
    if any(reading.problem and reading.once is None for reading in (before, after)):
        return None
    found = renamed(before.name, after.name)
    if before.once is None or after.once is None:
        return found
    return found + differences(before.once, after.once, zone)


def _reading(segment_id: int, kept: VersionFilter, past: Catalog, now: Catalog) -> Reading:
    if kept.document is None:
        return Reading(kept.name)
    try:
        tree = check(kept.document, now, within=segment_id)
    except Refused as refused:
        return _reading_once(kept, past, now, refused)
    return Reading(kept.name, tree, tree)


def _reading_once(kept: VersionFilter, past: Catalog, now: Catalog, refused: Refused) -> Reading:
    problems = _sentences(gone(kept.named, past, now) or refused.problems)
    try:
        return Reading(kept.name, once=check(kept.document, past), problem=problems)
    except Refused:
        return Reading(kept.name, problem=problems)


def _sentences(problems: Sequence[Problem]) -> str:
    return "; ".join(dict.fromkeys(problem.message for problem in problems))
