"""A clause means the same whether its values are parameters or stand in the session's settings."""

import os
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.compile import Scope, condition
from app.compile.clause import Bound, Clause, write
from app.compile.session_values import VALUES_A_SETTING, session_settings, write_from_session
from app.filters.check import check
from app.filters.clock import Clock
from app.queries.catalogs import current_catalog
from app.queries.connections import connection, transaction
from tests.compile.peopled import Peopled, found, peopled
from tests.compile.test_limits import WIDEST

SEED = os.environ.get("PILAH_SEED", "pilah")

HOSTILE = (
    "", "'", "''", '"', '""', "\\", "\\\\", "\\'", "{}", "{a,b}", "}", "{", ",", "NULL", "null", "$1", "$1::text",
    "%s", ":name", "\n", "\r\n", "\t", " a ", "\x01", "\x7f", "🍎", "e\u0301", "\u202e", "\ufeff", "\U0010ffff",
    "'; DROP TABLE contact; --", "') FROM contact; --", "a' || 'b", "E'\\n'", "$$a$$", "x" * 10_000,
)  # fmt: skip


async def through_session(text: str, places: dict[str, int]) -> list[Any]:
    async with transaction() as borrowed:
        for name, value in session_settings(places):
            await borrowed.execute("SELECT set_config($1, $2, TRUE)", name, value)
        return [tuple(row) for row in await borrowed.fetch(text)]


async def both_ways(*bound: Bound) -> tuple[list[Any], list[Any]]:
    parts: list[str | Bound] = []
    for each in bound:
        parts += [", ", each] if parts else [each]
    clause, values, places = Clause("SELECT ", *parts), list[Any](), dict[str, int]()
    async with connection() as borrowed:
        as_parameters = [tuple(row) for row in await borrowed.fetch(write(clause, values), *values)]
    return as_parameters, await through_session(write_from_session(clause, places), places)


async def test_hostile_texts_arrive_as_they_are(pool: None) -> None:
    bound = [Bound(text, "text") for text in HOSTILE]
    as_parameters, from_session = await both_ways(*bound, Bound(list(HOSTILE), "text[]"), Bound([], "text[]"))
    assert from_session == as_parameters == [(*HOSTILE, list(HOSTILE), [])]
    assert len(HOSTILE) > VALUES_A_SETTING


@given(texts=st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_texts_arrive_as_they_are(pool: None, texts: list[str]) -> None:
    as_parameters, from_session = await both_ways(*(Bound(text, "text") for text in texts), Bound(texts, "text[]"))
    assert from_session == as_parameters == [(*texts, texts)]


async def test_every_type_of_a_clause_arrives(pool: None) -> None:
    moment = datetime(2026, 1, 31, 9, 30, 0, 1, timezone(timedelta(hours=5, minutes=45)))
    bound = (
        Bound(2**63 - 1, "bigint"),
        Bound([1, -2], "bigint[]"),
        Bound([], "bigint[]"),
        Bound('{"a\\"b": 1.50}', "jsonb"),
        Bound(moment, "timestamptz"),
    )
    as_parameters, from_session = await both_ways(*bound)
    assert from_session == as_parameters
    assert from_session[0][4] == moment.astimezone(UTC)


@pytest.mark.parametrize("value", [None, True, 1.5, datetime(2026, 1, 1)])  # noqa: DTZ001
def test_a_value_of_an_unknown_kind_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        write_from_session(Clause(Bound(value, "text")), {})


async def ids_from_session(there: Peopled, document: Any, at: datetime) -> frozenset[int]:
    catalog = await current_catalog(there.workspace)
    holds = condition(check(document, catalog), Scope(there.workspace, Clock(at, catalog.zone)))
    places: dict[str, int] = {}
    within = Clause("SELECT id FROM contact WHERE workspace_id = ", Bound(there.workspace, "bigint"), " AND ", holds)
    return frozenset(row[0] for row in await through_session(write_from_session(within, places), places))


@pytest.fixture(scope="module")
async def there(pool: None) -> Peopled:
    return await peopled("Europe/Berlin", f"{SEED} in sessions", people=120, segments=4)


async def test_random_filters_mean_the_same_people(there: Peopled) -> None:
    proper = 0
    for place in range(150):
        document, at = there.filters.tree(), there.random.choice(there.about)
        meant = await found(there, document, at)
        assert await ids_from_session(there, document, at) == meant, f"{SEED} #{place} {at}: {document}"
        proper += 0 < len(meant) < len(there.world.people)
    assert proper > 50


@pytest.mark.parametrize("name", WIDEST)
async def test_the_widest_filters_fit_into_a_session(there: Peopled, name: str) -> None:
    at = there.about[0]
    assert await ids_from_session(there, WIDEST[name], at) == await found(there, WIDEST[name], at)
