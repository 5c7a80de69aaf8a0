"""What is said of the tables, and of the role's rights to them."""

from collections.abc import Iterator

from app.cli.doctor.findings import Finding, good, hint, problem
from app.queries.deployment import RightsFacts, TableFacts

LONG_WAIT = 600.0
LONG_UNSEEN = 60.0
MOST_DEAD = 0.5


def rights_findings(facts: RightsFacts, *, is_embedded: bool) -> Iterator[Finding]:
    """Whether the role may do what it has to, and not much more."""
    if (facts.owns_entries or facts.is_superuser) and not is_embedded:
        may = "is a superuser" if facts.is_superuser else "owns the tables"
        yield hint(
            f"The role {facts.role} {may}, so it could take away what keeps the audit log as it was written.",
            "let servers run as a role of their own, see docs/security.md: `pilah migrate --grant ROLE`",
        )
    lacks = [*_lacking(facts)]
    yield from lacks or [good(f"The role {facts.role} may do what it has to.")]


def _lacking(facts: RightsFacts) -> Iterator[Finding]:
    advice = f"run `pilah migrate --grant {facts.role}` as the role that owns the tables"
    if not facts.may_create:
        sentence = f"The role {facts.role} can't make tables in the schema {facts.schema or 'public'}"
        yield problem(f"{sentence}, and each import has one of its own.", advice)
    if facts.tables_beyond:
        yield problem(f"The role {facts.role} can't read and write {', '.join(facts.tables_beyond)}.", advice)
    if not facts.may_forget_entries:
        yield problem(f"The role {facts.role} can't let old entries of the audit log go.", advice)


def table_findings(facts: TableFacts) -> Iterator[Finding]:
    """What is odd about the tables."""
    if not facts.is_analyzed:
        yield hint(
            "PostgreSQL has no statistics of the contacts yet.", "run ANALYZE contact; autovacuum does it later"
        )
    if facts.dead_share > MOST_DEAD:
        yield hint(
            f"There are {facts.dead_share:.0%} as many dead contacts as living ones in the table.",
            "run VACUUM contact, and let autovacuum work harder: autovacuum_vacuum_cost_limit",
        )
    if facts.invalid_indexes:
        names = ", ".join(facts.invalid_indexes)
        yield problem(f"These indexes are invalid: {names}.", "REINDEX INDEX, for each of them")
    if facts.unknown_time_zones:
        names = ", ".join(facts.unknown_time_zones)
        yield problem(f"PostgreSQL doesn't know the time zones {names}.", "bring its time-zone data up to date")
    yield _waiting(facts)
    if facts.oldest_change_seconds > LONG_UNSEEN:
        yield problem(
            f"A change of a contact has waited for {facts.oldest_change_seconds:,.0f} s, and segments with it.",
            "run `pilah worker`, or a server without --no-work; its log says `live_fault` where it fails",
        )


def _waiting(facts: TableFacts) -> Finding:
    if facts.oldest_waiting_seconds > LONG_WAIT:
        return problem(
            f"An import or export has waited for {facts.oldest_waiting_seconds / 60:,.0f} minutes.",
            "is a server running, and has it the folder of files? its log says `import_fault` where one fails",
        )
    return good("No import or export waits for long.")
