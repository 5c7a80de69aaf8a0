"""Values for arguments, made from their types alone; and every place in them where another's could be put."""

import re
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    is_required_input_field,
)

from tests.isolation.pools import Pool

Place = tuple[str | int, ...]

DEEPEST = 3
USUALLY = 0.75
NUMBERS = (1, 2, 30)
MOMENTS = ("2026-01-31", "2026-01-31T09:30:00+07:00")
FRESH = 10**9
FREE = frozenset({"ID", "String", "JSON"})
BY_CHANCE = frozenset({"seed"})  # whatever is given there, the answer differs


class Maker:
    """Makes values of types at random out of a pool; `lavish` is how likely what may be left out is given.

    With `heeds_types` an id is more likely of what the type of its input is about.
    """

    def __init__(self, pool: Pool, random: Random, lavish: float = 0.0, *, heeds_types: bool = False) -> None:
        self._heeds_types = heeds_types
        self._pool = pool
        self._random = random
        self._lavish = lavish

    def given(self, variables: Mapping[str, GraphQLInputType], path_length: int = 2) -> dict[str, Any]:
        """Values for an operation's variables: of those that may be left out, some."""
        return {
            name: self.made(type, name=name)
            for name, type in variables.items()
            if isinstance(type, GraphQLNonNull) or (name.count("_") < path_length and self._wants())
        }

    def made(self, type: GraphQLInputType, depth: int = 0, name: str = "") -> Any:
        """A value of the type, for what is called so."""
        match type:
            case GraphQLNonNull():
                return self.made(type.of_type, depth, name)
            case GraphQLList():
                return [self.made(type.of_type, depth, name)]
            case GraphQLEnumType():
                return self._random.choice([*type.values])
            case GraphQLInputObjectType():
                return self._object(type, depth)
            case GraphQLScalarType():
                return self._scalar(type.name, name)
            case _:
                raise AssertionError(type)

    def _object(self, type: GraphQLInputObjectType, depth: int) -> dict[str, Any]:
        fields = {name: field.type for name, field in type.fields.items()}
        if type.is_one_of:
            flat = [name for name, inner in fields.items() if depth < DEEPEST or not _is_nested(inner)]
            chosen = [self._random.choice(flat or [*fields])]
        else:
            chosen = [name for name, field in type.fields.items() if is_required_input_field(field) or self._wants()]
        return {name: self.made(fields[name], depth + 1, self._called(type.name, name)) for name in chosen}

    def _called(self, type: str, name: str) -> str:
        """The name, or else what an input of this type may be about: `id` of a `PinSegmentContactsInput`."""
        if not self._heeds_types or self._known(name):
            return name
        about = [word for word in re.findall("[A-Z][a-z]+", type) if word.removesuffix("s") in self._pool.ids]
        return self._random.choice(about).lower() if about else name

    def _kind(self, name: str) -> str | None:
        """The kind of id that something is called by, as a rule: `contactId`, or the `id` of a `segment`."""
        known = self._known(name)
        return known[0] if known and self._random.random() < USUALLY else None

    def _known(self, name: str) -> list[str]:
        called = [word.removesuffix("s").removesuffix("Id") for word in name.split("_")]
        kinds = [word[:1].upper() + word[1:] for word in reversed(called)]
        return [kind for kind in kinds if kind in self._pool.ids]

    def _wants(self) -> bool:
        return self._random.random() < self._lavish

    def _scalar(self, type: str, name: str) -> Any:
        number = self._random.randrange(FRESH)
        texts = [*self._pool.texts, f"new {number}", f"new{number}@example.com"]
        match type:
            case "ID":
                return self._pool.any_id(self._random, self._kind(name))
            case "String":
                return self._random.choice(texts)
            case "Int":
                return self._random.choice(NUMBERS)
            case "Float":
                return 1.5
            case "DateOrTime":
                return self._random.choice(MOMENTS)
            case "Boolean":
                return self._random.random() < 0.5
            case _:
                return self._random.choice([*texts, *MOMENTS, "12.5"])


def _is_nested(type: GraphQLInputType) -> bool:
    while isinstance(type, GraphQLNonNull | GraphQLList):
        type = type.of_type
    return isinstance(type, GraphQLInputObjectType)


def places(type: GraphQLInputType, within: frozenset[str] = frozenset()) -> Iterator[tuple[Place, str]]:
    """Every place in a type where a scalar that may hold anything stands, with the scalar's name."""
    match type:
        case GraphQLNonNull():
            yield from places(type.of_type, within)
        case GraphQLList():
            yield from (((0, *place), name) for place, name in places(type.of_type, within))
        case GraphQLInputObjectType() if type.name not in within:
            for key, field in type.fields.items():
                found = places(field.type, within | {type.name}) if key not in BY_CHANCE else ()
                yield from (((key, *place), name) for place, name in found)
        case GraphQLScalarType() if type.name in FREE:
            yield (), type.name
        case _:
            return


def placed(type: GraphQLInputType, base: Any, place: Sequence[str | int], value: Any, maker: Maker) -> Any:
    """The base with a value at a place, and whatever has to be beside it."""
    if isinstance(type, GraphQLNonNull):
        return placed(type.of_type, base, place, value, maker)
    if not place:
        return value
    if isinstance(type, GraphQLList):
        return [placed(type.of_type, base[0] if base else None, place[1:], value, maker)]
    assert isinstance(type, GraphQLInputObjectType)
    key = str(place[0])
    beside = {} if type.is_one_of else (base if base is not None else maker.made(type))
    inner = beside.get(key) if beside else (base or {}).get(key)
    return {**beside, key: placed(type.fields[key].type, inner, place[1:], value, maker)}
