"""Which pieces of advice are told, and in which order."""

import pytest

from app.filters.advice.likeness import Likeness, likeness_pieces
from app.filters.advice.pieces import MOST_PIECES, AdviceCode, Piece, in_order
from app.filters.catalog import Segment
from app.filters.vocabulary import SegmentKind

SEGMENTS = [Segment(number, f"segment {number}", SegmentKind.DYNAMIC, None) for number in range(6)]


def test_each_node_has_its_gravest_alone() -> None:
    given = [
        Piece(AdviceCode.ADDS_NOBODY, "", "filter.or[0]"),
        Piece(AdviceCode.NAME_SAYS_NOTHING, ""),
        Piece(AdviceCode.REMOVES_NOBODY, "", "filter.and[1]"),
        Piece(AdviceCode.CONTRADICTORY, "", "filter.or[0]"),
        Piece(AdviceCode.TOO_BROAD, ""),
    ]
    assert in_order(given) == [given[3], given[4], given[2], given[1]]


def test_only_the_gravest_of_many_are_told() -> None:
    many = [Piece(AdviceCode.REMOVES_NOBODY, "", f"filter.and[{place}]") for place in range(MOST_PIECES)]
    broad = Piece(AdviceCode.TOO_BROAD, "")
    assert in_order([*many, broad]) == [broad, *many[:-1]]


@pytest.mark.parametrize(
    ("same", "found", "told"),
    [
        ([], [(1, 100, 100, 100)], [("SAME_AS", 1)]),
        ([1], [(1, 100, 100, 100), (2, 100, 100, 100)], [("SAME_AS", 1), ("SAME_AS", 2)]),
        ([], [(1, 100, 100, 98), (2, 100, 100, 99)], [("NEARLY_SAME", 2), ("NEARLY_SAME", 1)]),
        ([], [(1, 100, 100, 97)], []),
        ([], [(1, 95, 100, 95)], [("NEARLY_SAME", 1)]),
        ([], [(1, 94, 100, 94)], [("INSIDE", 1)]),
        ([], [(1, 10, 500, 10), (2, 10, 400, 10)], [("INSIDE", 2)]),
        ([], [(1, 10, 501, 10)], []),
        ([], [(1, 500, 10, 10)], []),
        ([1], [(2, 10, 400, 10)], [("SAME_AS", 1)]),
        ([], [(1, 95, 100, 95), (2, 95, 400, 95)], [("NEARLY_SAME", 1), ("INSIDE", 2)]),
        ([1, 2, 3, 4], [], [("SAME_AS", 1), ("SAME_AS", 2), ("SAME_AS", 3)]),
    ],
    ids=range(12),
)
def test_segments_are_told_by_how_alike_they_are(
    same: list[int], found: list[tuple[int, int, int, int]], told: list[tuple[str, int]]
) -> None:
    like = [Likeness(SEGMENTS[number], count, size, both) for number, count, size, both in found]
    pieces = likeness_pieces([SEGMENTS[number] for number in same], like, 500)
    assert [(piece.code.value, piece.segment and piece.segment.id) for piece in pieces] == told
