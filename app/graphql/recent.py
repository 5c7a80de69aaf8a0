"""Keeps what was used last, within a weight: for what is made again where it has gone."""

from collections import OrderedDict
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """Values by a text, of which those that were not used for longest go first: so many in all, with so much weight.

    What alone has more than `most_of_one` of that is not kept.
    """

    def __init__(self, most: int, most_weight: int, most_of_one: int) -> None:
        self.weight = 0
        self._most = most
        self._most_weight = most_weight
        self._most_of_one = most_of_one
        self._kept: OrderedDict[str, tuple[Value, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def __contains__(self, key: str) -> bool:
        return key in self._kept

    def get(self, key: str) -> Value | None:
        """The value of a key, which is used by this; None where it isn't kept."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def keep(self, key: str, value: Value, weight: int) -> None:
        """Keep the value of a key that has none, unless it is too heavy."""
        if weight > self._most_of_one:
            return
        self._kept[key] = value, weight
        self.weight += weight
        while len(self._kept) > self._most or self.weight > self._most_weight:
            _, (_, gone) = self._kept.popitem(last=False)
            self.weight -= gone
