"""What an import tells of itself, and how it stops."""

import asyncio

import pytest

from app.telemetry.measures import REGISTRY
from app.transfer import winding_down
from app.transfer.imports.processes import side_by_side
from app.transfer.winding_down import Winding, a_part, wound_down_by
from tests.transfer.imports.loading import Dock

FILE = "email,name\nani@example.com,Ani\nbudi@example.com,Budi\nnobody,X\n"


def rows() -> dict[str, float]:
    """The rows that imports have had so far."""
    outcomes = ("created", "changed", "unchanged", "refused")
    return {name: REGISTRY.get_sample_value("pilah_import_rows_total", {"outcome": name}) or 0 for name in outcomes}


async def test_rows_are_counted_by_what_became_of_them(dock: Dock) -> None:
    before = rows()
    await dock.load(FILE, dry_run=True)
    await dock.load(FILE)
    await dock.load(FILE.replace("Budi", "Budi B"))
    added = {name: count - before[name] for name, count in rows().items()}
    assert added == {"created": 2, "changed": 1, "unchanged": 1, "refused": 2}


async def test_no_part_is_begun_once_the_work_is_to_stop() -> None:
    done: list[int] = []
    winding = Winding(lambda: len(done) == 3)

    async def work(number: int) -> None:
        await asyncio.sleep(0)
        done.append(number)

    async def working() -> None:
        wound_down_by(winding)
        await side_by_side(range(10), work, 1)

    task = asyncio.create_task(working())
    assert not (await asyncio.wait({task}, timeout=0.2))[0]
    assert done == [0, 1, 2]
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()


@pytest.mark.parametrize(("seconds", "is_ended"), [(0.1, True), (5, False)])
async def test_a_part_that_was_begun_has_a_while(
    seconds: float, is_ended: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(winding_down, "PART_SECONDS", 0.4)
    winding = Winding(lambda: False)

    async def part() -> None:
        wound_down_by(winding)
        async with a_part():
            await asyncio.sleep(seconds)

    task = asyncio.create_task(part())
    await asyncio.sleep(0)
    await winding.parts_ended()
    assert task.done() is is_ended
    task.cancel()
