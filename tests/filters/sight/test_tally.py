"""Sizes of Ands, Ors and Nots follow from how contacts answer the conditions."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from app.filters.check import check
from app.filters.sight.nodes import Node, NodeKind, conditions_of, node_of, walk
from app.filters.sight.tally import tally
from tests.filters.catalogs import CATALOG, field, in_any, with_segments

LEAVES = [field("city", contains=text) for text in "abcde"]
TREES = some.recursive(
    some.sampled_from(LEAVES),
    lambda parts: some.one_of(
        some.fixed_dictionaries({"and": some.lists(parts, min_size=1, max_size=3)}),
        some.fixed_dictionaries({"or": some.lists(parts, min_size=1, max_size=3)}),
        some.fixed_dictionaries({"not": parts}),
    ),
    max_leaves=8,
)
PEOPLE = some.lists(some.frozensets(some.sampled_from("abcde")), max_size=30)


def _holds(document: dict[str, Any], person: frozenset[str]) -> bool:
    [(word, asked)] = document.items()
    match word:
        case "and":
            return all(_holds(part, person) for part in asked)
        case "or":
            return any(_holds(part, person) for part in asked)
        case "not":
            return not _holds(asked, person)
    return asked["test"]["contains"] in person


@given(TREES, PEOPLE)
def test_counts_follow_from_answers(document: dict[str, Any], people: list[frozenset[str]]) -> None:
    root = node_of(check(document, CATALOG))
    conditions = conditions_of([root])
    texts = [condition.test.values[0].folded for condition in conditions]  # type: ignore[union-attr]
    groups = sorted({tuple(text in person for text in texts) for person in people})
    sizes = [sum(tuple(text in person for text in texts) == group for person in people) for group in groups]
    counted = tally(conditions, "".join(str(int(flag)) for group in groups for flag in group), sizes)
    held = counted.sets(root)[root.path]
    assert counted.count(held) == sum(_holds(document, person) for person in people)
    assert counted.count(counted.without(held)) == len(people) - counted.count(held)


def test_equal_conditions_are_asked_once() -> None:
    again = {"field": {"key": "city", "test": {"contains": "A"}}}
    root = node_of(check({"and": [LEAVES[0], {"not": again}, LEAVES[0]]}, CATALOG))
    assert len(conditions_of([root])) == 2  # "A" as entered is another text than "a"


def test_segments_are_opened_under_their_names() -> None:
    catalog = with_segments({1: {"and": [LEAVES[0], LEAVES[1]]}, 2: {"not": in_any(1)}})
    root = node_of(check({"or": [in_any(2), in_any(1, 9), in_any(9)]}, catalog))
    assert [_told(node) for node in walk(root)] == [
        ("filter", "OR", 0, None),
        ("filter.or[0]", "SEGMENT", 1, "S2"),
        ("filter.or[0].segment", "NOT", 2, None),
        ("filter.or[0].segment.not", "SEGMENT", 3, "S1"),
        ("filter.or[0].segment.not.segment", "AND", 4, None),
        ("filter.or[0].segment.not.segment.and[0]", "CONDITION", 5, None),
        ("filter.or[0].segment.not.segment.and[1]", "CONDITION", 5, None),
        ("filter.or[1]", "OR", 1, None),
        ("filter.or[1].segment.inAny[0]", "SEGMENT", 2, "S1"),
        ("filter.or[1].segment.inAny[0].segment", "AND", 3, None),
        ("filter.or[1].segment.inAny[0].segment.and[0]", "CONDITION", 4, None),
        ("filter.or[1].segment.inAny[0].segment.and[1]", "CONDITION", 4, None),
        ("filter.or[1].segment.inAny[1]", "CONDITION", 2, None),
        ("filter.or[2]", "CONDITION", 1, None),
    ]
    assert len(conditions_of([root])) == 3


def _told(node: Node) -> tuple[str, str, int, str | None]:
    assert (node.kind is NodeKind.SEGMENT) == (node.segment is not None)
    return node.path, node.kind.value, node.depth, node.segment.name if node.segment else None
