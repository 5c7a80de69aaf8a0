"""What the role that servers run as may do: all that they need, and nothing to what is written in the audit log."""

from typing import Final

from app.filters.problems import Code, Refused
from app.queries.connections import Connection, connection

# Not to all that there is: the tables that imports make are the servers' own.
_OWN: Final = (
    "SELECT CASE relkind WHEN 'S' THEN 'GRANT USAGE ON SEQUENCE %I TO %I' "
    "ELSE 'GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO %I' END, relname FROM pg_class "
    "WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'S') "
    "AND relowner = current_user::regrole ORDER BY relname"
)
_SCHEMA: Final = "GRANT USAGE, CREATE ON SCHEMA %I TO %I"
_GUARD: Final = (
    "REVOKE UPDATE, DELETE, TRUNCATE ON audit_entry FROM %I",
    "GRANT EXECUTE ON FUNCTION forget_audit_entries TO %I",
)
_ROLE: Final = "SELECT rolsuper OR pg_has_role(rolname, current_user, 'MEMBER') FROM pg_roles WHERE rolname = $1"


async def grant_rights(role: str) -> None:
    """Give a role what servers need, as the tables' owner; raises Refused where it is none or has all rights."""
    async with connection() as borrowed, borrowed.transaction():
        has_all = await borrowed.fetchval(_ROLE, role)
        if has_all is None:
            raise Refused.because(Code.NOT_FOUND, f'there is no role "{role}"; CREATE ROLE it first', "role")
        if has_all:
            message = (
                f'the role "{role}" may do all that the owner may; take one that is no superuser and owns nothing'
            )
            raise Refused.because(Code.NOT_ALLOWED, message, "role")
        schema = await borrowed.fetchval("SELECT current_schema()")
        await _grant(borrowed, _SCHEMA, schema, role)
        for text, name in await borrowed.fetch(_OWN):
            await _grant(borrowed, text, name, role)
        for text in _GUARD:
            await _grant(borrowed, text, role)


async def _grant(borrowed: Connection, text: str, *names: str) -> None:
    await borrowed.execute(await borrowed.fetchval("SELECT format($1, VARIADIC $2::text[])", text, names))
