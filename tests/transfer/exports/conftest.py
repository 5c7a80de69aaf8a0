"""A workspace of known people, with a field of each type."""

import pytest

from app.filters.vocabulary import FieldType
from app.queries.connections import connection
from app.queries.fields import create_field
from app.queries.labels import archive_label, create_label
from tests.transfer.exports.written import add

FIELDS = (
    ("city", FieldType.TEXT, ()),
    ("spent", FieldType.NUMBER, ()),
    ("born", FieldType.DATE, ()),
    ("seen", FieldType.DATETIME, ()),
    ("member", FieldType.BOOLEAN, ()),
    ("plan", FieldType.CHOICE, ("Free", "-Plus")),
)


@pytest.fixture
async def people(workspace: int) -> int:
    """A workspace in Jakarta: ani has everything, budi nothing but an address."""
    for key, type, options in FIELDS:
        await create_field(workspace, key, key.title(), type, options)
    labels = [await create_label(workspace, name) for name in ("VIP", 'He said "hi", twice', "Old")]
    values = {
        "city": 'Jakarta "Raya",\nIndonesia',
        "spent": "12345678901234567890.50",
        "born": "2000-02-29",
        "seen": "2026-01-31T09:30:00.25+01:00",
        "member": True,
        "plan": "-Plus",
    }
    texts = {"name": "Ani", "source": "shop", "external_id": "7"}
    await add(workspace, "ani@example.com", texts, values, labels)
    await archive_label(workspace, labels[2])
    await add(workspace, "budi@example.com")
    async with connection() as borrowed:
        await borrowed.execute(
            "UPDATE contact SET created_at = '2026-01-01 17:00:00Z', updated_at = '2026-01-02 00:00:00.5Z', "
            "subscribed_at = CASE email WHEN 'ani@example.com' THEN timestamptz '2026-01-03 00:00:00Z' END "
            "WHERE workspace_id = $1",
            workspace,
        )
    return workspace
