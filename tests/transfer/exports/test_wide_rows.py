"""Contacts with hundreds of long values, in every format."""

from app.queries.connections import connection
from tests.transfer.exports.written import add, csv_rows, ndjson_objects, parquet_objects, written

FIELDS = 400
LONG = 'a "quoted",\n' * 800


async def test_hundreds_of_long_values_stay_whole(workspace: int) -> None:
    async with connection() as borrowed:
        await borrowed.execute(
            "INSERT INTO field (workspace_id, key, name, type, options, created_at) "
            "SELECT $1, format('field_%s', n), format('Field %s', n), 'TEXT', '{}', now() "
            "FROM generate_series(1, $2::int) AS n",
            workspace,
            FIELDS,
        )
        await borrowed.execute("UPDATE workspace SET catalog_version = catalog_version + 1 WHERE id = $1", workspace)
    keys = [f"field_{number}" for number in range(1, FIELDS + 1)]
    for place in range(2):
        await add(workspace, f"{place}@example.com", values={key: f"{place} {key} {LONG}"[:9_000] for key in keys})
    asked = ["email", *keys]
    expected = [[f"{place}@example.com", *(f"{place} {key} {LONG}"[:9_000] for key in keys)] for place in range(2)]
    assert csv_rows(await written(workspace, columns=asked)) == [asked, *expected]
    for form, read in (("ndjson", ndjson_objects), ("parquet", parquet_objects)):
        rows = read(await written(workspace, columns=asked, format=form))
        assert [list(row.values()) for row in rows] == expected
