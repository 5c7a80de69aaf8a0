"""How a statement about many contacts finds each of them, whatever PostgreSQL knows of their workspace."""

# For PostgreSQL a workspace that is just being filled is an empty one, of which any index that begins with it is as
# good as the right one: each look-up would read it whole. So the workspace is hidden from the planner, each row looks
# for its own contact in what OFFSET 0 keeps apart, and a locked row is found again by its place: the `+ 0` keeps the
# indexes from it.
WITHIN = "workspace_id = (SELECT $1::bigint)"
IN_PLACE = "contact.workspace_id + 0 = $1 AND contact.ctid"

# The look-ups of foreign keys, too, are the same whichever workspace they are for. What a connection has planned for
# them while the table was empty is forgotten.
UNAWARE = "DISCARD PLANS; SET LOCAL plan_cache_mode = 'force_generic_plan'"


def own(columns: str, key: str, value: str) -> str:
    """SQL that joins `old`, columns of the contact of workspace $1 that has a row's value as its key."""
    return f"CROSS JOIN LATERAL (SELECT {columns} FROM contact WHERE {WITHIN} AND {key} = {value} OFFSET 0) AS old"


def locking(columns: str, ids: str) -> str:
    """SQL for columns of contacts of workspace $1 by their ids, which are SQL too, locked in the order of all."""
    return f"SELECT {columns} FROM contact WHERE {WITHIN} AND id = ANY(ARRAY({ids})) ORDER BY id FOR UPDATE"


def rests_on_import(contact_id: str) -> str:
    """SQL for whether a contact of workspace $1 has its status by an import, which undoing would take back."""
    return (
        f"coalesce((SELECT import_id IS NOT NULL FROM status_change WHERE {WITHIN} AND contact_id = {contact_id} "
        "AND cause <> 'ADDRESS_CHANGED' ORDER BY id DESC LIMIT 1), FALSE)"
    )
