"""Whatever the schema lets anybody do to contacts is noted, and nothing besides."""

from random import Random

import pytest

from tests.isolation.filling import fill
from tests.isolation.operations import Operation, all_operations
from tests.isolation.tenant import succeeded
from tests.isolation.values import Maker
from tests.noting.watched import Watched

TRIES = 1_200
MOST_TOLD = 10

# Each of these has to be seen to change a contact; all others are watched as well.
MOVING = frozenset(
    {
        "addToDoNotContact",
        "bulkUpsertContacts",
        "changeSegmentContacts",
        "confirmContact",
        "createContact",
        "createSegment",
        "deleteContact",
        "eraseContact",
        "pinSegmentContacts",
        "recordBounce",
        "resubscribeContact",
        "unsubscribeContact",
        "updateContact",
        "updateContacts",
    }
)


async def bring_about(operation: Operation, tenant: Watched, random: Random) -> bool:
    """Whether an operation has succeeded, and has changed a contact where that is what it is for."""
    for attempt in range(TRIES):
        if attempt == TRIES // 2:
            await fill(tenant)
        maker = Maker(tenant.pool, random, (0.0, 0.3, 0.6)[attempt % 3], heeds_types=True)
        variables = maker.given(operation.variables)
        answer = await tenant.ask(operation, variables)
        if succeeded(operation, answer):
            tenant.pool.learn(answer)
            await tenant.work()
            if tenant.causes[operation.document] or operation.name not in MOVING:
                return True
    return False


@pytest.mark.filterwarnings(
    "ignore:coroutine .* was never awaited", "ignore::pytest.PytestUnraisableExceptionWarning"
)
@pytest.mark.timeout(600)
async def test_every_mutation_notes_what_it_changes(tenant: Watched) -> None:
    mutations = [operation for operation in all_operations() if operation.kind == "mutation"]
    failed = [one.name for one in mutations if not await bring_about(one, tenant, Random(one.name))]
    assert failed == []
    assert not tenant.faults, "\n".join(tenant.faults[:MOST_TOLD])
