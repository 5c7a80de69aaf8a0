"""What the operator does at the command line stands in the audit log."""

from pathlib import Path

import asyncpg

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
