"""Two hundred dynamic segments of one to five conditions, as a marketing team might have them."""

from random import Random
from typing import Any

from app.filters.catalog import Catalog
from app.queries.segments import create_dynamic
from app.transfer.demo.people import CATEGORIES, CITIES, FREQUENT, LABELS, PLANS, VIP

SEGMENTS = 200
NAME = "Live {:03d}"
Document = dict[str, Any]


async def furnish_segments(catalog: Catalog, count: int = SEGMENTS) -> None:
    """Make those that the workspace lacks."""
    known = {segment.name for segment in catalog.segments.values()}
    for number, document in enumerate(documents(count)):
        if (name := NAME.format(number)) not in known:
            await create_dynamic(catalog.workspace_id, name, document)


def documents(count: int) -> list[Document]:
    """So many filters, the same in every run; the first is the label VIP alone."""
    dice = Random("live segments")
    made = [_document(dice) for _ in range(count - 1)]
    return [_label(VIP), *made]


def _document(dice: Random) -> Document:
    conditions = [_condition(dice) for _ in range(dice.choice((1, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5)))]
    if len(conditions) == 1:
        return conditions[0]
    return {"and": conditions} if dice.random() < 0.98 else {"or": conditions}


def _condition(dice: Random) -> Document:
    makers = (_status, _labelled, _city, _plan, _orders, _spent, _purchase, _visit, _category, _opened)
    condition = dice.choice(makers)(dice)
    return {"not": condition} if dice.random() < 0.04 else condition


def _field(key: str, **test: Any) -> Document:
    return {"field": {"key": key, "test": test}}


def _label(name: str) -> Document:
    return {"label": {"containsAny": [name]}}


def _status(dice: Random) -> Document:
    return {"status": dice.sample(["ACTIVE", "PENDING", "UNSUBSCRIBED", "HARD_BOUNCE"], dice.randint(1, 2))}


def _labelled(dice: Random) -> Document:
    return _label(dice.choice([*LABELS, VIP, FREQUENT]))


def _city(dice: Random) -> Document:
    return _field("city", contains=dice.choice(list(CITIES))[:5])


def _plan(dice: Random) -> Document:
    return _field("plan", matches=dice.choice(PLANS))


def _orders(dice: Random) -> Document:
    return _field("orders", atLeast=str(dice.randint(1, 12)))


def _spent(dice: Random) -> Document:
    return _field("total_spent", greaterThan=str(dice.randint(1, 40) * 50_000))


def _duration(dice: Random) -> Document:
    return {"amount": dice.choice([7, 14, 30, 60, 90, 180]), "unit": "DAY"}


def _purchase(dice: Random) -> Document:
    return _field("last_purchase", **{dice.choice(["moreThanAgo", "withinLast"]): _duration(dice)})


def _visit(dice: Random) -> Document:
    return _field("last_visit", **{dice.choice(["moreThanAgo", "withinLast"]): _duration(dice)})


def _category(dice: Random) -> Document:
    return _field("favourite_category", matchesAny=dice.sample(CATEGORIES, 2))


def _opened(dice: Random) -> Document:
    return _field("last_opened_at", withinLast=_duration(dice))
