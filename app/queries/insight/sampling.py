"""A stable sample of a workspace's contacts, read without reading the others.

Ids are given in the order of arrival and lie close together. They are cut into equal stretches, and in each one a run
of neighbours is looked at, whose place a hash of the stretch decides; each contact is in it as likely as any other.
A stretch keeps its place while the workspace grows, until it is so large that stretches become twice as long.
"""

from dataclasses import dataclass
from math import log2

from app.compile.clause import Bound, Clause
from app.queries.insight.census import Census

FEWEST_RUNS = 1_250  # they are up to twice as many
CONTACTS_IN_A_RUN = 8
SEED = 20_260


@dataclass(frozen=True, slots=True)
class Stretches:
    """Stretches of `length` ids, from the number `first` to `last`, each parted into runs, of which one is looked at.

    The lengths are powers of two, so that no two runs overlap.
    """

    length: int
    first: int
    last: int
    run: int


def stretches(census: Census) -> Stretches:
    """How the ids of a workspace are cut; where others' ids lie between, runs are as much longer."""
    span = census.last - census.first + 1
    length = 1 << max((span // FEWEST_RUNS).bit_length() - 1, 0)
    run = 1 << max(round(log2(CONTACTS_IN_A_RUN * span / max(census.contacts, 1))), 0)
    return Stretches(length, census.first // length, census.last // length, min(run, length))


def sampled_share(census: Census) -> float:
    """How many of the contacts are in the sample, from 0 to 1."""
    cut = stretches(census)
    return cut.run / cut.length


def sampled(workspace_id: int, census: Census, seed: int = SEED) -> Clause:
    """What follows a FROM: `contact` are the sampled ones, each with the number of its `stretch`."""
    cut = stretches(census)
    length, run = Bound(cut.length, "bigint"), Bound(cut.run, "bigint")
    runs = Bound(cut.length // cut.run, "bigint")
    hashed = Clause("(hashint8extended(stretch, ", Bound(seed, "bigint"), f") & {2**63 - 1})")
    start = Clause("stretch * ", length, " + ", hashed, " % ", runs, " * ", run)
    numbers = Clause("generate_series(", Bound(cut.first, "bigint"), ", ", Bound(cut.last, "bigint"), ") AS stretch")
    own = Clause("workspace_id = ", Bound(workspace_id, "bigint"), " AND id >= start AND id < start + ", run)
    # OFFSET 0 keeps conditions, and the indexes that answer them, from each run.
    return Clause(
        "(SELECT stretch, ", start, " AS start FROM ", numbers, ") AS run ",
        "CROSS JOIN LATERAL (SELECT * FROM contact WHERE ", own, " OFFSET 0) AS contact",
    )  # fmt: skip
