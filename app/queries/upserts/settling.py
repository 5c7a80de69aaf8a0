"""What is settled between the items of a call, and with the contacts that are there, before anything is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.filters.problems import Code, Problem, Refused
from app.filters.vocabulary import OPT_OUTS, Status
from app.queries.contact_writes import unasked
from app.queries.do_not_contact import UNWANTED
from app.queries.upserts.asked import Upsert, UpsertKey
from app.queries.upserts.reading import Row

Person = int | str  # a contact's id, or the folded address of one that is to be made


@dataclass(frozen=True, slots=True)
class Known:
    """A contact that is there, by its values that no other can have."""

    id: int
    email_folded: str
    external_id: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """What is there: contacts by folded address and by external id, and folded addresses not to be contacted."""

    by_email: Mapping[str, Known]
    by_external_id: Mapping[str, Known]
    unwanted: frozenset[str]


@dataclass(slots=True)
class Settled:
    """One row to write for each person, the problems of refused items by index, and who gets which values."""

    writes: dict[Person, Row] = field(default_factory=dict)
    refused: dict[int, tuple[Problem, ...]] = field(default_factory=dict)
    claims: dict[tuple[str, str], Person] = field(default_factory=dict)


def settle(upsert: Upsert, rows: Sequence[Row], found: Found) -> Settled:
    """Leave each person one row, whose address and external id are nobody else's.

    Of several items about a person the last counts. Whoever opted out by any item, even by a refused one, has.
    """
    settled = Settled(refused={row.index: row.problems for row in rows if row.problems})
    opt_outs = _opt_outs(upsert.key, rows, found)
    opted_out = {person for person, _ in opt_outs}
    for person, row in _last_ones(upsert.key, rows, found, settled).items():
        try:
            claims = _claims(row, person, found, settled)
            if isinstance(person, str) and person not in opted_out:
                _refuse_unasked(row, upsert)
        except Refused as refused:
            settled.refused[row.index] = refused.problems
        else:
            settled.writes[person] = row
            settled.claims |= dict.fromkeys(claims, person)
    _apply(opt_outs, settled)
    return settled


def _last_ones(key: UpsertKey, rows: Sequence[Row], found: Found, settled: Settled) -> dict[Person, Row]:
    """The last sound row about each person, in order; the others are refused."""
    last: dict[Person, Row] = {}
    for row in rows:
        if row.problems:
            continue
        try:
            person = _person(key, row, found)
        except Refused as refused:
            settled.refused[row.index] = refused.problems
            continue
        if (earlier := last.pop(person, None)) is not None:
            message = f"{row.path} is about the same contact and comes later"
            settled.refused[earlier.index] = (Problem(Code.REPLACED, message, earlier.path),)
        last[person] = row
    return last


def _person(key: UpsertKey, row: Row, found: Found) -> Person:
    """Whom a sound row is about; raises Refused."""
    path = f"{row.path}.email"
    if row.email_folded in found.unwanted:
        raise Refused.because(Code.DO_NOT_CONTACT, UNWANTED, path)
    owner = found.by_email.get(row.email_folded)
    if key is UpsertKey.EXTERNAL_ID:
        if (known := found.by_external_id.get(row.external_id or "")) is not None:
            return known.id
        if row.email is None:
            message = "no contact has this external id yet, and a new one needs an e-mail address"
            raise Refused.because(Code.REQUIRED, message, path)
        if owner is not None and owner.external_id is not None:
            raise Refused.because(Code.TAKEN, "another contact has this e-mail address", path)
    return row.email_folded if owner is None else owner.id


def _claims(row: Row, person: Person, found: Found, settled: Settled) -> list[tuple[str, str]]:
    """The values that the row takes for its person; raises Refused where one is another's, or an earlier row's."""
    claims = []
    for place, noun, value, owners in (
        ("email", "e-mail address", row.email_folded, found.by_email),
        ("externalId", "external id", row.external_id, found.by_external_id),
    ):
        if not value:
            continue
        owner, claim = owners.get(value), settled.claims.get((place, value))
        if owner is not None and owner.id != person:
            raise Refused.because(Code.TAKEN, f"another contact has this {noun}", f"{row.path}.{place}")
        if claim is not None:
            message = f"{settled.writes[claim].path} has this {noun}"
            raise Refused.because(Code.TAKEN, message, f"{row.path}.{place}")
        claims.append((place, value))
    return claims


def _refuse_unasked(row: Row, upsert: Upsert) -> None:
    """Raises Refused where a new contact may be mailed though nobody says how he agreed."""
    if (row.status or upsert.status) is Status.ACTIVE and not row.consent:
        raise unasked(f"{row.path}.consent")


def _opt_outs(key: UpsertKey, rows: Sequence[Row], found: Found) -> list[tuple[Person, Row]]:
    """Everyone whom a row, sound or not, says to have opted out: by its key, and by its address."""
    said: list[tuple[Person, Row]] = []
    for row in rows:
        if row.status not in OPT_OUTS:
            continue
        known = found.by_external_id.get(row.external_id or "") if key is UpsertKey.EXTERNAL_ID else None
        if known is not None:
            said.append((known.id, row))
        owner = found.by_email.get(row.email_folded)
        if row.email_folded and (owner or row.email_folded not in found.unwanted):
            # Nobody is made of the address where the key has told who it is.
            said.append((owner.id if owner else row.email_folded, row if known is None else replace(row, email=None)))
    return said


def _apply(opt_outs: Sequence[tuple[Person, Row]], settled: Settled) -> None:
    """Let them be written, an unsubscription before a bounce."""
    for person, row in opt_outs:
        holder = settled.claims.get(("email", person), person) if isinstance(person, str) else person
        write = settled.writes.get(holder)
        if write is None and isinstance(holder, str) and row.email is None:
            continue
        bare = Row(row.index, row.email, row.email_folded) if isinstance(holder, str) else Row(row.index)
        status = Status.UNSUBSCRIBED if write and write.status is Status.UNSUBSCRIBED else row.status
        settled.writes[holder] = replace(write or bare, status=status)
