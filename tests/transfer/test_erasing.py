"""A person who was erased is nowhere any more: in no row of any table, and in no file."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.compile import Scope
from app.filters.clock import Clock
from app.filters.problems import Refused
from app.filters.vocabulary import Status
from app.queries.catalogs import current_catalog
from app.queries.connections import connection, transaction
from app.queries.contact_writes import ContactDraft, create_contact, delete_contact
from app.queries.disclosure import disclose
from app.queries.do_not_contact import add_addresses, is_unwanted, remove_address
from app.queries.erasure import ErasureRow, erase_contact, find_erasure
from app.queries.exports import ledger as exports
from app.queries.idempotency import answer_once, read_call
from app.queries.imports import ledger as imports
from app.queries.imports.ledger import ImportState
from app.queries.imports.refusals import all_refused_rows
from app.transfer.exports.running import next_export
from app.transfer.tidying import tidy
from app.transfer.work import next_import
from tests.transfer.imports.conftest import dock
from tests.transfer.imports.loading import Dock

__all__ = ["dock"]

ANI, OTHER = "Ani.Rahma@Example.com", "bani.rahma@example.com"
TRACE = "ni.rahma@example.com"
FILE = f"email,age,note\n{ANI},1,x\n{OTHER},2,y\n<ani.rahma@example.com>;x,3,z\nNobody,4,ask {ANI.upper()}\n"


async def contact(workspace: int, email: str = ANI) -> int:
    draft = ContactDraft(email, {"name": "Ani"})
    return await create_contact(await current_catalog(workspace), draft, Status.ACTIVE, "at the till")


async def texts(workspace: int) -> list[str]:
    """Every row of the workspace, of every table, as a text in small letters."""
    async with connection() as borrowed:
        tables = await borrowed.fetch(
            "SELECT table_name FROM information_schema.columns WHERE column_name = 'workspace_id' "
            "AND table_schema = current_schema"
        )
        rows = [
            row[0]
            for (table,) in tables
            for row in await borrowed.fetch(
                f"SELECT lower(each::text) FROM {table} AS each WHERE workspace_id = $1", workspace
            )
        ]
    return [f"{row}" for row in rows]


async def traces(workspace: int, folder: Path) -> tuple[list[str], list[str]]:
    """The rows and the files that hold Ani's address; of the other one, which ends likewise, none counts."""
    rows = [row for row in await texts(workspace) if TRACE in row.replace(OTHER, "")]
    return rows, [name for name, text in contents(folder) if TRACE in text.lower().replace(OTHER, "")]


def contents(folder: Path) -> list[tuple[str, str]]:
    return [(path.name, path.read_text()) for path in folder.rglob("*") if path.is_file()]


async def keep_answer(workspace: int, answer: Any) -> None:
    async with transaction() as borrowed:

        async def act() -> Any:
            return answer

        await answer_once(borrowed, workspace, read_call("key", "name", answer), act)


async def export(workspace: int, folder: Path) -> int:
    options = {"format": "csv", "columns": None}
    export_id = await exports.create_export(workspace, "all", None, options, f"{workspace}.csv")
    while await next_export(folder):
        pass
    return export_id


async def erase(workspace: int, contact_id: int | None = None, email: str | None = None) -> ErasureRow:
    return await erase_contact(workspace, contact_id, email, "asked for it")


async def test_contact_goes_with_every_trace(workspace: int, dock: Dock) -> None:
    number = await contact(workspace)
    done = await dock.load(FILE)
    assert (done.counts.changed, done.counts.refused) == (1, 2)
    dry = await dock.load(FILE.replace(",1,x", ",9,x"), dry_run=True)
    assert dry.row.state is ImportState.CHECKED
    await keep_answer(workspace, {"contact": {"email": ANI}})
    export_id = await export(workspace, dock.folder)
    assert (await exports.find_export(workspace, export_id)).state is exports.ExportState.DONE
    rows, files = await traces(workspace, dock.folder)
    assert len(rows) == 7
    assert len(files) == 2
    erased = await erase(workspace, number)
    assert dict(erased.removed) == {
        "contacts": 1,
        "status_changes": 1,
        "imported_changes": 1,
        "refused_rows": 4,
        "samples": 1,
        "answers": 1,
        "dry_runs": 1,
        "exports": 1,
    }
    assert (await traces(workspace, dock.folder))[0] == []
    assert erased.settled_at is None
    while await next_import(dock.folder):
        pass
    await tidy(dock.folder)
    assert await traces(workspace, dock.folder) == ([], [])
    assert (await find_erasure(workspace, erased.id)).settled_at is not None
    assert await is_unwanted(workspace, ANI)
    assert any(OTHER in text for text in await texts(workspace))


async def test_person_who_is_no_contact_goes_from_refused_rows(workspace: int, dock: Dock) -> None:
    done = await dock.load(f"email,age\nnobody {ANI},1\nx,2\n")
    erased = await erase(workspace, email=ANI.upper())
    assert (erased.removed["contacts"], erased.removed["refused_rows"]) == (0, 1)
    assert erased.settled_at is not None
    kept = [row["cells"] async for row in all_refused_rows(workspace, done.row.id)]
    assert kept == [[], ["x", "2"]]
    assert await traces(workspace, dock.folder) == ([], [])


async def test_waiting_import_brings_nobody_back(workspace: int, dock: Dock) -> None:
    number = await contact(workspace)
    waiting = await dock.ask(FILE)
    erased = await erase(workspace, number)
    assert erased.settled_at is None
    await tidy(dock.folder)
    assert (await find_erasure(workspace, erased.id)).settled_at is None
    await dock.finish(waiting)
    assert (await traces(workspace, dock.folder))[0] != []
    await tidy(dock.folder)
    assert await traces(workspace, dock.folder) == ([], [])
    settled = await find_erasure(workspace, erased.id)
    assert settled.settled_at is not None
    assert settled.removed["refused_rows"] == 3
    assert (await imports.find_import(workspace, waiting)).state is ImportState.DONE


async def test_erased_address_can_not_come_back(workspace: int) -> None:
    await erase(workspace, await contact(workspace))
    with pytest.raises(Refused) as refused:
        await contact(workspace, ANI.lower())
    assert [problem.code.value for problem in refused.value.problems] == ["DO_NOT_CONTACT"]


async def test_deleted_contact_can_be_erased_by_address(workspace: int, dock: Dock) -> None:
    number = await contact(workspace)
    await dock.load(FILE)
    await delete_contact(workspace, number)
    erased = await erase(workspace, email=ANI)
    assert (erased.removed["contacts"], erased.removed["refused_rows"]) == (0, 2)


@pytest.mark.parametrize(
    "cell",
    [
        "ani.rahma@example.com",
        " ANI.RAHMA@EXAMPLE.COM. ",
        "Ani <ani.rahma@example.com>",
        "a@b.co;ani.rahma@example.com",
        "mail 'ani.rahma@example.com'!",
        "ａｎｉ.rahma＠example.com",
        "(ani.rahma@EXAMPLE.com)",
        "{ani.rahma@example.com}",
        "“ani.rahma@example.com”",
        "ani.rahma@example.com?",
        "ani.rahma@example.com*",
        "-ani.rahma@example.com-",
        "ani.rahma@example.com/budi@x.com",
        "budi@x.com/ani.rahma@example.com",
        "mailto:ani.rahma@example.com?subject=x",
        "email=ani.rahma@example.com",
        "https://x.id/u?e=ani.rahma@example.com&x=1",
    ],
)
async def test_address_is_found_however_it_is_written(workspace: int, dock: Dock, cell: str) -> None:
    await dock.load(f'email,age\n"nobody, {cell}",1\n')
    assert (await erase(workspace, email=ANI)).removed["refused_rows"] == 1


@pytest.mark.parametrize(
    "cell",
    ["bani.rahma@example.com", "x.ani.rahma@example.com", "ani.rahma@example.com.au", "ani.rahma", "ani@example.com"],
)
async def test_another_address_stays(workspace: int, dock: Dock, cell: str) -> None:
    await dock.load(f'email,age\n"nobody, {cell}",1\n')
    assert (await erase(workspace, email=ANI)).removed["refused_rows"] == 0


async def test_what_was_said_with_the_address_goes(workspace: int) -> None:
    said, number = f"{ANI} wrote to us", await contact(workspace)
    await add_addresses(workspace, [ANI], said)
    await remove_address(workspace, ANI, f"{ANI} agreed")
    await add_addresses(workspace, [ANI], said)
    assert len([row for row in await texts(workspace) if f"{TRACE} wrote" in row]) == 3
    await erase(workspace, number)
    assert [row for row in await texts(workspace) if TRACE in row] == []
    assert len([row for row in await texts(workspace) if "asked for it" in row]) == 1


async def test_kept_answer_is_found_within_its_text(workspace: int) -> None:
    await keep_answer(workspace, orjson.dumps({"note": f"for\n{ANI}"}).decode())
    assert (await erase(workspace, email=ANI)).removed["answers"] == 1


async def twins(workspace: int) -> list[int]:
    """Two contacts of one address: the older one as it was compared before domains were spelled alike."""
    older = await contact(workspace, "ani@xn--bcher-kva.example")
    async with connection() as borrowed:
        await borrowed.execute(
            "UPDATE contact SET email_folded = email WHERE workspace_id = $1 AND id = $2", workspace, older
        )
    return [older, await contact(workspace, "ani@bücher.example")]


@pytest.mark.parametrize("who", ["older", "younger", "address"])
async def test_contacts_of_one_address_are_told_and_go_together(workspace: int, who: str) -> None:
    older, younger = await twins(workspace)
    await contact(workspace, "budi@xn--bcher-kva.example")
    number = {"older": older, "younger": younger}.get(who)
    email = None if number else "ANI@BÜCHER.example"
    catalog = await current_catalog(workspace)
    told = await disclose(catalog, Scope(workspace, Clock(datetime.now(UTC), catalog.zone)), number, email)
    assert [one["email"] for one in (told["contact"], *told["otherContacts"])] == [
        "ani@xn--bcher-kva.example",
        "ani@bücher.example",
    ]
    assert len(told["statusHistory"]) == 2
    assert (await erase(workspace, number, email)).removed["contacts"] == 2
    assert [row for row in await texts(workspace) if "ani@" in row] == []
    assert len([row for row in await texts(workspace) if "budi@" in row]) == 1


@pytest.mark.parametrize(
    ("cause", "email", "expected"),
    [
        (" ", ANI, ("REQUIRED", "input.cause")),
        (f"{ANI.lower()} asked", ANI, ("NOT_ALLOWED", "input.cause")),
        ("asked", "nobody", ("INVALID_EMAIL", "input.email")),
        ("asked", None, ("NOT_FOUND", "input.id")),
    ],
)
async def test_bad_erasure_is_refused(
    workspace: int, cause: str, email: str | None, expected: tuple[str, str]
) -> None:
    with pytest.raises(Refused) as refused:
        await erase_contact(workspace, 1 if email is None else None, email, cause)
    assert [(problem.code.value, problem.path) for problem in refused.value.problems] == [expected]
    assert not await is_unwanted(workspace, ANI)
