"""Loaders, made anew for each request: each hands its keys to one function of `queries` and orders the answers."""

from asyncio import Future, Lock, shield
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from aiodataloader import DataLoader
from asyncpg import Record

from app.compile import Scope, condition
from app.filters.catalog import Catalog, Field, Label
from app.filters.check import segment_filter
from app.filters.meaning import segment_meaning
from app.graphql.earlier_filters import Reading, named_by, readings
from app.queries.catalogs import fields_by_key, labels_by_id
from app.queries.contacts import conditions_met, count_by_status, count_each_by_status, status_histories
from app.queries.cpu_work import worked_out
from app.queries.gone import past_catalog
from app.queries.imports.counting import Counts, import_counts
from app.queries.live.reading_states import State, entered_at, settled_states
from app.queries.live.retention import LedgerBeginning, ledger_beginning
from app.queries.pins import count_pins
from app.queries.segment_versions import VersionKey, VersionRow, find_versions
from app.queries.version_filters import MOST_BYTES, find_filters


class _Loader(DataLoader[Any, Any]):
    """One that goes on for the others when a field that waits for it is given up."""

    def load(self, key: Any) -> "Future[Any]":
        """The value, or its failure."""
        loading = super().load(key)
        loading.add_done_callback(_heard)
        return shield(loading)


def _heard(loading: "Future[Any]") -> None:
    """A failure counts as heard of, even if all that waited for it were given up."""
    if not loading.cancelled():
        loading.exception()


class LabelsByIdsLoader(_Loader):
    """The labels among a set of ids, by id: a whole page's ids are one key, for each key has its price."""

    def __init__(self, catalog: Catalog) -> None:
        async def load(keys: list[frozenset[int]]) -> list[dict[int, Label]]:
            return [await labels_by_id(catalog, ids) for ids in keys]

        super().__init__(load)


class FieldsByKeysLoader(_Loader):
    """The fields among a list of keys, by key: all that an answer shows of a contact are one key."""

    def __init__(self, catalog: Catalog) -> None:
        async def load(keys: list[tuple[str, ...]]) -> list[dict[str, Field]]:
            return [await fields_by_key(catalog, each) for each in keys]

        super().__init__(load)


class CountsBySegmentIdLoader(_Loader):
    """How many contacts of each status a segment has, for all segments of an answer at once."""

    def __init__(self, catalog: Catalog, scope: Scope) -> None:
        async def load(ids: list[int]) -> list[dict[str, int]]:
            clauses = [condition(segment_filter(catalog.segments[id], catalog), scope) for id in ids]
            if len(clauses) == 1:  # alone it can use an index
                return [await count_by_status(scope.workspace_id, clauses)]
            return await count_each_by_status(scope.workspace_id, clauses)

        super().__init__(load)


class SegmentIdsByContactIdLoader(_Loader):
    """The ids of the segments that a contact is in, each segment asked once for all contacts of an answer."""

    def __init__(self, catalog: Catalog, scope: Scope) -> None:
        async def load(ids: list[int]) -> list[list[int]]:
            segments = list(catalog.segments.values())
            clauses = [condition(segment_filter(segment, catalog), scope) for segment in segments]
            met = await conditions_met(scope.workspace_id, ids, clauses)
            return [[segments[place].id for place in met.get(id, [])] for id in ids]

        super().__init__(load)


class StateBySegmentIdLoader(_Loader):
    """How a dynamic segment is kept, for all segments of an answer at once; None where not for what it means now."""

    def __init__(self, catalog: Catalog) -> None:
        async def load(ids: list[int]) -> list[State | None]:
            found = await kept_states(catalog, ids)
            return [found.get(id) for id in ids]

        super().__init__(load)


async def kept_states(catalog: Catalog, segment_ids: Sequence[int]) -> dict[int, State]:
    """How dynamic segments are kept, by id; those are missing that are not, or not for what they mean now."""
    found = await settled_states(catalog.workspace_id, segment_ids)
    return {
        id: state for id, state in found.items() if state.meaning == segment_meaning(catalog.segments[id], catalog)
    }


class EnteredAtByContactIdLoader(_Loader):
    """Since when a contact is in dynamic segments, by the segment's id, for all contacts of an answer at once."""

    def __init__(self, scope: Scope) -> None:
        async def load(ids: list[int]) -> list[dict[int, datetime]]:
            found = await entered_at(scope.workspace_id, ids)
            return [found.get(id, {}) for id in ids]

        super().__init__(load)


class LedgerBeginningLoader(_Loader):
    """What there is of a workspace's ledger, asked once for an answer."""

    def __init__(self) -> None:
        async def load(workspace_ids: list[int]) -> list[LedgerBeginning]:
            return [await ledger_beginning(id) for id in workspace_ids]

        super().__init__(load)


class PinsBySegmentIdLoader(_Loader):
    """How many contacts are pinned into a segment and out of it, for all segments of an answer at once."""

    def __init__(self, scope: Scope) -> None:
        async def load(ids: list[int]) -> list[tuple[int, int]]:
            found = await count_pins(scope.workspace_id, ids)
            return [found.get(id, (0, 0)) for id in ids]

        super().__init__(load)


class VersionByKeyLoader(_Loader):
    """A segment's version by its number, for all segments of an answer at once; None where it isn't kept."""

    def __init__(self, catalog: Catalog) -> None:
        async def load(keys: list[VersionKey]) -> list[VersionRow | None]:
            found = await find_versions(catalog.workspace_id, keys)
            return [found.get(key) for key in keys]

        super().__init__(load)


class ReadingByVersionLoader(_Loader):
    """What the filter of a version means, for as many as an answer may read; None where the version isn't kept.

    They are read one batch after the other, so that each knows what those before it have left.
    """

    def __init__(self, catalog: Catalog) -> None:
        lock, left = Lock(), MOST_BYTES

        async def load(keys: list[VersionKey]) -> list[Reading | None]:
            nonlocal left
            async with lock:
                filters = await find_filters(catalog.workspace_id, keys, left)
                left -= sum(each.bytes for each in filters.values())
                past = await past_catalog(catalog, named_by(filters.values()))
                found = await worked_out(readings, filters, past, catalog)
            return [found.get(key) for key in keys]

        super().__init__(load)


class StatusHistoryByContactIdLoader(_Loader):
    """A contact's changes of status, newest first."""

    def __init__(self, scope: Scope) -> None:
        async def load(ids: list[int]) -> list[list[Record]]:
            found = await status_histories(scope.workspace_id, ids)
            return [found.get(id, []) for id in ids]

        super().__init__(load)


class CountsByImportIdLoader(_Loader):
    """How far the rows of an import have come, for all imports of an answer at once."""

    def __init__(self, scope: Scope) -> None:
        async def load(ids: list[int]) -> list[Counts]:
            found = await import_counts(scope.workspace_id, ids)
            return [found[id] for id in ids]

        super().__init__(load)


class Loaders:
    """The loaders of one request, each made when it is first wanted."""

    def __init__(self, catalog: Catalog, scope: Scope) -> None:
        self._make: dict[str, Callable[[], _Loader]] = {
            "labels_by_ids": lambda: LabelsByIdsLoader(catalog),
            "fields_by_keys": lambda: FieldsByKeysLoader(catalog),
            "counts_by_segment_id": lambda: CountsBySegmentIdLoader(catalog, scope),
            "segment_ids_by_contact_id": lambda: SegmentIdsByContactIdLoader(catalog, scope),
            "state_by_segment_id": lambda: StateBySegmentIdLoader(catalog),
            "entered_at_by_contact_id": lambda: EnteredAtByContactIdLoader(scope),
            "ledger_beginning": lambda: LedgerBeginningLoader(),
            "pins_by_segment_id": lambda: PinsBySegmentIdLoader(scope),
            "version_by_key": lambda: VersionByKeyLoader(catalog),
            "reading_by_version": lambda: ReadingByVersionLoader(catalog),
            "counts_by_import_id": lambda: CountsByImportIdLoader(scope),
            "status_history_by_contact_id": lambda: StatusHistoryByContactIdLoader(scope),
        }

    def __getattr__(self, name: str) -> Any:
        try:
            loader = self._make[name]()
        except KeyError:
            raise AttributeError(name) from None
        setattr(self, name, loader)
        return loader
