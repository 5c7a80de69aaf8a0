"""Advice on random filters is what the oracle says of them: whom edits leave, what could go, what segments share."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from app.compile import Scope
from app.filters.advice import superfluous
from app.filters.advice.compared import Compared
from app.filters.advice.edits import without
from app.filters.advice.likeness import NEARLY
from app.filters.advice.pieces import AdviceCode, Piece
from app.filters.advice.safeguards import safeguards
from app.filters.check import check
from app.filters.clock import Clock
from app.filters.document import write
from app.filters.pins import with_pins
from app.filters.sight.nodes import node_of, walk
from app.queries.catalogs import current_catalog
from app.queries.segments import create_dynamic
from app.queries.sight.advising import Considered, advice, weigh
from tests.compile.peopled import Peopled
from tests.live.engine import catch_up
from tests.oracle.meaning import Ids, everyone, members
from tests.oracle.strategies import Filters, plus
from tests.oracle.world import Moment
from tests.sight.conftest import SEED
from tests.sight.parts import parts

TREES = 40
BROAD = 0.8
SUPERFLUOUS = (AdviceCode.REMOVES_NOBODY, AdviceCode.ADDS_NOBODY)
NOTHING_TO_DO = {*SUPERFLUOUS, AdviceCode.CONTRADICTORY, AdviceCode.ALWAYS_TRUE, AdviceCode.EMPTY}


@pytest.fixture
def here(there: Peopled) -> Peopled:
    """The peopled workspace, with chances of its own: what is tried elsewhere stays as it is."""
    random = Random(f"{SEED} advice")
    return replace(there, random=random, filters=Filters(there.world, random, there.about))


@pytest.fixture(autouse=True)
def _few_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(superfluous, "FEWEST_COMING", 1)


async def _advised(
    there: Peopled,
    document: Any,
    at: datetime,
    number: int | None = None,
    *,
    broad: float = BROAD,
    as_of_now: bool = False,
) -> list[Piece]:
    """The advice on a filter, which has the pins of the segment with that number."""
    catalog = await current_catalog(there.workspace)
    tree, scope = check(document, catalog), Scope(there.workspace, Clock(at, catalog.zone))
    segment = None if number is None else catalog.segments[number]
    tree = tree if segment is None else with_pins(tree, segment)
    considered = Considered(Compared(tree, catalog, segment), broad, as_of_now=as_of_now)
    return await advice(considered, await weigh(tree, scope), scope)


def _meant(document: Any, there: Peopled, at: datetime, number: int | None = None) -> Ids:
    included, excluded = there.world.pins.get(number or 0, (frozenset(), frozenset()))
    return (members(document, Moment(there.world, at)) | included) - excluded


def _document(there: Peopled) -> Any:
    """Any filter, or one that narrows step by step, as people's do."""
    narrowing = {"and": [there.filters.tree(3, 4) for _ in range(3)]}
    return there.random.choice((there.filters.tree(5, 12), narrowing))


async def test_edits_have_whom_the_oracle_says(here: Peopled) -> None:
    seen: Counter[AdviceCode] = Counter()
    for _ in range(TREES):
        document, at = _document(here), here.random.choice(here.about)
        number = here.random.choice([None, *here.world.pins])
        active, meant = _meant({"status": ["ACTIVE"]}, here, at), _meant(document, here, at, number)
        for piece in await _advised(here, document, at, number):
            if piece.edit is None:
                continue
            seen[piece.code] += 1
            edited, failure = _meant(write(piece.edit.tree), here, at, number), f"{at} {piece} {document}"
            assert (piece.edit.count, piece.edit.sendable) == (len(edited), len(edited & active)), failure
            if piece.code in SUPERFLUOUS:
                assert edited == meant, failure
            if piece.code is AdviceCode.NOT_SENDABLE and number is None:
                assert edited == meant & active, failure
    assert {*SUPERFLUOUS, AdviceCode.NOT_SENDABLE} <= seen.keys()


async def test_what_is_said_of_nodes_is_so(here: Peopled) -> None:
    for _ in range(TREES):
        document, at = _document(here), here.random.choice(here.about)
        meant, all_of_them = _meant(document, here, at), everyone(here.world)
        nodes = {part.path: part.ids for part in parts(document, Moment(here.world, at))}
        told = {piece.code: piece for piece in await _advised(here, document, at)}
        if (piece := told.get(AdviceCode.CONTRADICTORY)) is not None:
            assert not nodes[piece.path or ""]
        if (piece := told.get(AdviceCode.ALWAYS_TRUE)) is not None:
            assert nodes[piece.path or ""] == all_of_them
        assert meant or {AdviceCode.EMPTY, AdviceCode.CONTRADICTORY} & told.keys(), document
        assert not meant or AdviceCode.EMPTY not in told
        assert (AdviceCode.TOO_BROAD in told) <= (len(meant) > BROAD * len(all_of_them))


async def test_no_part_that_could_go_is_passed_over(here: Peopled) -> None:
    specific = 0
    for _ in range(2 * TREES):
        document, at = _document(here), here.random.choice(here.about)
        meant = _meant(document, here, at)
        told = {piece.code for piece in await _advised(here, document, at)}
        if told & NOTHING_TO_DO or not 0 < len(meant) < len(here.world.people):
            continue
        specific += 1
        tree = check(document, await current_catalog(here.workspace))
        root = node_of(tree)
        needed = set(safeguards(root))
        for node in walk(root):
            fewer = without(tree, node.path) if node.path not in needed else None
            assert fewer is None or _meant(write(fewer), here, at) != meant, f"{at} {node.path} {document}"
    assert specific > TREES / 4


@pytest.fixture
async def kept(here: Peopled) -> Peopled:
    """The workspace with its segments kept, and of each rule one more without pins."""
    world = here.world
    for number, rule in here.world.segments.items():
        if isinstance(rule, dict):
            world = plus(world, await create_dynamic(here.workspace, f"segment {number} again", rule), rule)
    await catch_up(here.workspace)
    return replace(here, world=world)


async def test_segments_are_alike_as_the_oracle_says(kept: Peopled) -> None:
    at, seen = datetime.now(UTC), Counter[AdviceCode]()
    rules = [segment for segment in kept.world.segments.values() if isinstance(segment, dict)]
    narrowed = [{"and": [kept.random.choice(rules), kept.filters.tree(3, 5)]} for _ in range(TREES)]
    for document in (*rules, *narrowed, *(kept.filters.tree(3, 5) for _ in range(TREES // 2))):
        meant = _meant(document, kept, at)
        for piece in await _advised(kept, document, at, broad=1, as_of_now=True):
            if piece.segment is not None:
                seen[piece.code] += 1
                held = _meant({"segment": {"inAny": [piece.segment.id]}}, kept, at)
                assert _is_so(piece.code, meant, held), f"{piece} {document}"
    assert seen[AdviceCode.SAME_AS] >= len(rules), seen
    assert seen[AdviceCode.INSIDE], seen


def _is_so(code: AdviceCode, meant: Ids, held: Ids) -> bool:
    match code:
        case AdviceCode.SAME_AS:
            return meant == held
        case AdviceCode.INSIDE:
            return meant < held
        case _:
            return code is AdviceCode.NEARLY_SAME and NEARLY <= len(meant & held) / len(meant | held) < 1
