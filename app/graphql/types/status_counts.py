"""Contacts counted by status."""

from collections.abc import Mapping

import strawberry

from app.filters.vocabulary import Status


@strawberry.type(description="How many contacts have each status.")
class StatusCounts:
    """How many contacts have each status."""

    active: int
    pending: int
    unsubscribed: int
    hard_bounce: int


def status_counts_of(counts: Mapping[str, int]) -> StatusCounts:
    """Of counts by the status's value; none of those that aren't there."""
    return StatusCounts(**{status.value.lower(): counts.get(status.value, 0) for status in Status})
