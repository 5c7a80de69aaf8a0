"""What the operator does at the command line stands in the audit log."""

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from tests.test_cli import Pilah, empty_database, files, pilah, said, table

ROOT = Path(__file__).parent.parent

__all__ = ["empty_database", "files", "pilah"]


async def test_the_operator_is_told_of(pilah: Pilah, empty_database: str, tmp_path: Path, files: Path) -> None:
    said(pilah, "workspace", "create", "Recorded")
    here = ("--workspace", "Recorded")
    pilah("token", "create", *here, "--scope", "read")
    [[token, *_]] = table(said(pilah, "token", "list", *here))
    said(pilah, "token", "revoke", token, *here)
    pilah("token", "revoke", "999", *here)
    (tmp_path / "people.csv").write_text("email\na@example.com\n")
    said(pilah, "import", str(tmp_path / "people.csv"), *here)
    [[id, *_]] = table(said(pilah, "imports", *here))
    pilah("cancel-import", id, *here)
    said(pilah, "export", str(tmp_path / "out.csv"), *here)
    said(pilah, "undo-import", id, *here)
    control = await asyncpg.connect(empty_database)
    rows = await control.fetch(
        "SELECT operation, object_kind, outcome, token_id, subject FROM audit_entry JOIN workspace "
        "ON workspace.id = workspace_id WHERE workspace.name = 'Recorded' ORDER BY audit_entry.id"
    )
    await control.close()
    assert [tuple(row) for row in rows] == [
        ("createToken", "Token", "DONE", None, None),
        ("revokeToken", "Token", "DONE", None, None),
        ("revokeToken", "Token", "REFUSED", None, None),
        ("createImport", "Import", "DONE", None, None),
        ("cancelImport", "Import", "REFUSED", None, None),
        ("export", None, "DONE", None, None),
        ("undoImport", "Import", "DONE", None, None),
    ]


@pytest.fixture
async def account(pilah: Pilah, empty_database: str) -> AsyncIterator[str]:
    """The address of the database for an account that has been granted what the documentation says, and no more."""
    said(pilah, "workspace", "create", "Granted")
    [grants] = re.findall("```sql\n(.*?)```", (ROOT / "docs" / "security.md").read_text(), re.DOTALL)
    control, name = await asyncpg.connect(empty_database), f"granted_{os.getpid()}"
    await control.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'granted'")
    await control.execute(grants.replace("pilah_server", name))
    parts = urlsplit(empty_database)
    yield urlunsplit(parts._replace(netloc=f"{name}:granted@{parts.netloc.rpartition('@')[2]}"))
    await control.execute(f"DROP OWNED BY {name}; DROP ROLE {name}")
    await control.close()


async def test_an_account_that_owns_nothing_does_all_the_work(
    pilah: Pilah, account: str, tmp_path: Path, files: Path
) -> None:
    here = ("--workspace", "Granted")
    (tmp_path / "people.csv").write_text("email,town\n" + "".join(f"a{n}@example.com,Solo\n" for n in range(500)))

    def done(*arguments: str) -> str:
        run = pilah(*arguments, *here, DATABASE_URL=account)
        assert run.returncode == 0, run.stderr
        return run.stdout

    done("import", str(tmp_path / "people.csv"))
    [[id, *_]] = table(done("imports"))
    assert done("export", str(tmp_path / "out.csv")).startswith("500 contacts")
    done("undo-import", id)
    done("token", "create", "--scope", "read")
    control = await asyncpg.connect(account)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await control.execute("DELETE FROM audit_entry")
    await control.close()
