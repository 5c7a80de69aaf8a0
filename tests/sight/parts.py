"""The parts of a filter's document, each with its path and whom the oracle says it means."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tests.compile.peopled import Peopled
from tests.oracle.meaning import Ids, everyone, held, members
from tests.oracle.world import Moment, Person, World


@dataclass(frozen=True)
class Part:
    """A part of a document: whom it means, who comes to it, and of an Or's part who is in one before it.

    Where it `takes_away`, those whom it means are the ones who go.
    """

    path: str
    ids: Ids
    given: Ids
    before: Ids | None = None
    takes_away: bool = False

    @property
    def remaining(self) -> Ids:
        """Who is left after it."""
        return self.given - self.ids if self.takes_away else (self.given & self.ids) | (self.before or frozenset())


def parts(document: dict[str, Any], moment: Moment) -> Iterator[Part]:
    """The whole document and its parts, with those of segments, in reading order."""
    return _parts(document, "filter", everyone(moment.world), None, moment)


def segment_parts(number: int, moment: Moment) -> Iterator[Part]:
    """A dynamic segment's filter with its parts and, where contacts are pinned, the pins around it."""
    return _held(number, "filter", everyone(moment.world), moment)


def _held(number: int, path: str, given: Ids, moment: Moment) -> Iterator[Part]:
    document = moment.world.segments[number]
    assert isinstance(document, dict)
    included, excluded = moment.world.pins.get(number, (frozenset(), frozenset()))
    pins = "".join([*path.rpartition(".")[:2], "pins"])
    if included or excluded:
        yield Part(pins, held(number, moment), given)
    yield from _parts(document, path, given, None, moment)
    matched = given & members(document, moment)
    if included:
        yield Part(f"{pins}.included", included, given, matched)
    if excluded:
        yield Part(f"{pins}.excluded", excluded, matched | (given & included), takes_away=True)


def _parts(document: dict[str, Any], path: str, given: Ids, before: Ids | None, moment: Moment) -> Iterator[Part]:
    yield Part(path, members(document, moment), given, before)
    [(word, asked)] = document.items()
    match word:
        case "and":
            for place, part in enumerate(asked):
                yield from _parts(part, f"{path}.and[{place}]", given, None, moment)
                given &= members(part, moment)
        case "or":
            yield from _alternatives(asked, f"{path}.or", given, moment)
        case "not":
            yield from _parts(asked, f"{path}.not", given, None, moment)
        case "segment":
            yield from _segments(list(dict.fromkeys(asked["inAny"])), path, given, moment)


def _alternatives(documents: list[dict[str, Any]], path: str, given: Ids, moment: Moment) -> Iterator[Part]:
    before: Ids = frozenset()
    for place, part in enumerate(documents):
        yield from _parts(part, f"{path}[{place}]", given, before, moment)
        before |= given & members(part, moment)


def _segments(numbers: list[int], path: str, given: Ids, moment: Moment) -> Iterator[Part]:
    documents = [moment.world.segments[number] for number in numbers]
    if all(isinstance(each, frozenset) for each in documents):
        return
    if len(numbers) > 1:
        each = [{"segment": {"inAny": [number]}} for number in numbers]
        yield from _alternatives(each, f"{path}.segment.inAny", given, moment)
    else:
        yield from _held(numbers[0], f"{path}.segment", given, moment)


def is_in(document: dict[str, Any], person: Person, there: Peopled, at: datetime) -> bool:
    """Whether the oracle says that a person is in a filter."""
    world: World = replace(there.world, people=(person,), cache={})
    return bool(members(document, Moment(world, at)))
