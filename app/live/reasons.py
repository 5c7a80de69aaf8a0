"""Why a contact entered or left: what of all that happened to it counts for the segment."""

from collections.abc import Sequence
from typing import Any

from app.filters.meaning import Concerns
from app.live.plan import Planned
from app.queries.changes import Cause, Change
from app.queries.live.moving import Move, Reason

_WHOLE = frozenset({Cause.CREATED, Cause.DELETED})


def moved(
    segment: Planned | None, crossing: tuple[int, int, bool], changes: Sequence[Change], is_due: bool, is_there: bool
) -> Move:
    """A contact's crossing as it is told: these changes happened to it, if any, or its time had come.

    The crossing is of a segment, a contact, and whether it enters; unless it `is_there`, it was deleted.
    """
    if segment is None or not is_there:
        return Move(*crossing, Reason.CONTACT_DELETED)
    counting = [change for change in changes if _counts(change, segment.concerns)]
    if not counting and (is_due or segment.relative):
        return Move(*crossing, Reason.TIME_PASSED, {"fields": sorted(segment.relative)})
    detail = _detail(counting or changes, segment.concerns if counting else None)
    return Move(*crossing, Reason.CONTACT_CHANGED, detail)


def is_explained(segment: Planned, changes: Sequence[Change]) -> bool:
    """Whether one of the changes counts for the segment."""
    return any(_counts(change, segment.concerns) for change in changes)


def _counts(change: Change, concerned: Concerns) -> bool:
    is_new = change.cause is Cause.IMPORTED and change.status is not None and change.previous is None
    return (
        is_new
        or change.cause in _WHOLE
        or "updated_at" in concerned.fields
        or not concerned.fields.isdisjoint(change.fields)
        or not concerned.labels.isdisjoint(change.labels)
        or (concerned.any_label and bool(change.labels))
        or (concerned.statuses and change.status is not None)
        or change.list_id in concerned.lists
    )


def _detail(changes: Sequence[Change], concerned: Concerns | None) -> dict[str, Any]:
    """What happened, of that which the segment is concerned with; of None all."""
    fields = {key for change in changes for key in change.fields}
    labels = {id for change in changes for id in change.labels}
    if concerned is not None:
        fields &= concerned.fields
        labels = labels if concerned.any_label else labels & concerned.labels
    statuses = [change for change in changes if change.status is not None and (not concerned or concerned.statuses)]
    imports = [change.import_id for change in changes if change.import_id is not None]
    detail: dict[str, Any] = {"causes": sorted({change.cause.value for change in changes})}
    if fields:
        detail["fields"] = sorted(fields)
    if labels:
        detail["labels"] = sorted(labels)
    if statuses:
        detail["status"] = _values(statuses[-1])
    if imports:
        detail["import"] = imports[-1]
    return detail


def _values(change: Change) -> dict[str, str | None]:
    previous, status = change.previous, change.status
    return {"previous": previous and previous.value, "status": status and status.value}
