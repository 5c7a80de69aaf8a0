"""Two workspaces with twin data, and the application in this process and behind a port."""

import gc
from collections.abc import AsyncIterator, Iterator
from random import Random

import httpx
import pytest
from starlette.applications import Starlette

from app.asgi import create_app
from app.graphql.documents import Documents
from app.graphql.limits.guard import Guard
from app.graphql.schema import schema
from app.queries.workspaces import create_workspace
from app.settings import Allowance, Limits
from tests.graphql.sockets import served
from tests.isolation.filling import fill
from tests.isolation.operations import all_operations
from tests.isolation.pools import OWN, SECRET, THEIRS
from tests.isolation.probing import learn, success
from tests.isolation.sameness import burn
from tests.isolation.stirring import stirred
from tests.isolation.tenant import Tenant

MUCH = 1_000_000_000

# Where one of many is refused, graphql-core gives up what it hasn't begun of the others.
GIVEN_UP = pytest.mark.filterwarnings(
    "ignore:coroutine .* was never awaited", "ignore::pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture(autouse=True)
def given_up() -> Iterator[None]:
    """What was given up is collected with the test that did it."""
    yield
    gc.collect()


@pytest.fixture(scope="session")
def app(dsn: str, pool: None, tmp_path_factory: pytest.TempPathFactory) -> Starlette:
    """The application over the tests' own pool."""
    limits = Limits(cost=MUCH, fields=1_000, requests_per_second=MUCH, requests_in_a_burst=MUCH)
    guard = Guard(schema._schema, limits)
    guard.documents = Documents(schema._schema, limits, longest=MUCH)  # else the walk's are validated each time
    return create_app(dsn, tmp_path_factory.mktemp("files"), allowance=Allowance(imports=MUCH), guard=guard)


@pytest.fixture(scope="session")
async def twins(app: Starlette) -> AsyncIterator[tuple[Tenant, Tenant]]:
    """Who asks, and whose everything is: that one has done all that can be done as well."""
    transport = httpx.ASGITransport(app)
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://pilah.test", timeout=60) as client,
        served(app) as (socket, _),
    ):
        made = []
        for word, secret in ((OWN, "qzopen"), (THEIRS, SECRET)):
            await burn()
            workspace_id = await create_workspace(f"{secret} {word}", "Asia/Jakarta")
            tenant = Tenant(workspace_id, client, socket, app.state.files, word, secret)
            await tenant.enter()
            await fill(tenant)
            await _live(tenant)
            made.append(tenant)
        yield made[0], made[1]


async def _live(tenant: Tenant) -> None:
    """Do everything once, for what only that makes; and have twin data again."""
    queries = [operation for operation in all_operations() if operation.kind == "query"]
    await learn(tenant, queries)
    if tenant.word == THEIRS:
        for operation in all_operations():
            async with stirred(operation.kind):
                await success(operation, tenant, Random(operation.name))
        await fill(tenant)
        await learn(tenant, queries)
