"""The meaning of a FilterInput document: the set of the ids of the people it means."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle.slots import SLOTS, slot
from tests.oracle.steps import instant_of, later, later_day, local, utc
from tests.oracle.world import Moment, Person, World

Ids = frozenset[int]
Accepts = Callable[[Any], bool]


def members(document: dict[str, Any], moment: Moment) -> Ids:
    """Everyone in `moment.world` whom the document means as of `moment.at`."""
    [(word, asked)] = document.items()
    world = moment.world
    match word:
        case "and":
            return everyone(world).intersection(*(members(part, moment) for part in asked))
        case "or":
            return frozenset().union(*(members(part, moment) for part in asked))
        case "not":
            return everyone(world) - members(asked, moment)
        case "status":
            return _who(world, lambda person: person.status in asked)
        case "label":
            return _labelled(world, asked)
        case "segment":
            return frozenset().union(*(held(one, moment) for one in asked["inAny"]))
        case "sample":
            return _sampled(world, asked)
        case "field":
            return _field(asked["key"], asked["test"], moment)
    raise AssertionError(word)


def held(number: int, moment: Moment) -> Ids:
    """Everyone in a segment: on the list, or meant by its document or always in, but never who is always out."""
    world = moment.world
    document = world.segments[number]
    if isinstance(document, frozenset):
        return document
    key = ("segment", number, moment.at)
    if key not in world.cache:
        included, excluded = world.pins.get(number, (frozenset(), frozenset()))
        world.cache[key] = (members(document, moment) | (included & everyone(world))) - excluded
    found: Ids = world.cache[key]
    return found


def everyone(world: World) -> Ids:
    """All ids."""
    return frozenset(person.id for person in world.people)


def folded(text: str) -> str:
    """NFKC, casefolded, trimmed, and each run of white space one space."""
    runs: list[str] = []
    gap = True
    for character in unicodedata.normalize("NFKC", text).casefold():
        if character.isspace():
            gap = True
            continue
        if gap and runs:
            runs.append(" ")
        runs.append(character)
        gap = False
    return "".join(runs)


def _who(world: World, test: Callable[[Person], bool]) -> Ids:
    return frozenset(person.id for person in world.people if test(person))


def _labelled(world: World, asked: dict[str, Any]) -> Ids:
    [(word, value)] = asked.items()
    if word == "isEmpty":
        return _who(world, lambda person: (not person.labels) == value)
    ids = {folded(name): number for number, name in world.labels.items()}
    wanted = {one if isinstance(one, int) else ids[folded(one)] for one in value}
    if word == "containsAny":
        return _who(world, lambda person: bool(wanted & person.labels))
    return _who(world, lambda person: wanted <= person.labels)


def _sampled(world: World, asked: dict[str, Any]) -> Ids:
    start = Fraction(Decimal(str(asked.get("offset") or 0))) * SLOTS / 100
    end = start + Fraction(Decimal(str(asked["percent"]))) * SLOTS / 100
    return _who(world, lambda person: start <= slot(person.id, asked["seed"]) < end)


def _field(key: str, test: dict[str, Any], moment: Moment) -> Ids:
    [(word, asked)] = test.items()
    kind, values = moment.world.types[key], compared(moment.world, key)
    if word == "isEmpty":
        return everyone(moment.world) - values.keys() if asked else frozenset(values)
    if word == "exactly":
        return frozenset(number for number, value in entered(moment.world, key).items() if value == asked)
    accepts = _ACCEPTS[kind](word, asked, moment)
    return frozenset(number for number, value in values.items() if accepts(value))


def entered(world: World, key: str) -> dict[int, Any]:
    """The values of a field by person, as entered; without those that are none."""
    given = {one.id: one.system.get(key, one.custom.get(key)) for one in world.people}
    return {
        number: value
        for number, value in given.items()
        if value is not None and not (isinstance(value, str) and not folded(value))
    }


def compared(world: World, key: str) -> dict[int, Any]:
    """The values of a field by person, as they are compared."""
    if ("values", key) not in world.cache:
        read = _READS[world.types[key]]
        world.cache["values", key] = {
            number: read(value, world, key) for number, value in entered(world, key).items()
        }
    values: dict[int, Any] = world.cache["values", key]
    return values


def as_instant(value: str | datetime, zone: ZoneInfo) -> datetime:
    """An instant out of ISO 8601 (wall-clock time of the zone where no offset is given) or a datetime."""
    moment = (
        value
        if isinstance(value, datetime)
        else datetime.fromisoformat(re.sub(r"\s(?=[Z+-])", "", value.strip().upper()))
    )
    return utc(moment) if moment.tzinfo else utc(moment.replace(tzinfo=zone))


def _truth(value: Any, _world: World, _key: str) -> bool:
    return folded(str(value)) in ("true", "yes", "y", "1")


_READS: dict[str, Callable[[Any, World, str], Any]] = {
    "TEXT": lambda value, _world, _key: folded(value),
    "CHOICE": lambda value, _world, _key: folded(value),
    "NUMBER": lambda value, _world, _key: Fraction(Decimal(str(value).strip())),
    "DATE": lambda value, _world, _key: date.fromisoformat(value.strip()),
    "DATETIME": lambda value, world, _key: as_instant(value, world.zone),
    "BOOLEAN": _truth,
}


def _text(word: str, asked: Any, _moment: Moment) -> Accepts:
    texts = [folded(one) for one in (asked if isinstance(asked, list) else [asked])]
    match word:
        case "matches" | "matchesAny":
            return lambda value: value in texts
        case "contains" | "containsAny":
            return lambda value: any(text in value for text in texts)
        case "startsWith":
            return lambda value: bool(value[: len(texts[0])] == texts[0])
        case "endsWith":
            return lambda value: bool(value[-len(texts[0]) :] == texts[0])
    raise AssertionError(word)


def _number(word: str, asked: Any, _moment: Moment) -> Accepts:
    if word == "between":
        low, high = (Fraction(Decimal(str(asked[end]))) for end in ("from", "to"))
        return lambda value: bool(low <= value <= high)
    limit = Fraction(Decimal(str(asked)))
    return {
        "equals": lambda value: value == limit,
        "greaterThan": lambda value: value > limit,
        "atLeast": lambda value: value >= limit,
        "lessThan": lambda value: value < limit,
        "atMost": lambda value: value <= limit,
    }[word]


def _boolean(word: str, asked: Any, _moment: Moment) -> Accepts:
    assert word == "isTrue"
    return lambda value: value is asked


def _day(word: str, asked: Any, moment: Moment) -> Accepts:
    today = local(utc(moment.at), moment.world.zone).date()
    match word:
        case "on" | "during" | "period":
            first, last = day_range(word, asked, today)
            return lambda value: first <= value <= last
        case "before":
            return lambda value: value < date.fromisoformat(asked)
        case "after":
            return lambda value: value > date.fromisoformat(asked)
        case "anniversary":
            return lambda value: comes_round(value, today, asked)
    return _relative(word, later_day(today, _signed(word, asked), asked["unit"]), today)


def _instant(word: str, asked: Any, moment: Moment) -> Accepts:
    zone, at = moment.world.zone, utc(moment.at)
    today = local(at, zone).date()
    match word:
        case "on" | "during" | "period":
            first, last = day_range(word, asked, today)
            start, end = midnight(first, zone), midnight(later_day(last, 1, "DAY"), zone)
            return lambda value: start <= value < end
        case "before" | "after":
            return _limit(word, asked.strip(), zone)
        case "anniversary":
            return lambda value: comes_round(local(value, zone).date(), today, asked)
    return _relative(word, later(at, _signed(word, asked), asked["unit"], zone), at)


def _limit(word: str, asked: str, zone: ZoneInfo) -> Accepts:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", asked):
        day = date.fromisoformat(asked)
        if word == "before":
            limit = midnight(day, zone)
            return lambda value: bool(value < limit)
        limit = midnight(later_day(day, 1, "DAY"), zone)
        return lambda value: bool(value >= limit)
    limit = as_instant(asked, zone)
    return (lambda value: bool(value < limit)) if word == "before" else (lambda value: bool(value > limit))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a day begins."""
    return instant_of(datetime.combine(day, time()), zone)


def _signed(word: str, asked: dict[str, Any]) -> int:
    amount: int = asked["amount"]
    return -amount if word in ("moreThanAgo", "withinLast") else amount


def _relative(word: str, there: Any, now: Any) -> Accepts:
    return {
        "moreThanAgo": lambda value: value < there,
        "withinLast": lambda value: there <= value <= now,
        "withinNext": lambda value: now <= value <= there,
        "moreThanFromNow": lambda value: value > there,
    }[word]


def day_range(word: str, asked: Any, today: date) -> tuple[date, date]:
    """The first and the last day that a test names."""
    if word == "on":
        return date.fromisoformat(asked), date.fromisoformat(asked)
    if word == "during":
        return date.fromisoformat(asked["from"]), date.fromisoformat(asked["to"])
    days = [today + timedelta(days=step) for step in range(-800, 801)]
    step, what = _PERIOD_STEPS[asked.partition("_")[0]], asked.rpartition("_")[2]
    apart = _PERIOD_NAMES.get(what, _days_apart)
    return _bounds(day for day in days if apart(day, today) == step)


def _days_apart(day: date, today: date) -> int:
    return (day - today).days


_PERIOD_STEPS = {"LAST": -1, "THIS": 0, "NEXT": 1, "YESTERDAY": -1, "TODAY": 0, "TOMORROW": 1}
_PERIOD_NAMES: dict[str, Callable[[date, date], int]] = {
    "WEEK": lambda day, today: (day.toordinal() - 1) // 7 - (today.toordinal() - 1) // 7,
    "MONTH": lambda day, today: (day.year - today.year) * 12 + day.month - today.month,
    "QUARTER": lambda day, today: (day.year - today.year) * 4 + (day.month - 1) // 3 - (today.month - 1) // 3,
    "YEAR": lambda day, today: day.year - today.year,
}


def _bounds(days: Iterable[date]) -> tuple[date, date]:
    found = list(days)
    return found[0], found[-1]


def comes_round(value: date, today: date, asked: dict[str, Any]) -> bool:
    """Whether the day and month of `value` come round from today on within the duration."""
    last = later_day(today, asked["amount"], asked["unit"])
    return any(today <= anniversary(value, today.year + later) <= last for later in (0, 1))


def anniversary(value: date, year: int) -> date:
    """The day in that year; 29 February comes round on the 28th in years without it."""
    try:
        return value.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


_ACCEPTS: dict[str, Callable[[str, Any, Moment], Accepts]] = {
    "TEXT": _text,
    "CHOICE": _text,
    "NUMBER": _number,
    "BOOLEAN": _boolean,
    "DATE": _day,
    "DATETIME": _instant,
}
