"""Addresses whose domain was compared as it is written are compared by what it means.

Where two contacts of a workspace now have one address, both are kept: who has the canonical form already, or else the
older one, is found by it. The other one is found by its id alone, so that it must not be mailed any more: nothing that
is said of the address reaches it. Where one of them opted out, or the address is on the list, nobody with it is mailed.
"""

from collections import defaultdict
from typing import Any

from tortoise import migrations
from tortoise.migrations import operations as ops

from app.queries.do_not_contact import OPTED_OUT, hashed
from app.queries.emails import fold_email

FOUND = (
    "SELECT workspace_id, id, email, email_folded FROM contact "
    "WHERE octet_length(email) > char_length(email) OR email ILIKE '%xn--%' ORDER BY workspace_id, id"
)
RESPELL = (
    "UPDATE contact SET email_folded = $3 WHERE workspace_id = $1 AND id = $2 "
    "AND NOT EXISTS (SELECT FROM contact AS other WHERE other.workspace_id = $1 AND other.email_folded = $3)"
)
LIST = (
    "INSERT INTO do_not_contact (workspace_id, hash, cause, added_at) "  # noqa: S608
    f"SELECT $1, {hashed('$3::text')}, cause, added_at FROM workspace JOIN do_not_contact AS listed "
    f"ON listed.workspace_id = $1 AND listed.hash = {hashed('$2::text')} WHERE workspace.id = $1 ON CONFLICT DO NOTHING"
)
SPREAD = (
    "WITH twin AS (SELECT id, status, email_folded = $3 AS is_found FROM contact "  # noqa: S608
    "WHERE workspace_id = $1 AND (id = ANY($2::bigint[]) OR email_folded = $3)), "
    f"mailed AS (SELECT id, status FROM twin WHERE status NOT IN {OPTED_OUT} "
    f"AND (NOT is_found OR EXISTS (SELECT FROM twin WHERE status IN {OPTED_OUT}) "
    "OR EXISTS (SELECT FROM workspace JOIN do_not_contact AS listed ON listed.workspace_id = $1 "
    f"AND listed.hash = {hashed('$3::text')} WHERE workspace.id = $1))), "
    "noted AS (INSERT INTO status_change (workspace_id, contact_id, previous, status, cause, note, changed_at) "
    "SELECT $1, id, status, 'UNSUBSCRIBED', 'UNSUBSCRIBED', 'by another spelling of the address', now() FROM mailed) "
    "UPDATE contact SET status = 'UNSUBSCRIBED', updated_at = now() FROM mailed "
    "WHERE contact.workspace_id = $1 AND contact.id = mailed.id"
)


async def respell(_apps: Any, editor: Any) -> None:
    spelled = defaultdict[tuple[int, str], list[int]](list)
    for row in await editor.client.execute_query_dict(FOUND):
        folded = fold_email(row["email"])
        if folded != row["email_folded"]:
            await editor.client.execute_query(RESPELL, [row["workspace_id"], row["id"], folded])
            await editor.client.execute_query(LIST, [row["workspace_id"], row["email_folded"], folded])
            spelled[row["workspace_id"], folded].append(row["id"])
    for (workspace_id, folded), ids in spelled.items():
        await editor.client.execute_query(SPREAD, [workspace_id, ids, folded])


class Migration(migrations.Migration):
    dependencies = [("pilah", "0006_turns")]

    initial = False

    operations = [ops.RunPython(respell, ops.RunPython.noop)]
