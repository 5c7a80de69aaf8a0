"""How much may be kept open at once, by one caller and by all together."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from app.graphql.faults import RequestError


@dataclass(slots=True)
class Places:
    """So many places in all, and so many for one caller; `noun` says of what."""

    noun: str
    most: int
    most_each: int
    taken: int = 0
    _by_caller: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def one(self, caller: str) -> Iterator[None]:
        """A place for as long as the context lasts; raises RATE_LIMITED where there is none."""
        if self.taken >= self.most:
            raise RequestError("RATE_LIMITED", f"This server has {self.most:,} {self.noun} open; try again soon.")
        if self._by_caller[caller] >= self.most_each:
            message = f"This token has {self.most_each:,} {self.noun} open; close one of them first."
            raise RequestError("RATE_LIMITED", message)
        self.taken += 1
        self._by_caller[caller] += 1
        try:
            yield
        finally:
            self.taken -= 1
            self._by_caller[caller] -= 1
            if not self._by_caller[caller]:
                del self._by_caller[caller]
