"""What reasoning says of random filters is so of every contact that the oracle knows.

The seed of every failure is in its message; PILAH_SEED asks for another population and other filters.
"""

import os
from collections import Counter
from dataclasses import replace
from datetime import datetime
from itertools import product
from random import Random
from typing import Any

import pytest

from app.filters.advice.edits import without
from app.filters.advice.logic.claims import Claims
from app.filters.advice.logic.effort import Effort
from app.filters.advice.logic.search import can_hold
from app.filters.advice.reasoning import Verdict, VerdictKind, verdicts
from app.filters.check import check
from app.filters.checked import Filter
from app.filters.clock import Clock
from app.filters.document import write
from app.filters.sight.nodes import Node, NodeKind, node_of
from tests.filters.advice.crowds import AT, LABELS, Crowd, hostile_crowd, small_crowd
from tests.filters.advice.leaves import (
    BOOLEAN_LEAVES,
    KINDS,
    LABEL_LEAVES,
    NUMBER_LEAVES,
    STATUS_LEAVES,
    tree_of,
)
from tests.filters.catalogs import CATALOG, JAKARTA
from tests.oracle.meaning import Ids, everyone, members
from tests.oracle.population import STATUSES, ZONES
from tests.oracle.world import Moment, Person

SEED = os.environ.get("PILAH_SEED", "pilah")
Document = dict[str, Any]
Seen = Counter[VerdictKind]

LABEL_SETS = [[id for id in LABELS if mask & 1 << id] for mask in range(0, 32, 2)]


def _judge(document: Document, crowd: Crowd, at: datetime, seen: Seen) -> None:
    """Every verdict by the oracle, and the filter once what is said twice is left out: each alone, and all."""
    tree, moment = check(document, crowd.catalog), Moment(crowd.world, at)
    root, meant = node_of(tree), members(document, moment)
    found = verdicts(root, Clock(at, crowd.catalog.zone))
    for verdict in found:
        seen[verdict.kind] += 1
        assert _is_so(verdict, moment), f"{SEED} {at} {verdict.kind} {verdict.node.path} {document}"
    twice = {each.node.path for each in found if each.kind in (VerdictKind.IMPLIED, VerdictKind.COVERED)}
    assert all(_meant(without(tree, path), moment) == meant for path in twice), f"{SEED} {at} {document}"
    assert _lean(root, twice, moment) == meant, f"{SEED} {at} {document}"


def _is_so(verdict: Verdict, moment: Moment) -> bool:
    own, all_of_them = _meant(verdict.node.tree, moment), everyone(moment.world)
    because = [_meant(node.tree, moment) for node in verdict.because]
    in_all, in_any = all_of_them.intersection(*because), frozenset().union(*because)
    match verdict.kind:
        case VerdictKind.CONTRADICTORY:
            return not own and not in_all
        case VerdictKind.ALWAYS_TRUE:
            return own == all_of_them == in_any
        case VerdictKind.IMPLIED:
            return in_all <= own
        case VerdictKind.COVERED:
            return own <= in_any


def _meant(tree: Filter | None, moment: Moment) -> Ids:
    return members(write(tree), moment) if tree is not None else frozenset()


def _lean(node: Node, twice: set[str], moment: Moment) -> Ids:
    """Whom the node means without the parts at these paths."""
    parts = [_lean(part, twice, moment) for part in node.parts if part.path not in twice]
    match node.kind:
        case NodeKind.AND:
            return everyone(moment.world).intersection(*parts)
        case NodeKind.OR:
            return frozenset().union(*parts)
        case NodeKind.NOT:
            return everyone(moment.world) - parts[0]
        case _:
            return _meant(node.tree, moment)


@pytest.mark.parametrize("kind", KINDS)
def test_is_so_where_much_clashes(kind: str) -> None:
    crowd, seen = small_crowd(SEED), Seen()
    for _ in range(80):
        _judge(tree_of(KINDS[kind], crowd.random), crowd, AT, seen)
    assert min(seen[kind] for kind in VerdictKind) >= 5, seen


def test_is_so_of_mixed_filters() -> None:
    crowd, seen = small_crowd(f"{SEED} mixed"), Seen()
    for _ in range(100):
        leaves = [leaf for kind in crowd.random.sample(list(KINDS), 2) for leaf in KINDS[kind]]
        _judge(tree_of(leaves, crowd.random, levels=5, most=16), crowd, AT, seen)
    assert min(seen[kind] for kind in VerdictKind) >= 8, seen


@pytest.mark.parametrize("zone", ZONES)
def test_is_so_of_hostile_people(zone: str) -> None:
    crowd, seen = hostile_crowd(zone, SEED), Seen()
    for _ in range(40):
        _judge(crowd.filters.tree(5, 12), crowd, crowd.random.choice(crowd.about), seen)
        _judge(_about_one_field(crowd), crowd, crowd.random.choice(crowd.about), seen)
    assert seen.total() >= 20, seen


def _about_one_field(crowd: Crowd) -> Document:
    """A group of tests of one field, many of which clash or say the same."""
    key = crowd.random.choice(list(crowd.world.types))
    leaves = [crowd.filters.field(key) for _ in range(crowd.random.randint(2, 4))]
    return tree_of([*leaves, *leaves], crowd.random)


def test_misses_nothing_of_simple_conditions() -> None:
    """Of all statuses, labels, numbers and truths at once there is somebody, so nobody is found only if none can be."""
    people = [
        Person(number, status, {}, frozenset(labels), {"spend": spend, "member": member})
        for number, (status, labels, spend, member) in enumerate(
            product(STATUSES, LABEL_SETS, (None, 0, 1, "1.5", 2, "2.5", 3, 4), (None, True, False))
        )
    ]
    world, random = replace(small_crowd(SEED, 0).world, people=tuple(people)), Random(SEED)
    empty = 0
    for _ in range(250):
        document = tree_of([*STATUS_LEAVES, *LABEL_LEAVES, *NUMBER_LEAVES, *BOOLEAN_LEAVES], random, 4)
        found = bool(members(document, Moment(world, AT)))
        assert _can_hold(document) == found, f"{SEED} {document}"
        empty += not found
    assert empty >= 10


def _can_hold(document: Document) -> bool:
    effort = Effort()
    claims = Claims(Clock(AT, JAKARTA), effort)
    return can_hold([claims.of(node_of(check(document, CATALOG)), holds=True)], effort)
