"""Who is in segments, told for a stretch of contacts at a time, in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.compile.clause import Clause, write
from app.queries.live.claims import Held
from app.queries.live.moving import Move, Reason

# Whoever is noted as changed, or due, has yet to be looked at: what is kept of them may be out of date, not wrong.
_UNSETTLED = (
    "SELECT unnest(contact_ids) AS id FROM noted_change WHERE workspace_id = $1 "
    "UNION SELECT contact_id FROM contact_due WHERE workspace_id = $1 AND due_at <= $5"
)
_NOBODY = "SELECT NULL::bigint AS id WHERE FALSE"

_TELL = """
WITH contacts AS MATERIALIZED (
    SELECT contact.id, ARRAY[{cases}]::bigint[] AS segment_ids, {due_at} AS due_at FROM contact
    WHERE contact.workspace_id = $1 AND contact.id > $2 AND contact.id <= $7 ORDER BY contact.id LIMIT $3
), stretch AS MATERIALIZED (
    SELECT CASE WHEN count(*) < $3 THEN $7 ELSE max(id) END AS last FROM contacts
), unsettled AS MATERIALIZED (
    {unsettled}
), meant AS MATERIALIZED (
    SELECT id AS contact_id, segment_id FROM contacts, unnest(segment_ids) AS segment_id
    WHERE segment_id IS NOT NULL AND id NOT IN (SELECT id FROM unsettled)
), kept AS MATERIALIZED (
    SELECT member.contact_id, member.segment_id FROM segment_member AS member
    WHERE member.workspace_id = $1 AND member.segment_id = ANY($4::bigint[]) AND member.contact_id > $2
        AND member.contact_id <= (SELECT last FROM stretch) AND member.contact_id NOT IN (SELECT id FROM unsettled)
), entering AS MATERIALIZED (
    SELECT * FROM meant EXCEPT SELECT * FROM kept
), leaving AS MATERIALIZED (
    SELECT * FROM kept EXCEPT SELECT * FROM meant
), gone AS (
    DELETE FROM segment_member AS member USING leaving WHERE member.workspace_id = $1
        AND member.contact_id = leaving.contact_id AND member.segment_id = leaving.segment_id
), come AS (
    INSERT INTO segment_member (workspace_id, segment_id, contact_id, entered_at)
    SELECT $1, segment_id, contact_id, $5 FROM entering ORDER BY contact_id
), told AS (
    INSERT INTO membership_change (workspace_id, segment_id, contact_id, is_entering, reason, changed_at)
    SELECT $1, segment_id, contact_id, is_entering, $6, $5 FROM (
        SELECT segment_id, contact_id, TRUE AS is_entering FROM entering
        UNION ALL SELECT segment_id, contact_id, FALSE FROM leaving
    ) AS moved ORDER BY contact_id
    RETURNING segment_id, contact_id, is_entering
), due AS (
    INSERT INTO contact_due (workspace_id, contact_id, due_at)
    SELECT $1, id, contacts.due_at FROM contacts
    LEFT JOIN contact_due AS known ON known.workspace_id = $1 AND known.contact_id = contacts.id
        AND known.contact_id > $2 AND known.contact_id <= (SELECT last FROM stretch)
    WHERE contacts.due_at IS NOT NULL AND (known.due_at IS NULL OR known.due_at > contacts.due_at) ORDER BY id
    ON CONFLICT (workspace_id, contact_id) DO UPDATE SET due_at = excluded.due_at
), counted AS (
    UPDATE live_segment AS live SET members = live.members + moved.more FROM (
        SELECT segment_id, sum(more) AS more FROM (
            SELECT segment_id, 1 AS more FROM entering UNION ALL SELECT segment_id, -1 FROM leaving
        ) AS each GROUP BY 1
    ) AS moved WHERE live.workspace_id = $1 AND live.segment_id = moved.segment_id
)
SELECT stretch.last, (SELECT count(*) FROM told) AS moved, announced.* FROM stretch
LEFT JOIN (SELECT segment_id, contact_id, is_entering FROM told WHERE segment_id = ANY($8::bigint[])) AS announced
ON TRUE
"""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Contacts in the order of ids: after one, up to another, so many at most."""

    after: int
    upto: int
    most: int


@dataclass(frozen=True, slots=True)
class Told:
    """The contact up to which the members are right now, how many moved, and which of those are to be announced."""

    last: int
    moved: int
    moves: Sequence[Move]


async def tell_members(
    held: Held,
    stretch: Stretch,
    conditions: Mapping[int, Clause],
    due_at: Clause,
    at: datetime,
    reason: Reason,
    announced: Sequence[int] = (),
) -> Told:
    """Let those of a stretch into the segments whose condition holds for them, and the others out, as of a moment.

    Contacts are looked at again when `due_at` says. With reason REPAIRED those are left alone who have yet to be
    looked at. The moves into and out of the announced segments are told.
    """
    values: list[object] = [held.workspace_id, stretch.after, stretch.most, list(conditions), at]
    values += [reason.value, stretch.upto, list(announced)]
    cases = (f"CASE WHEN {write(each, values)} THEN {id:d} END" for id, each in conditions.items())
    text = _TELL.format(
        cases=", ".join(cases),
        due_at=write(due_at, values),
        unsettled=_UNSETTLED if reason is Reason.REPAIRED else _NOBODY,
    )
    # Planned for these very values: how much of a workspace a stretch is decides how it is read.
    await held.borrowed.execute("SET LOCAL plan_cache_mode = 'force_custom_plan'")
    rows = await held.borrowed.fetch(text, *values)
    moves = [Move(row[2], row[3], row[4], reason) for row in rows if row[2] is not None]
    return Told(rows[0]["last"], rows[0]["moved"], moves)
