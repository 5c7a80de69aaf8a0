"""Which of some claims it is that can't all hold of one contact."""

from collections.abc import Sequence
from itertools import combinations

from app.filters.advice.logic.claims import Claim
from app.filters.advice.logic.effort import Effort
from app.filters.advice.logic.search import can_hold

PAIR = 2
MOST_TOGETHER = 32


def clash(claims: Sequence[Claim], effort: Effort) -> list[Claim]:
    """Claims that can't hold together, two where two are enough; none where all may hold. Raises TooMuchError."""
    waiting = list(claims)
    while waiting:
        first, *others = waiting
        near = [first, *_connected(first, others)]
        if not can_hold(near, effort):
            return _needed(near, [], effort)
        waiting = [each for each in others if each not in near]
    return []


def clash_with(claim: Claim, others: Sequence[Claim], effort: Effort) -> list[Claim]:
    """Those of the others that can't hold beside the claim, one where one is enough; none where all may.

    What has nothing to do with the claim is left out of account, and of more than MOST_TOGETHER claims that it takes
    several. Raises TooMuchError.
    """
    near = _connected(claim, others)
    if len(near) > MOST_TOGETHER:
        return next(([one] for one in near if not can_hold([claim, one], effort)), [])
    if not near or can_hold([claim, *near], effort):
        return []
    return _needed(near, [claim], effort)


def _connected(claim: Claim, others: Sequence[Claim]) -> list[Claim]:
    """Those that are about what the claim is about, or about what one of them is about."""
    subjects, apart = claim.subjects, list(others)
    while near := [other for other in apart if other.subjects & subjects]:
        apart = [other for other in apart if not other.subjects & subjects]
        subjects = subjects.union(*(other.subjects for other in near))
    return [other for other in others if other not in apart]


def _needed(claims: Sequence[Claim], always: list[Claim], effort: Effort) -> list[Claim]:
    """Of claims that can't hold together with those that are always there, a few that can't either."""
    for few in combinations(claims, PAIR - len(always)):
        if not can_hold([*always, *few], effort):
            return list(few)
    left = list(claims)
    for one in claims:
        fewer = [each for each in left if each is not one]
        if not can_hold([*always, *fewer], effort):
            left = fewer
    return left
