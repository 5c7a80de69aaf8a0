"""About how many contacts match, from a sample of them; of small workspaces all are counted."""

from app.compile.clause import Clause, write
from app.filters.insight.estimates import Estimate, Run, counted, estimate
from app.queries.connections import connection
from app.queries.contacts import count_contacts
from app.queries.insight.census import Census, census
from app.queries.insight.sampling import SEED, sampled, stretches

FEWEST_SAMPLED = 100_000


async def estimate_contacts(
    workspace_id: int, holds: Clause, *, fewest: int = FEWEST_SAMPLED, seed: int = SEED
) -> Estimate:
    """How many contacts a condition holds for, with a 95 % interval; exactly where there are fewer than `fewest`."""
    known = await census(workspace_id)
    if known.contacts < fewest:
        of = await count_contacts(workspace_id, [])
        return counted(await count_contacts(workspace_id, [holds]), of)
    return estimate(await _runs(workspace_id, known, holds, seed), known.contacts)


async def _runs(workspace_id: int, known: Census, holds: Clause, seed: int) -> list[Run]:
    values: list[object] = []
    matched = write(Clause("count(*) FILTER (WHERE ", holds, ")"), values)
    source = write(sampled(workspace_id, known, seed), values)
    async with connection() as borrowed:
        rows = await borrowed.fetch(f"SELECT stretch, count(*), {matched} FROM {source} GROUP BY stretch", *values)
    found = {row[0]: Run(row[1], row[2]) for row in rows}
    cut = stretches(known)
    return [found.get(number, Run(0, 0)) for number in range(cut.first, cut.last + 1)]
