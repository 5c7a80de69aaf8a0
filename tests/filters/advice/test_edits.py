"""Filters edited by path."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from app.filters.advice.edits import sendable, without
from app.filters.check import check
from app.filters.checked import Filter
from app.filters.document import write
from app.filters.sight.nodes import Node, NodeKind, node_of, walk
from app.filters.tree import leaves
from tests.filters.advice.crowds import AT, small_crowd
from tests.filters.advice.leaves import KINDS, tree_of
from tests.filters.catalogs import CATALOG, field, in_any, with_segments
from tests.oracle.meaning import members
from tests.oracle.world import Moment

Document = dict[str, Any]

ACTIVE, PENDING, REST = ({"status": one} for one in (["ACTIVE"], ["PENDING"], ["PENDING", "UNSUBSCRIBED"]))
JAKARTA, RICH, BORN = field("city", contains="jak"), field("spend", atLeast="5"), field("birthday", isEmpty=False)
SEGMENTS = with_segments({1: {"and": [JAKARTA, RICH]}, 2: BORN})


def no(document: Document) -> Document:
    return {"not": document}


WITHOUT: list[tuple[Document, str, Document | None]] = [
    ({"and": [JAKARTA, RICH, BORN]}, ".and[1]", {"and": [JAKARTA, BORN]}),
    ({"and": [JAKARTA, RICH]}, ".and[0]", RICH),
    ({"or": [JAKARTA, {"and": [RICH, BORN]}]}, ".or[1].and[0]", {"or": [JAKARTA, BORN]}),
    ({"or": [JAKARTA, {"and": [RICH, BORN]}]}, ".or[0]", {"and": [RICH, BORN]}),
    ({"or": [JAKARTA, {"and": [RICH]}]}, ".or[1].and[0]", JAKARTA),
    ({"and": [JAKARTA, no(RICH)]}, ".and[1].not", JAKARTA),
    ({"and": [JAKARTA, no({"or": [RICH, BORN]})]}, ".and[1].not.or[0]", {"and": [JAKARTA, no(BORN)]}),
    (JAKARTA, "", None),
    (no(no(JAKARTA)), ".not.not", None),
    (no({"and": [{"or": [JAKARTA]}]}), ".not.and[0].or[0]", None),
    ({"and": [JAKARTA, RICH]}, ".and[2]", None),
    ({"and": [JAKARTA, RICH]}, ".or[0]", None),
    ({"and": [JAKARTA, RICH]}, ".and[1].not", None),
    (in_any(1, 2, 9), ".segment.inAny[1]", in_any(1, 9)),
    ({"or": [in_any(1, 9), RICH]}, ".or[0].segment.inAny[0]", {"or": [in_any(9), RICH]}),
    (in_any(1), ".segment", None),
    (in_any(1), ".segment.and[0]", None),
    (in_any(1, 2), ".segment.inAny[0].segment.and[0]", None),
]


@pytest.mark.parametrize(("document", "path", "expected"), WITHOUT)
def test_takes_a_part_out(document: Document, path: str, expected: Document | None) -> None:
    assert _written(without(check(document, SEGMENTS), f"filter{path}")) == expected


SENDABLE: list[tuple[Document, Document]] = [
    (JAKARTA, {"and": [JAKARTA, ACTIVE]}),
    ({"and": [JAKARTA, RICH]}, {"and": [JAKARTA, RICH, ACTIVE]}),
    ({"or": [JAKARTA, ACTIVE]}, {"and": [{"or": [JAKARTA, ACTIVE]}, ACTIVE]}),
    ({"status": ["PENDING", "ACTIVE"]}, ACTIVE),
    ({"and": [{"status": ["PENDING", "ACTIVE"]}, JAKARTA]}, {"and": [ACTIVE, JAKARTA]}),
    ({"and": [JAKARTA, no(REST), RICH, ACTIVE]}, {"and": [JAKARTA, ACTIVE, RICH]}),
    ({"and": [no(ACTIVE), JAKARTA]}, {"and": [no(ACTIVE), JAKARTA, ACTIVE]}),
    (PENDING, {"and": [PENDING, ACTIVE]}),
    (no(PENDING), ACTIVE),
]


@pytest.mark.parametrize(("document", "expected"), SENDABLE)
def test_leaves_those_who_may_be_mailed(document: Document, expected: Document) -> None:
    assert _written(sendable(check(document, CATALOG))) == expected
    assert _written(sendable(check(expected, CATALOG))) == expected


def test_keeps_within_the_limits() -> None:
    deepest, widest = JAKARTA, {"or": [JAKARTA] * 100}
    for _ in range(8):
        deepest = no(deepest)
    assert sendable(check(deepest, CATALOG)) is None
    assert sendable(check(widest, CATALOG)) is None
    assert without(check(deepest, CATALOG), "filter" + ".not" * 8) is None


def _written(tree: Filter | None) -> Document | None:
    return None if tree is None else write(tree)


def test_every_part_of_random_filters_goes() -> None:
    random, gone = Random("edits"), 0
    everything = [leaf for kind in KINDS.values() for leaf in kind]
    crowd = small_crowd("edits", 0)
    for _ in range(100):
        tree = check(tree_of(everything, random, levels=5, most=12), crowd.catalog)
        root = node_of(tree)
        paths = {node.path for node in _own(root)}
        for node in walk(root):
            left = without(tree, node.path)
            assert (left is None) == (node.path not in paths or _is_all_there_is(node, root)), node.path
            if left is not None:
                gone += 1
                assert check(write(left), crowd.catalog) == left
                assert _asked(left) == _asked(tree) - _asked(node.tree), node.path
                assert sum(1 for _ in _own(node_of(left))) < len(paths)
    assert gone > 300


def _asked(tree: Filter) -> int:
    """How many conditions there are; a segment among others counts as one."""
    return sum(len(getattr(leaf, "segments", (leaf,))) for leaf in leaves(tree))


def _own(node: Node) -> Iterator[Node]:
    """The node and what is below it of the filter itself."""
    yield node
    if node.kind is not NodeKind.SEGMENT:
        for part in node.parts:
            yield from _own(part)


def _is_all_there_is(node: Node, root: Node) -> bool:
    return _asked(node.tree) == _asked(root.tree)


def test_random_filters_keep_the_sendable() -> None:
    crowd = small_crowd("sendable", 200)
    moment = Moment(crowd.world, AT)
    active = members(ACTIVE, moment)
    leaves = [*KINDS["statuses"], *KINDS["statuses"], *KINDS["labels"]]
    for _ in range(60):
        tree = check(tree_of(leaves, crowd.random), crowd.catalog)
        found = sendable(tree)
        assert found is not None
        assert members(write(found), moment) == members(write(tree), moment) & active
