"""The oracle's hash is PostgreSQL's own."""

from random import Random

from app.queries.connections import connection
from tests.oracle.slots import hash_bigint


async def test_hashes_as_postgresql_does(pool: None) -> None:
    random = Random("hash")
    wide = [random.randrange(-(2**63), 2**63) for _ in range(500)]
    values = [*wide, *range(-500, 500), 2**63 - 1, -(2**63), 2**32, -(2**32)]
    seeds = [random.choice((0, 1, -1, 2**63 - 1, -(2**63), random.choice(wide))) for _ in values]
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            "SELECT hashint8extended(value, seed) FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY "
            "AS given (value, seed, place) ORDER BY place",
            values,
            seeds,
        )
    assert [hash_bigint(*given) for given in zip(values, seeds, strict=True)] == [row[0] for row in rows]
