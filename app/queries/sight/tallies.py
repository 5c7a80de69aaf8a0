"""All contacts of a workspace, counted in one pass by how they answer conditions."""

from asyncio import to_thread
from collections.abc import Sequence

from app.compile import Scope
from app.compile.clause import write
from app.compile.scanning import scanned
from app.filters.checked import Filter
from app.filters.problems import Code, Refused
from app.filters.sight.tally import Tally, tally
from app.queries.connections import connection

MOST_CONDITIONS = 1_000
MOST_ANSWERS = 100_000_000


async def tally_contacts(conditions: Sequence[Filter], scope: Scope, path: str = "filter") -> Tally:
    """The tally of different conditions, or of filters as a whole, at least one, each asked once a contact.

    Raises Refused where there are more than MOST_CONDITIONS, or where contacts answer in so many ways that all
    answers together are more than MOST_ANSWERS.
    """
    if len(conditions) > MOST_CONDITIONS:
        message = f"with all segments these are more than {MOST_CONDITIONS:,} different conditions; ask for fewer"
        raise Refused.because(Code.TOO_MANY_CONDITIONS, message, path)
    most_groups = MOST_ANSWERS // len(conditions)
    values: list[object] = [scope.workspace_id]
    # Grouped by booleans, whose ways to differ PostgreSQL can tell, it lets parallel workers do it; asked within a
    # GROUP BY, it would compare with each text of a long list. An OFFSET that needs a cast keeps the workers away.
    columns = [f"{write(scanned(each, scope), values)} AS a{place:d}" for place, each in enumerate(conditions)]
    names = [f"a{place:d}" for place in range(len(conditions))]
    text = (
        f"SELECT string_agg(array_to_string(ARRAY[{', '.join(f'{name}::int' for name in names)}], ''), ''), "
        f"array_agg(contacts) FROM (SELECT {', '.join(names)}, count(*) AS contacts FROM "
        f"(SELECT {', '.join(columns)} FROM contact WHERE contact.workspace_id = $1 OFFSET bigint '0') AS answered "
        f"GROUP BY {', '.join(names)} LIMIT {most_groups + 1:d}) AS alike"
    )
    async with connection() as borrowed:
        # Not fetchrow: PostgreSQL sets no parallel workers on a statement of which only so many rows are wanted.
        [(answers, counts)] = await borrowed.fetch(text, *values)
    if counts is not None and len(counts) > most_groups:
        message = "contacts differ in too many ways by these conditions; ask for a part of them"
        raise Refused.because(Code.TOO_LARGE, message, path)
    return await to_thread(tally, conditions, answers or "", counts or [])
