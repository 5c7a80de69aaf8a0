"""How many of all there are, from runs of contacts that were looked at, and between which numbers that is.

Runs are short and lie side by side in the order of arrival, one in each of many equal stretches; so neighbours tell
how much runs differ by chance (successive differences: Wolter, Introduction to Variance Estimation, 2007, chapter 8).
That gives the number of independent contacts that the sample is worth, and Wilson's interval with the correction for
continuity is made for so many (Newcombe, Statistics in Medicine 17, 1998, method 4).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, sqrt
from typing import Final

# Student's t for 95 % and 60 degrees of freedom; runs are more.
DEVIATIONS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Run:
    """So many contacts in a row that were looked at, and so many of them that match."""

    contacts: int
    matched: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many match: the likeliest number, and the least and the greatest that it is with 95 % confidence.

    `sampled` of `of` contacts were looked at; where those are all, the three numbers are one.
    """

    count: int
    low: int
    high: int
    sampled: int
    of: int


def counted(count: int, of: int) -> Estimate:
    """What was counted exactly, of so many contacts."""
    return Estimate(count, count, count, of, of)


def estimate(runs: Sequence[Run], of: int) -> Estimate:
    """How many of all `of` contacts match, judged by runs in the order of arrival; some may be empty."""
    sampled, matched = sum(run.contacts for run in runs), sum(run.matched for run in runs)
    if not sampled:
        return Estimate(0, 0, of, 0, of)
    share = matched / sampled
    low, high = _interval(share, _worth(runs, sampled, share))
    least, greatest = matched, of - (sampled - matched)
    return Estimate(round(share * of), max(floor(low * of), least), min(ceil(high * of), greatest), sampled, of)


def _worth(runs: Sequence[Run], sampled: int, share: float) -> float:
    """How many contacts, drawn one by one, would tell as much as these in runs; never more than there are.

    Where all runs are alike they don't tell how they differ: there a run is worth one contact.
    """
    errors = [run.matched - share * run.contacts for run in runs]
    variance = sum((one - next) ** 2 for one, next in pairwise(errors)) / 2 / sampled**2
    if share in (0, 1) or not variance:
        return sum(run.contacts > 0 for run in runs)
    return min(share * (1 - share) / variance, sampled)


def _interval(share: float, worth: float) -> tuple[float, float]:
    return _lower(share, worth), 1 - _lower(1 - share, worth)


def _lower(share: float, worth: float) -> float:
    if not share:
        return 0.0
    square, rest = DEVIATIONS**2, 1 - share
    root = sqrt(max(square - 2 - 1 / worth + 4 * share * (worth * rest + 1), 0))
    return max((2 * worth * share + square - 1 - DEVIATIONS * root) / (2 * (worth + square)), 0.0)
