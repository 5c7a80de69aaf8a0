"""What is alike counted together, by all of PostgreSQL's workers."""

from collections.abc import Sequence

# PostgreSQL takes what stands in jsonb to be different in every row and leaves it to one worker, unless it comes out
# of what an OFFSET keeps apart; and that it gives to several only where the OFFSET is a constant from the beginning.
_APART = "OFFSET '0'::bigint"


def grouped(columns: Sequence[str], seen: str, *figures: str) -> str:
    """SQL of the expression `entry`: columns of a SELECT, which is SQL too, with how many `contacts` have them alike,
    and other figures of those.
    """
    told = ", ".join((*columns, "count(*) AS contacts", *figures))
    alike = ", ".join(str(place) for place, _ in enumerate(columns, 1))
    return f"entry AS MATERIALIZED (SELECT {told} FROM ({seen} {_APART}) AS seen{alike and f' GROUP BY {alike}'})"
