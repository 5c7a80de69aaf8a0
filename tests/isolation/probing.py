"""The walk: each operation is brought to succeed, and then fed with what is the other workspace's."""

import asyncio
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from random import Random
from typing import Any

import orjson
from graphql import GraphQLNonNull

from app.filters.ids import from_global
from tests.isolation.filling import fill
from tests.isolation.operations import Operation
from tests.isolation.pools import SECRET, SPARE, THEIRS, id_pairs, is_id, strings_in, text_pairs
from tests.isolation.sameness import checksum, difference, plain
from tests.isolation.stirring import STIRRED, stirred
from tests.isolation.tenant import SILENT, Tenant, succeeded
from tests.isolation.values import Maker, Place, placed, places

TRIES = 600
MOST_IDS = 4
MOST_TEXTS = 6
MOST_TOLD = 5
PATIENCE_SECONDS = 5.0
FOLLOWED_AT_ONCE = 10
OVERHEARD_SECONDS = 2.0

_SIGNS = re.compile(r"[\W_]+")


@dataclass(slots=True)
class Report:
    """How many probes there were, what leaked, and what never succeeded, so that nothing was proved of it."""

    probes: int = 0
    leaks: list[str] = field(default_factory=list)
    untried: list[str] = field(default_factory=list)

    def leak(self, where: str, what: str, *answers: Any) -> None:
        """Note a leak."""
        told = " / ".join(orjson.dumps(answer).decode()[:600] for answer in answers)
        self.leaks.append(f"{where}: {what}: {told}")


@dataclass(frozen=True, slots=True)
class Feeding:
    """What is theirs at a place of an operation's variables, what does not exist, and what takes the place of both."""

    operation: Operation
    place: Place
    pair: tuple[str, str]
    variables: Sequence[Mapping[str, Any]]
    is_id: bool


async def probe(
    operation: Operation, mine: Tenant, theirs: Tenant, report: Report, most_texts: int = MOST_TEXTS
) -> None:
    """Feed one operation of mine with all that is theirs: each place of an id, and each text's with some of it."""
    async with stirred(operation.kind):
        await _probe(operation, mine, theirs, report, most_texts)


async def _probe(operation: Operation, mine: Tenant, theirs: Tenant, report: Report, most_texts: int) -> None:
    random = Random(operation.name)
    base = await success(operation, mine, random)
    if base is None:
        report.untried.append(f"{operation.kind} {operation.name}")
        return
    before = await checksum(theirs.workspace_id)
    if operation.kind == "subscription":
        heard = await mine.overhear(operation, base, OVERHEARD_SECONDS)
        tell_tales(heard, "", mine, theirs, operation.name, report)
    feedings = [*_feedings(operation, base, mine, theirs, random, most_texts)]
    at_once = FOLLOWED_AT_ONCE if operation.kind == "subscription" else 1
    for first in range(0, len(feedings), at_once):
        comparing = (_compare(feeding, mine, theirs, report) for feeding in feedings[first : first + at_once])
        await asyncio.gather(*comparing)
    after = await checksum(theirs.workspace_id)
    stirred = STIRRED if operation.kind == "subscription" else ()
    if moved := [table for table in before if before[table] != after[table] and table not in stirred]:
        report.leak(operation.name, "rows moved", moved)


def _feedings(
    operation: Operation, base: dict[str, Any], mine: Tenant, theirs: Tenant, random: Random, most_texts: int
) -> Iterator[Feeding]:
    for variable, type in operation.variables.items():
        for place, scalar in places(type):
            most_ids = 1 if operation.kind == "subscription" else MOST_IDS
            pairs = _pairs(scalar, not place, mine, theirs, random, most_ids)
            chosen = pairs if scalar == "ID" else random.sample(pairs, min(most_texts, len(pairs)))
            for pair, beside in product(chosen, _besides(operation, base, variable)):
                seed = random.random()  # what is made beside the two is the same
                filled = [
                    beside
                    | {variable: placed(type, beside.get(variable), place, one, Maker(mine.pool, Random(seed)))}
                    for one in (*pair, pair[0].replace(THEIRS, SPARE))
                ]
                yield Feeding(operation, (variable, *place), pair, filled, scalar == "ID")


def _besides(operation: Operation, base: dict[str, Any], variable: str) -> Iterator[dict[str, Any]]:
    """What has succeeded, and no more of it than has to be: the one may do without the other."""
    yield base
    needed = {name: base[name] for name in base if isinstance(operation.variables[name], GraphQLNonNull)}
    if base.keys() - needed.keys() - {variable}:
        yield needed


def _pairs(
    scalar: str, is_outside: bool, mine: Tenant, theirs: Tenant, random: Random, most_ids: int
) -> list[tuple[str, str]]:
    """What is fed, each with what does not exist; ids and cursors are texts, too, outside of input."""
    ids = [*id_pairs(theirs.pool, mine.pool, random, most_ids if scalar == "ID" else 1)]
    if scalar == "ID":
        return [pair for pair in ids if is_id(pair[0])]
    return [*text_pairs(theirs.pool), *(ids if is_outside else ())]


async def _compare(feeding: Feeding, mine: Tenant, theirs: Tenant, report: Report) -> None:
    operation = feeding.operation
    answers = [await mine.ask(operation, variables) for variables in feeding.variables[:2]]
    if answers.count(SILENT) == 1:  # perhaps the one came late
        answers = [await mine.ask(operation, variables, PATIENCE_SECONDS) for variables in feeding.variables[:2]]
    report.probes += 1
    where = f"{operation.name} {'.'.join(map(str, feeding.place))} = {feeding.pair[0]}"
    counts = operation.kind == "query"
    seen = [plain(answer, fed, counts=counts) for answer, fed in zip(answers, feeding.pair, strict=True)]
    if operation.kind == "mutation" and not feeding.is_id:
        seen = [*map(_outcome, seen)]  # for each time more is written, which is told
    if found := difference(*seen):
        report.leak(where, f"differs from what does not exist at {found}", *answers)
    tell_tales(answers[0], feeding.pair[0], mine, theirs, where, report)
    if operation.kind == "mutation" and not feeding.is_id:
        # Else what was changed twice would be called by the word that nobody has.
        answers.append(await mine.ask(operation, feeding.variables[2]))
        mine.pool.shun(answers)  # what is called by a word that is fed is no object to feed
        mine.taken_over.update(feeding.pair)


def _outcome(answer: Any) -> Any:
    """What went wrong, and else what there is to tell."""
    payload = next(iter((answer.get("data") or {}).values()), None) or {}
    there = {key for key, value in payload.items() if value is not None}
    return answer.get("errors"), payload.get("errors"), there


def tell_tales(answer: Any, fed: str, mine: Tenant, theirs: Tenant, where: str, report: Report) -> None:
    """Note what of theirs stands in an answer to me, but for what I gave: ids, secrets, and words, also as hints."""
    own = {fed, *mine.taken_over}
    ids = {found for text in strings_in(answer) if text not in own and (found := from_global(text))}
    foreign = ids & (theirs.pool.known() - mine.pool.known())
    raw = orjson.dumps(answer).decode()
    if SECRET in raw or foreign or THEIRS in _without(raw, own):
        report.leak(where, f"tells {sorted(foreign)}", answer)


def _without(text: str, own: Iterable[str]) -> str:
    """The text but for some words, whichever signs stand between their parts: a name becomes a key."""
    bare = _SIGNS.sub(" ", text.lower())
    for word in sorted((_SIGNS.sub(" ", word.lower()) for word in own), key=len, reverse=True):
        bare = bare.replace(word, " ") if word.strip() else bare
    return bare


async def success(operation: Operation, tenant: Tenant, random: Random) -> dict[str, Any] | None:
    """Variables, of the tenant's own, with which an operation does what it is for; None where none are found."""
    for refilled in (False, True):
        if refilled:
            await fill(tenant)
        for attempt in range(TRIES):
            maker = Maker(tenant.pool, random, (0.0, 0.3, 0.6)[attempt % 3])
            variables = maker.given(operation.variables)
            answer = await tenant.ask(operation, variables)
            if succeeded(operation, answer):
                tenant.pool.learn(answer)
                return variables
    return None


async def learn(tenant: Tenant, operations: Iterable[Operation]) -> None:
    """Ask all queries that need no arguments for what they hold."""
    for operation in operations:
        tenant.pool.learn(await tenant.ask(operation, Maker(tenant.pool, Random(0)).given(operation.variables)))
