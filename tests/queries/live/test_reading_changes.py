"""What happened to contacts, read a stretch at a time, and forgotten by when it was seen to."""

from collections.abc import Sequence

import pytest

from app.queries.connections import connection
from app.queries.live.reading_changes import ContactNews, contact_news, forget_contact_changes, last_contact_change

CHANGES = [[1, 2, 3], [2], [4], [3, 1], [5, 6], [6], [2, 2, 1]]


async def write_changes(workspace: int, changes: Sequence[Sequence[int]]) -> list[int]:
    """The ids of a change of each group of contacts."""
    async with connection() as borrowed:
        return [
            await borrowed.fetchval(
                "INSERT INTO contact_change (workspace_id, contact_ids, cause, field_keys, label_ids, noted_at) "
                "VALUES ($1, $2, 'UPDATED', '{}', '{}', now()) RETURNING id",
                workspace,
                contact_ids,
            )
            for contact_ids in changes
        ]


@pytest.mark.parametrize("most", [1, 2, 50])
@pytest.mark.parametrize("read", [1, 3, 50])
@pytest.mark.parametrize("chosen", [None, [2, 6], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [9]], ids=str)
async def test_stretches_tell_all_once(workspace: int, chosen: list[int] | None, most: int, read: int) -> None:
    ids = await write_changes(workspace, CHANGES)
    told, place, is_more = list[ContactNews](), 0, True
    while is_more:
        stretch = await contact_news(workspace, chosen, place, most, read)
        assert stretch.behind > place
        told += stretch.news
        place, is_more = stretch.behind, stretch.is_more
    expected = {
        id: group if chosen is None else sorted({*group} & {*chosen}) for id, group in zip(ids, CHANGES, strict=True)
    }
    assert {one.id: one.contact_ids for one in told} == {id: group for id, group in expected.items() if group}
    assert [one.id for one in told] == sorted(one.id for one in told)
    assert place == await last_contact_change(workspace) == ids[-1]


async def test_stretch_without_news_is_passed(workspace: int) -> None:
    ids = await write_changes(workspace, [[1], [1], [1], [2]])
    stretch = await contact_news(workspace, [2], 0, most=100, read=2)
    assert (stretch.news, stretch.behind, stretch.is_more) == ([], ids[1], True)


async def test_nothing_new_stays_in_place(workspace: int) -> None:
    stretch = await contact_news(workspace, None, 7, most=100)
    assert (stretch.news, stretch.behind, stretch.is_more) == ([], 7, False)


@pytest.mark.parametrize(
    ("noted", "seen", "kept"),
    [(4, 4, False), (4, 2, True), (2, 2, True)],
)
async def test_seen_long_ago_is_forgotten(workspace: int, noted: int, seen: int, kept: bool) -> None:
    ids = await write_changes(workspace, [[1], [2]])
    async with connection() as borrowed:
        await borrowed.execute(
            "UPDATE contact_change SET noted_at = now() - $3 * interval '1 day', "
            "seen_at = now() - $4 * interval '1 day' WHERE workspace_id = $1 AND id = $2",
            workspace,
            ids[0],
            noted,
            seen,
        )
    await forget_contact_changes()
    stretch = await contact_news(workspace, None, 0, most=100)
    assert [one.id for one in stretch.news] == (ids if kept else ids[1:])
