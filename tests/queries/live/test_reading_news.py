"""What is new in the ledger, read a stretch at a time: nothing missed, nothing twice, however short the stretches."""

from collections import Counter
from collections.abc import Sequence

import pytest

from app.queries.connections import connection
from app.queries.live.reading_news import Place, SegmentNews, ever_dynamic, last_in_ledger, segment_news

SEGMENTS = [3, 1, 2, 1, 1, 3, 2]


async def write_ledger(workspace: int, segment_ids: Sequence[int]) -> None:
    """A contact enters each of the segments, one after another."""
    async with connection() as borrowed:
        await borrowed.execute(
            "INSERT INTO membership_change (workspace_id, segment_id, contact_id, is_entering, reason, changed_at) "
            "SELECT $1, segment_id, place, TRUE, 'CONTACT_CHANGED', now() "
            "FROM unnest($2::bigint[]) WITH ORDINALITY AS given (segment_id, place) ORDER BY place",
            workspace,
            segment_ids,
        )


async def read_on(workspace: int, chosen: list[int] | None, place: Place, most: int) -> list[SegmentNews]:
    """All the news behind a place, in stretches of so many rows."""
    told, is_more = list[SegmentNews](), True
    while is_more:
        stretch = await segment_news(workspace, chosen, place, most)
        told += stretch.news
        place, is_more = stretch.behind, stretch.is_more
    assert place == Place(await last_in_ledger(workspace))
    return told


@pytest.mark.parametrize("most", [1, 2, 3, 7, 50])
@pytest.mark.parametrize("chosen", [None, [1, 3], [9]], ids=str)
async def test_stretches_tell_all_once(workspace: int, most: int, chosen: list[int] | None) -> None:
    await write_ledger(workspace, SEGMENTS)
    told = await read_on(workspace, chosen, Place(0), most)
    expected = Counter(id for id in SEGMENTS if chosen is None or id in chosen)
    entered = Counter[int]()
    for one in told:
        entered[one.segment_id] += one.entered
    assert entered == expected
    assert all(one.upto - one.after <= most for one in told if one.after)


@pytest.mark.parametrize("most", [2, 4, 50])
async def test_every_place_is_gone_on_from(workspace: int, most: int) -> None:
    await write_ledger(workspace, SEGMENTS)
    told = await read_on(workspace, None, Place(0), most)
    for place, one in enumerate(told, start=1):
        again = await read_on(workspace, None, Place(one.after, one.upto, one.segment_id), most)
        assert [(each.segment_id, each.entered) for each in again] == [
            (each.segment_id, each.entered) for each in told[place:]
        ]


async def test_stretch_without_news_is_passed(workspace: int) -> None:
    await write_ledger(workspace, [1] * 6 + [2])
    first = await segment_news(workspace, [2], Place(0), 4)
    assert (first.news, first.is_more) == ([], True)
    second = await segment_news(workspace, [2], first.behind, 4)
    assert [(one.segment_id, one.entered) for one in second.news] == [(2, 1)]
    assert not second.is_more


async def test_nothing_new_stays_in_place(workspace: int) -> None:
    place = Place(7)
    stretch = await segment_news(workspace, None, place)
    assert (stretch.news, stretch.behind, stretch.is_more) == ([], place, False)


async def test_static_lists_were_never_dynamic(workspace: int) -> None:
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            "INSERT INTO segment (workspace_id, name, folded_name, kind, field_keys, label_ids, segment_ids, "
            "created_at, updated_at, deleted_at) SELECT $1, kind, kind, kind, '{}', '{}', '{}', now(), now(), now() "
            "FROM unnest(ARRAY['DYNAMIC', 'STATIC']) AS kind RETURNING id",
            workspace,
        )
    ids = [row[0] for row in rows]
    assert await ever_dynamic(workspace, [*ids, 2**40]) == {ids[0]}
