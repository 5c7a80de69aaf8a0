"""What is told of a SQL statement: its verb, its table and its time; never a value."""

import re
from functools import lru_cache
from typing import Final

from app.telemetry.measures import STATEMENT_SECONDS
from app.telemetry.traces import is_tracing, record_statement

_VERBS: Final = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "COPY", "SET"})
_TABLE: Final = re.compile(r'\b(?:FROM|INTO|UPDATE|JOIN) "?([a-z_]+)\b')
_TABLES: Final = frozenset(
    {
        "audit_entry",
        "contact",
        "do_not_contact",
        "do_not_contact_removal",
        "erasure",
        "export",
        "field",
        "file_import",
    }
    | {"file_import_part", "idempotent_answer", "imported_change", "kept_by_undo", "label", "refused_row", "segment"}
    | {"segment_contact", "segment_pin", "segment_version", "status_change", "token", "workspace"}
    | {"noted_change", "contact_change", "membership_change", "segment_member", "live_segment", "live_workspace"}
    | {"contact_due", "webhook", "webhook_draft", "webhook_message"}
)


def tell_statement(text: str, seconds: float, *, failed: bool) -> None:
    """Count a statement that has ended, and trace it."""
    verb, table = kind_of(text)
    STATEMENT_SECONDS.add(seconds, verb, table)
    if is_tracing():
        record_statement(text, verb, table, seconds, failed=failed)


@lru_cache(maxsize=2_000)
def kind_of(text: str) -> tuple[str, str]:
    """A statement's verb and the first of our tables that it names; `other` for what is none of ours."""
    verb = text.lstrip(" (").split(maxsplit=1)[0].upper() if text.strip(" (") else ""
    table = next((name for name in _TABLE.findall(text) if name in _TABLES), "other")
    return verb if verb in _VERBS else "other", table
