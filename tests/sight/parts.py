"""The parts of a filter's document, each with its path and whom the oracle says it means."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tests.compile.peopled import Peopled
from tests.oracle.meaning import Ids, everyone, members
from tests.oracle.world import Moment, Person, World


@dataclass(frozen=True)
class Part:
    """A part of a document: whom it means, who comes to it, and of an Or's part who is in one before it."""

    path: str
    ids: Ids
    given: Ids
    before: Ids | None = None

    @property
    def remaining(self) -> Ids:
        """Who is left after it."""
        return (self.given & self.ids) | (self.before or frozenset())


def parts(document: dict[str, Any], moment: Moment) -> Iterator[Part]:
    """The whole document and its parts, with those of segments, in reading order."""
    return _parts(document, "filter", everyone(moment.world), None, moment)


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
    held = [moment.world.segments[number] for number in numbers]
    if all(isinstance(each, frozenset) for each in held):
        return
    if len(numbers) > 1:
        each = [{"segment": {"inAny": [number]}} for number in numbers]
        yield from _alternatives(each, f"{path}.segment.inAny", given, moment)
    elif isinstance(held[0], dict):
        yield from _parts(held[0], f"{path}.segment", given, None, moment)


def is_in(document: dict[str, Any], person: Person, there: Peopled, at: datetime) -> bool:
    """Whether the oracle says that a person is in a filter."""
    world: World = replace(there.world, people=(person,), cache={})
    return bool(members(document, Moment(world, at)))
