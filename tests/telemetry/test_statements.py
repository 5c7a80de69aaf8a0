"""What is told of a statement by its text."""

import pytest

from app.telemetry.statements import kind_of


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SELECT id FROM contact WHERE workspace_id = $1", ("SELECT", "contact")),
        ('SELECT count(*) FROM "contact"', ("SELECT", "contact")),
        ("UPDATE file_import SET state = $1", ("UPDATE", "file_import")),
        (
            "WITH gone AS (DELETE FROM import_stage_7 RETURNING 1) INSERT INTO refused_row SELECT 1",
            ("WITH", "refused_row"),
        ),
        ("INSERT INTO somewhere SELECT 1", ("INSERT", "other")),
        ("  (SELECT 1)", ("SELECT", "other")),
        ("BEGIN;", ("other", "other")),
        ("", ("other", "other")),
    ],
)
def test_a_statement_has_a_verb_and_one_of_our_tables(text: str, kind: tuple[str, str]) -> None:
    assert kind_of(text) == kind
