"""Which parts of a filter are told to do nothing: by reasoning whoever is there, by counts only where these tell."""

from collections.abc import Sequence

import pytest

from app.filters.advice.assembling import assembled
from app.filters.advice.reasoning import verdicts
from app.filters.advice.superfluous import FEWEST_COMING
from app.filters.advice.weighed import Weighed, conditions_weighed, weighed
from app.filters.check import check
from app.filters.clock import Clock
from app.filters.document import write
from app.filters.sight.tally import tally
from tests.filters.advice.crowds import AT, small_crowd
from tests.filters.advice.told import ACTIVE, PENDING, VIP, Document, every, no, some
from tests.filters.catalogs import CATALOG, JAKARTA, field
from tests.oracle.meaning import members
from tests.oracle.world import Moment, Person, World

BUYER = {"label": {"containsAny": ["Frequent Buyers"]}}
LABELLED = {"label": {"isEmpty": False}}
CITY, BALI, SPENDS = field("city", isEmpty=False), field("city", matches="Bali"), field("spend", atLeast=1)
NOBODY = ("REMOVES_NOBODY", "ADDS_NOBODY")


def _weighed(document: Document, people: Sequence[Person], of_each: int) -> Weighed:
    """A filter weighed among so many of each of some people."""
    tree, world = check(document, CATALOG), small_crowd("superfluous", 0).world
    asked = conditions_weighed(tree)
    answers = [_is_in(write(each), world, person) for person in people for each in asked]
    counted = tally(asked, "".join("1" if answer else "0" for answer in answers), [of_each] * len(people))
    return weighed(tree, counted, JAKARTA)


def _is_in(document: Document, world: World, person: Person) -> bool:
    alone = World(world.zone, world.types, world.options, world.labels, world.segments, (person,))
    return bool(members(document, Moment(alone, AT)))


def _told(document: Document, vips: int) -> list[tuple[str, str]]:
    """What is told of a filter among so many VIPs and as many others, who all may be mailed and live in Jakarta."""
    people = [Person(id, "ACTIVE", {}, frozenset(ids), {"city": "Jakarta"}) for id, ids in ((1, [1]), (2, []))]
    found = _weighed(document, people, vips)
    pieces = assembled(found, verdicts(found.root, Clock(AT, JAKARTA)), broad_share=1)
    return [(piece.code.value, piece.path or "") for piece in pieces if piece.code.value in NOBODY]


BY_COUNTS: list[tuple[Document, str, str]] = [
    (every(VIP, CITY), "REMOVES_NOBODY", "filter.and[1]"),
    (some(VIP, BALI), "ADDS_NOBODY", "filter.or[1]"),
    (every(VIP, no(BALI)), "REMOVES_NOBODY", "filter.and[1]"),
    (no(some(PENDING, no(VIP), BUYER)), "ADDS_NOBODY", "filter.not.or[2]"),
    (some(VIP, every(ACTIVE, CITY, BUYER)), "ADDS_NOBODY", "filter.or[1]"),
    (every(VIP, some(every(ACTIVE, BUYER), CITY)), "REMOVES_NOBODY", "filter.and[1]"),
]


@pytest.mark.parametrize(("document", "code", "path"), BY_COUNTS, ids=range(len(BY_COUNTS)))
def test_counts_tell_where_enough_come(document: Document, code: str, path: str) -> None:
    assert _told(document, FEWEST_COMING) == [(code, path)]
    assert _told(document, FEWEST_COMING // 2 - 1) == []


SAID: list[tuple[Document, str, str]] = [
    (every(VIP, LABELLED), "REMOVES_NOBODY", "filter.and[1]"),
    (some(VIP, every(VIP, CITY)), "ADDS_NOBODY", "filter.or[1]"),
    (every(ACTIVE, no(PENDING), VIP), "REMOVES_NOBODY", "filter.and[1]"),
]


@pytest.mark.parametrize(("document", "code", "path"), SAID, ids=range(len(SAID)))
def test_reasoning_tells_of_one_contact_too(document: Document, code: str, path: str) -> None:
    assert _told(document, 1) == [(code, path)]


SAFEGUARDS: list[Document] = [
    every(VIP, ACTIVE),
    every(VIP, {"status": ["ACTIVE", "PENDING"]}),
    every(VIP, no(PENDING)),
    every(VIP, no(no(ACTIVE))),
    every(VIP, no({"status": ["UNSUBSCRIBED", "HARD_BOUNCE"]})),
    every(VIP, no(some(PENDING, {"status": ["HARD_BOUNCE"]}))),
    no(some(no(VIP), PENDING)),
    no(some(no(VIP), no(ACTIVE))),
]


@pytest.mark.parametrize("document", SAFEGUARDS, ids=range(len(SAFEGUARDS)))
def test_what_keeps_out_who_cannot_be_mailed_stays(document: Document) -> None:
    assert _told(document, 1_000) == []
