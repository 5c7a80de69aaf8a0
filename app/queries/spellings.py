"""The contacts that one address has: more than one where they were made while its spellings still were several."""

from app.queries.connections import Connection
from app.queries.emails import fold_email

# Spellings differ in their domains alone; the inner search reads nothing but the key's own index.
_LIKELY = (
    "SELECT id, email FROM contact WHERE workspace_id = $1 AND email_folded = ANY(ARRAY("
    "SELECT email_folded FROM contact WHERE workspace_id = $1 AND starts_with(email_folded, $2))) ORDER BY id"
)


async def contacts_with(borrowed: Connection, workspace_id: int, address: str) -> list[int]:
    """The ids of the contacts that have a folded address, oldest first."""
    local = address.rpartition("@")[0]
    rows = await borrowed.fetch(_LIKELY, workspace_id, f"{local}@")
    return [row["id"] for row in rows if fold_email(row["email"]) == address]


async def address_of(borrowed: Connection, workspace_id: int, contact_id: int | None) -> str | None:
    """The folded address of a contact; None where there is no such contact."""
    email = await borrowed.fetchval(
        "SELECT email FROM contact WHERE workspace_id = $1 AND id = $2", workspace_id, contact_id
    )
    return None if email is None else fold_email(email)
