"""Which segments use something, so that it isn't taken from under them."""

from app.filters.problems import Code, Refused
from app.queries.connections import Connection

MOST_NAMED = 5

_USERS = {
    column: f"SELECT name FROM segment WHERE workspace_id = $1 AND $2 = ANY({column}) AND deleted_at IS NULL"
    for column in ("field_keys", "label_ids", "segment_ids")
}


async def refuse_in_use(borrowed: Connection, workspace_id: int, column: str, value: int | str, what: str) -> None:
    """Raises Refused IN_USE, with the names of the segments whose filter refers to the value."""
    names = [row[0] for row in await borrowed.fetch(f"{_USERS[column]} ORDER BY name", workspace_id, value)]
    if names:
        shown = ", ".join(f'"{name}"' for name in names[:MOST_NAMED])
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        raise Refused.because(Code.IN_USE, f"{what} is used by {shown}{more}; change those first", "input.id")
