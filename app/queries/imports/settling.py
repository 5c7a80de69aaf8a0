"""What is settled between the rows of one file before any is merged, and who must not be contacted at all."""

from app.queries.connections import Connection, transaction
from app.queries.do_not_contact import OPTED_OUT, hashed
from app.queries.imports.ledger import ImportState
from app.queries.imports.refusals import REPLACED_BY
from app.queries.imports.staging import SETTINGS, Stopped, hold, stage_of

# What is left of a row that is refused, where it says that its address must not be mailed.
STRIPPED = (
    "refused = TRUE, name = NULL, source = NULL, external_id = NULL, label_ids = ARRAY[]::bigint[], "
    "fields = jsonb_build_object(), folded = jsonb_build_object(), created_at = NULL, subscribed_at = NULL"
)

_REFUSE = "INSERT INTO refused_row (workspace_id, import_id, line, reason)"

# A refusal of mail on any row of an address holds for the row that is kept: its last one that is not refused.
_STRICTEST = (
    "UPDATE {stage} AS staged SET status = refusal.status FROM (SELECT email_folded, "
    "CASE WHEN bool_or(status = 'UNSUBSCRIBED') THEN 'UNSUBSCRIBED' ELSE 'HARD_BOUNCE' END AS status "
    f"FROM {{stage}} JOIN twin USING (email_folded) GROUP BY 1 HAVING bool_or(status IN {OPTED_OUT})) AS refusal "
    "WHERE staged.email_folded = refusal.email_folded"
)
_REPLACED = (
    "WITH ranked AS (SELECT line, coalesce(max(line) FILTER (WHERE NOT refused) OVER same, max(line) OVER same) "
    "AS last FROM {stage} JOIN twin USING (email_folded) WINDOW same AS (PARTITION BY email_folded)), "
    "gone AS (DELETE FROM {stage} AS staged USING ranked WHERE staged.line = ranked.line "
    "AND ranked.line <> ranked.last RETURNING staged.line, ranked.last, staged.refused) "
    f"{_REFUSE} SELECT $1, $2, line, '{REPLACED_BY}' || last FROM gone WHERE NOT refused "
    "ON CONFLICT DO NOTHING"
)
_CLAIMED = (
    "WITH claims AS (SELECT line, external_id, EXISTS (SELECT FROM contact AS owner "
    "WHERE owner.workspace_id = (SELECT $1::bigint) AND owner.external_id = staged.external_id "
    "AND owner.email_folded <> staged.email_folded OFFSET 0) AS is_taken "
    "FROM {stage} AS staged JOIN twin USING (external_id)), "
    "ranked AS (SELECT line, coalesce(min(line) FILTER (WHERE NOT is_taken) OVER same, min(line) OVER same) "
    "AS first FROM claims WINDOW same AS (PARTITION BY external_id)), "
    "gone AS (SELECT line, first FROM ranked WHERE line <> first), "
    "dropped AS (DELETE FROM {stage} AS staged USING gone WHERE staged.line = gone.line "
    f"AND (staged.status IN {OPTED_OUT}) IS NOT TRUE), "
    f"stripped AS (UPDATE {{stage}} AS staged SET {STRIPPED} FROM gone WHERE staged.line = gone.line "
    f"AND staged.status IN {OPTED_OUT}) "
    f"{_REFUSE} SELECT $1, $2, line, format('line %s has this external id', first) FROM gone ON CONFLICT DO NOTHING"
)
_UNWANTED = (
    "WITH gone AS MATERIALIZED (SELECT line, EXISTS (SELECT FROM contact WHERE contact.workspace_id = $1 "
    f"AND contact.email_folded = staged.email_folded AND staged.status IN {OPTED_OUT}) AS says_no "
    "FROM {stage} AS staged JOIN workspace ON workspace.id = $1 JOIN do_not_contact AS unwanted "
    f"ON unwanted.workspace_id = $1 AND unwanted.hash = {hashed('staged.email_folded')} "
    "WHERE $3::int IS NULL OR part = $3), "
    "dropped AS (DELETE FROM {stage} AS staged USING gone WHERE staged.line = gone.line AND NOT says_no), "
    f"stripped AS (UPDATE {{stage}} AS staged SET {STRIPPED} FROM gone WHERE staged.line = gone.line AND says_no) "
    f"{_REFUSE} SELECT $1, $2, line, 'this address is on the do-not-contact list' FROM gone ON CONFLICT DO NOTHING"
)


async def settle(workspace_id: int, import_id: int) -> None:
    """Leave each address and each external id one row, and let the merging begin. Raises Stopped."""
    stage = stage_of(import_id)
    async with transaction() as borrowed:
        for setting in SETTINGS:
            await borrowed.execute(setting)
        await hold(borrowed, workspace_id, import_id, ImportState.LOADING)
        await borrowed.execute(f"CREATE INDEX IF NOT EXISTS {stage}_part ON {stage} (part)")
        await borrowed.execute(f"ANALYZE {stage}")
        await leave_out_unwanted(borrowed, workspace_id, import_id)
        if await _twins(borrowed, stage, "email_folded"):
            await borrowed.execute(_STRICTEST.format(stage=stage))
            await borrowed.execute(_REPLACED.format(stage=stage), workspace_id, import_id)
        if await _twins(borrowed, stage, "external_id"):
            await borrowed.execute(_CLAIMED.format(stage=stage), workspace_id, import_id)
        settled = await borrowed.fetchval(
            "UPDATE file_import SET state = 'MERGING' WHERE workspace_id = $1 AND id = $2 AND state = 'LOADING' "
            "RETURNING id",
            workspace_id,
            import_id,
        )
        if settled is None:
            raise Stopped


async def leave_out_unwanted(
    borrowed: Connection, workspace_id: int, import_id: int, part: int | None = None
) -> None:
    """Refuse the rows (of a part, else all) whose addresses have come on the do-not-contact list."""
    if await borrowed.fetchval("SELECT EXISTS (SELECT FROM do_not_contact WHERE workspace_id = $1)", workspace_id):
        await borrowed.execute(_UNWANTED.format(stage=stage_of(import_id)), workspace_id, import_id, part)


async def _twins(borrowed: Connection, stage: str, column: str) -> bool:
    """Whether a value stands on several rows; the table `twin` has each that does."""
    await borrowed.execute("DROP TABLE IF EXISTS twin")
    found = await borrowed.execute(
        f"CREATE TEMP TABLE twin ON COMMIT DROP AS SELECT {column} FROM {stage} WHERE {column} IS NOT NULL "
        "GROUP BY 1 HAVING count(*) > 1"
    )
    return not found.endswith(" 0")
