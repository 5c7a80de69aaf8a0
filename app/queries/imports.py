"""Contacts, many at once out of a file: staged by COPY, then merged in one transaction."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

from app.filters.problems import Code, Refused
from app.filters.vocabulary import Status
from app.queries.connections import Connection, connection, transaction

STAGED = (
    "line",
    "email",
    "email_folded",
    "name",
    "source",
    "external_id",
    "status",
    "label_ids",
    "fields",
    "folded",
    "refused",
)

# Ahead of the connection's own limits, which are for requests; the memory is for the GIN indexes' pending lists.
_SETTINGS = (
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL work_mem = '64MB'",
    "SET LOCAL maintenance_work_mem = '256MB'",
    "SET LOCAL gin_pending_list_limit = '64MB'",
)

_STAGE = (
    "CREATE TEMP TABLE staged (line bigint, email text, email_folded text, name text, source text, external_id text, "
    "status text, label_ids bigint[], fields jsonb, folded jsonb, refused boolean) ON COMMIT DROP"
)

# A refusal of mail on any row of an address holds for the row that is kept.
_STRICTEST = (
    "UPDATE staged SET status = refusal.status FROM (SELECT email_folded, "
    "CASE WHEN bool_or(status = 'UNSUBSCRIBED') THEN 'UNSUBSCRIBED' ELSE 'HARD_BOUNCE' END AS status FROM staged "
    "GROUP BY email_folded HAVING count(*) > 1 AND bool_or(status IN ('UNSUBSCRIBED', 'HARD_BOUNCE'))) AS refusal "
    "WHERE staged.email_folded = refusal.email_folded"
)

# All but the last row of an address; then who claims an external id that is somebody else's, here or in the file:
# of such a row nothing is kept but that its address must not be mailed.
_REPLACED = (
    "WITH ranked AS (SELECT line, coalesce(max(line) FILTER (WHERE NOT refused) OVER same, max(line) OVER same) "
    "AS last FROM staged WINDOW same AS (PARTITION BY email_folded)), "
    "gone AS (DELETE FROM staged USING ranked WHERE staged.line = ranked.line AND ranked.line <> ranked.last "
    "RETURNING staged.line, ranked.last, staged.refused) SELECT line, last FROM gone WHERE NOT refused ORDER BY line"
)
_CLAIMED = (
    "WITH claims AS (SELECT line, external_id, EXISTS (SELECT FROM contact WHERE contact.workspace_id = $1 "
    "AND contact.external_id = staged.external_id AND contact.email_folded <> staged.email_folded) AS taken "
    "FROM staged WHERE external_id IS NOT NULL), "
    "ranked AS (SELECT line, taken, min(line) FILTER (WHERE NOT taken) OVER (PARTITION BY external_id) AS first "
    "FROM claims), "
    "gone AS (SELECT line, CASE WHEN NOT taken THEN first END AS first FROM ranked WHERE taken OR first < line), "
    "dropped AS (DELETE FROM staged USING gone WHERE staged.line = gone.line "
    "AND (staged.status IN ('UNSUBSCRIBED', 'HARD_BOUNCE')) IS NOT TRUE), "
    "stripped AS (UPDATE staged SET name = NULL, source = NULL, external_id = NULL, label_ids = '{}', fields = '{}', "
    "folded = '{}' FROM gone WHERE staged.line = gone.line AND staged.status IN ('UNSUBSCRIBED', 'HARD_BOUNCE')) "
    "SELECT line, first FROM gone ORDER BY line"
)

# Apart from the merge, which then sees each status as it will find it.
_LOCK = (
    "SELECT count(*) FROM (SELECT FROM contact JOIN staged ON contact.email_folded = staged.email_folded "
    "WHERE contact.workspace_id = $1 ORDER BY contact.id FOR UPDATE OF contact) "
    "AS locked"
)

# A status only ever becomes stricter, and only where the file itself states it.
_MERGE = """
WITH part AS MATERIALIZED (
    SELECT * FROM staged WHERE line BETWEEN $3 AND $4 ORDER BY line
), known AS MATERIALIZED (
    SELECT contact.id, contact.status FROM contact JOIN part ON contact.email_folded = part.email_folded
    WHERE contact.workspace_id = $1
), merged AS (
    INSERT INTO contact (workspace_id, email, email_folded, name, source, external_id, status, label_ids, fields,
        folded, created_at, updated_at, subscribed_at)
    SELECT $1, email, email_folded, name, source, external_id, coalesce(status, $2), label_ids, fields, folded,
        now(), now(), CASE WHEN coalesce(status, $2) = 'ACTIVE' THEN now() END
    FROM part ORDER BY line
    ON CONFLICT (workspace_id, email_folded) DO UPDATE SET
        name = coalesce(excluded.name, contact.name),
        source = coalesce(excluded.source, contact.source),
        external_id = coalesce(excluded.external_id, contact.external_id),
        status = CASE WHEN contact.status IN ('ACTIVE', 'PENDING')
            AND excluded.status IN ('UNSUBSCRIBED', 'HARD_BOUNCE') THEN excluded.status ELSE contact.status END,
        label_ids = CASE WHEN contact.label_ids @> excluded.label_ids THEN contact.label_ids
            ELSE ARRAY(SELECT DISTINCT id FROM unnest(contact.label_ids || excluded.label_ids) AS id ORDER BY id) END,
        fields = contact.fields || excluded.fields,
        folded = contact.folded || excluded.folded,
        updated_at = now()
    WHERE contact.workspace_id = $1 AND (
        NOT contact.fields @> excluded.fields OR NOT contact.folded @> excluded.folded
        OR NOT contact.label_ids @> excluded.label_ids
        OR (excluded.name, excluded.source, excluded.external_id) IS DISTINCT FROM
            (CASE WHEN excluded.name IS NOT NULL THEN contact.name END,
             CASE WHEN excluded.source IS NOT NULL THEN contact.source END,
             CASE WHEN excluded.external_id IS NOT NULL THEN contact.external_id END)
        OR (contact.status IN ('ACTIVE', 'PENDING') AND excluded.status IN ('UNSUBSCRIBED', 'HARD_BOUNCE')))
    RETURNING contact.id, contact.status
), noted AS (
    INSERT INTO status_change (workspace_id, contact_id, previous, status, cause, changed_at)
    SELECT $1, merged.id, known.status, merged.status, 'IMPORTED', now()
    FROM merged LEFT JOIN known USING (id) WHERE merged.status IS DISTINCT FROM known.status
)
SELECT count(*) FILTER (WHERE known.id IS NULL) AS created, count(known.id) AS updated,
    (SELECT count(*) FROM part) - count(*) AS unchanged
FROM merged LEFT JOIN known USING (id)
"""


@dataclass(frozen=True, slots=True)
class Merged:
    """How many contacts were made, changed, and left as they were."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: "Merged") -> "Merged":
        return Merged(self.created + other.created, self.updated + other.updated, self.unchanged + other.unchanged)


@dataclass(frozen=True, slots=True)
class Staging:
    """An import's open transaction, with its rows beside the workspace's contacts."""

    borrowed: Connection
    workspace_id: int

    async def copy(self, rows: Iterable[tuple[object, ...]]) -> None:
        """Take in rows of STAGED's columns."""
        await self.borrowed.copy_records_to_table("staged", records=rows, columns=STAGED)
        await self.borrowed.execute("CREATE INDEX staged_line ON staged (line)")
        await self.borrowed.execute("ANALYZE staged")

    async def drop_replaced(self) -> list[tuple[int, int]]:
        """Leave each address its last row, with the strictest status; the others' lines, and what replaces each."""
        await self.borrowed.execute(_STRICTEST)
        return [(row[0], row[1]) for row in await self.borrowed.fetch(_REPLACED)]

    async def drop_claimed(self) -> list[tuple[int, int | None]]:
        """Leave out rows whose external id is another's: their lines, with the line that has it (None: a contact)."""
        return [(row[0], row[1]) for row in await self.borrowed.fetch(_CLAIMED, self.workspace_id)]

    async def last_line(self) -> int:
        """The last row's line, 0 where there is no row; with the known contacts locked, all in the order of ids."""
        await self.borrowed.execute(_LOCK, self.workspace_id)
        return int(await self.borrowed.fetchval("SELECT coalesce(max(line), 0) FROM staged"))

    async def merge(self, first: int, last: int, status: Status) -> Merged:
        """Make or change the contacts of the lines from first to last; `status` is for new ones without their own."""
        row = await self.borrowed.fetchrow(_MERGE, self.workspace_id, status.value, first, last)
        return Merged(*row) if row else Merged()


@asynccontextmanager
async def staging(workspace_id: int) -> AsyncIterator[Staging]:
    """An import, done in full or not at all; imports into one workspace wait for each other. Raises Refused."""
    try:
        async with transaction() as borrowed:
            for setting in _SETTINGS:
                await borrowed.execute(setting)
            await borrowed.execute("SELECT pg_advisory_xact_lock(hashint8extended($1, 0))", workspace_id)
            await borrowed.execute(_STAGE)
            yield Staging(borrowed, workspace_id)
    except asyncpg.UniqueViolationError:
        message = "contacts were changed by somebody else meanwhile, and nothing was imported; import the file again"
        raise Refused.because(Code.TAKEN, message, "file") from None


async def taken_keys(workspace_id: int) -> set[str]:
    """The keys of all the workspace's fields, archived ones too."""
    async with connection() as borrowed:
        return {row[0] for row in await borrowed.fetch("SELECT key FROM field WHERE workspace_id = $1", workspace_id)}
