"""The do-not-contact list: salted hashes of addresses that must not be mailed, whoever brings them in again."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.filters.problems import Code, Problems, Refused
from app.filters.vocabulary import OPT_OUTS
from app.queries.changes import Cause, change_of, noting
from app.queries.connections import Connection, connection, transaction
from app.queries.contact_values import read_system_text
from app.queries.emails import fold_email, read_email_at
from app.queries.lookups import IN_PLACE, UNAWARE, locking, own, rests_on_import

MOST_ADDRESSES = 1_000
OPTED_OUT = str(tuple(status.value for status in OPT_OUTS))  # as SQL has it, too
UNWANTED = "this address is on the do-not-contact list; take it off first, where the person has agreed"


@dataclass(frozen=True, slots=True)
class Added:
    """How many addresses were not on the list yet, and how many contacts were unsubscribed for it."""

    addresses: int
    unsubscribed: int


def hashed(address: str) -> str:
    """SQL for the hash of a folded address, which is SQL too, where `workspace` is joined."""
    return f"encode(sha256(workspace.salt || convert_to({address}, 'UTF8')), 'hex')"


def listing(source: str, cause: str, condition: str = "TRUE") -> str:
    """SQL that puts each `email_folded` of a source on the list of workspace $1; the cause is SQL."""
    return (
        "INSERT INTO do_not_contact (workspace_id, hash, cause, added_at) "
        f"SELECT workspace.id, {hashed(f'{source}.email_folded')}, {cause}, now() "
        f"FROM {source} JOIN workspace ON workspace.id = $1 WHERE {condition} ON CONFLICT DO NOTHING"
    )


_LOCK = "hashtextextended('pilah do not contact ' || $1::bigint, 0)"
_ADDRESSES = "unnest($2::text[]) AS given (email_folded)"
_ADD = (
    f"WITH given AS (SELECT * FROM {_ADDRESSES}), "
    f"listed AS ({listing('given', '$3')} RETURNING hash) SELECT count(*) FROM listed"
)
_LOCK_KNOWN = locking("id", f"SELECT old.id FROM {_ADDRESSES} {own('id', 'email_folded', 'given.email_folded')}")

# Who opted out by a file has now opted out by himself, too: whoever undoes the import must find it.
_UNSUBSCRIBE = (
    f"WITH known AS MATERIALIZED (SELECT old.* FROM unnest($2::bigint[]) AS given (id) "
    f"{own('ctid AS row, id, status', 'id', 'given.id')}), "
    f"said AS MATERIALIZED (SELECT *, CASE WHEN status IN {OPTED_OUT} THEN status ELSE 'UNSUBSCRIBED' END AS becomes "
    f"FROM known WHERE status NOT IN {OPTED_OUT} OR {rests_on_import('known.id')}), "
    "noted AS (INSERT INTO status_change (workspace_id, contact_id, previous, status, cause, note, changed_at) "
    "SELECT $1, id, status, becomes, 'DO_NOT_CONTACT', $3, now() FROM said), "
    "changed AS (UPDATE contact SET status = becomes, updated_at = now() FROM said "
    f"WHERE {IN_PLACE} = said.row), "
    + noting(
        change_of(
            "said WHERE status <> becomes",
            Cause.STATUS_CHANGED,
            previous="status",
            status="becomes",
            by="status, becomes",
        ),
        change_of("said WHERE status = becomes", Cause.UPDATED),
    )
    + " SELECT count(*) FROM said WHERE status <> becomes"
)
_FOUND = (
    f"SELECT given.email_folded FROM {_ADDRESSES} JOIN workspace ON workspace.id = $1 CROSS JOIN LATERAL ("
    "SELECT FROM do_not_contact WHERE do_not_contact.workspace_id = (SELECT $1::bigint) "
    f"AND do_not_contact.hash = {hashed('given.email_folded')} OFFSET 0) AS unwanted"
)
_REMOVE = (
    "WITH gone AS (DELETE FROM do_not_contact AS unwanted USING workspace WHERE workspace.id = $1 "
    f"AND unwanted.workspace_id = $1 AND unwanted.hash = {hashed('$2::text')} "
    "RETURNING unwanted.hash, unwanted.cause, unwanted.added_at) "
    "INSERT INTO do_not_contact_removal (workspace_id, hash, cause, added_at, consent, removed_at) "
    "SELECT $1, hash, cause, added_at, $3, now() FROM gone RETURNING id"
)


async def hold_list(borrowed: Connection, workspace_id: int) -> None:
    """Let nobody add to the list until the transaction ends; to be called before contacts are locked."""
    await borrowed.execute(f"SELECT pg_advisory_xact_lock_shared({_LOCK})", workspace_id)


async def close_list(borrowed: Connection, workspace_id: int) -> None:
    """Let nobody hold the list until the transaction ends: an address is listed before a contact gets it or after."""
    await borrowed.execute(f"SELECT pg_advisory_xact_lock({_LOCK})", workspace_id)


async def list_addresses(borrowed: Connection, workspace_id: int, folded: Sequence[str], cause: str) -> int:
    """Put folded addresses on the list, which has to be closed; how many were not on it yet."""
    return int(await borrowed.fetchval(_ADD, workspace_id, list(folded), cause))


async def unwanted(borrowed: Connection, workspace_id: int, folded: Sequence[str]) -> set[str]:
    """Those of the folded addresses that are on the list."""
    return {row[0] for row in await borrowed.fetch(_FOUND, workspace_id, list(folded))}


async def refuse_unwanted(borrowed: Connection, workspace_id: int, folded: str, path: str) -> None:
    """Raises Refused DO_NOT_CONTACT where the folded address is on the list."""
    if await unwanted(borrowed, workspace_id, [folded]):
        raise Refused.because(Code.DO_NOT_CONTACT, UNWANTED, path)


async def add_addresses(workspace_id: int, emails: Sequence[str], reason: str) -> Added:
    """Put addresses on the list and unsubscribe the contacts that have them; raises Refused with every problem."""
    cause = read_cause(reason, "input.reason")
    folded = _read(emails)
    async with transaction() as borrowed:
        await close_list(borrowed, workspace_id)
        await borrowed.execute(UNAWARE)
        addresses = await list_addresses(borrowed, workspace_id, folded, cause)
        known = [row[0] for row in await borrowed.fetch(_LOCK_KNOWN, workspace_id, folded)]
        unsubscribed = await borrowed.fetchval(_UNSUBSCRIBE, workspace_id, known, cause)
    return Added(addresses, unsubscribed)


async def remove_address(workspace_id: int, email: str, consent: str) -> None:
    """Take an address off the list, keeping how the person agreed; raises Refused where it isn't on it."""
    stated = _required(consent, "say how and when the person agreed", "input.consent")
    address = read_email_at(email, "input.email")
    async with transaction() as borrowed:
        removed = await borrowed.fetchval(_REMOVE, workspace_id, fold_email(address), stated)
        if removed is None:
            raise Refused.because(Code.NOT_FOUND, "this address is not on the do-not-contact list", "input.email")


async def is_unwanted(workspace_id: int, email: str) -> bool:
    """Whether an address, as it is compared, is on the list."""
    async with connection() as borrowed:
        return bool(await unwanted(borrowed, workspace_id, [fold_email(email)]))


async def count_unwanted(workspace_id: int) -> int:
    """How many addresses are on the list."""
    async with connection() as borrowed:
        found = await borrowed.fetchval("SELECT count(*) FROM do_not_contact WHERE workspace_id = $1", workspace_id)
    return int(found)


def read_cause(raw: str, path: str) -> str:
    """Why somebody must not be contacted; raises Refused."""
    return _required(raw, "say why these addresses must not be contacted", path)


def _required(raw: str, otherwise: str, path: str) -> str:
    text = read_system_text(raw, path)
    if text is None:
        raise Refused.because(Code.REQUIRED, otherwise, path)
    return text


def _read(emails: Sequence[str]) -> list[str]:
    """The addresses, folded; raises Refused with every problem."""
    if not 1 <= len(emails) <= MOST_ADDRESSES:
        raise Refused.because(Code.TOO_MANY_VALUES, f"give 1 to {MOST_ADDRESSES:,} addresses", "input.emails")
    problems = Problems()
    addresses = [problems.reading(read_email_at, raw, f"input.emails[{place}]") for place, raw in enumerate(emails)]
    if problems.found:
        raise Refused(problems.found)
    return [fold_email(address) for address in addresses]
