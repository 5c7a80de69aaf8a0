"""What marks a field whose values are read without graphql-core, and how a generated function gives up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Answer = Callable[[Any], Any]

PREPARED: Final = {"prepared": True}
SHARED: Final = {"shared": True}  # the field's objects stand in many places of a list: each is answered once


@dataclass(frozen=True, slots=True)
class InColumns:
    """A prepared list of objects of one type, as columns of their attributes: the objects are rarely made."""

    type: type
    columns: Mapping[str, Sequence[Any]]

    def made(self) -> list[Any]:
        """The objects, for graphql-core."""
        rows = zip(*self.columns.values(), strict=True)
        return [self.type(**dict(zip(self.columns, row, strict=True))) for row in rows]


class Unplain(BaseException):  # not an Exception: an `except Exception` in a type's own code must not eat it
    """A generated function gives up: graphql-core has to answer. Carries the awaitable it met, if any."""

    def __init__(self, value: object = None) -> None:
        self.value = value


NOT_PLAIN: Final = Unplain()


def as_it_is(value: Any) -> Any:
    """How a scalar serializes whose values are JSON already."""
    return value
