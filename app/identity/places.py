"""How much may be kept open at once, by one owner and by all together."""

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from app.identity.refusals import NotNow, TooOften


@dataclass(slots=True)
class Places:
    """So many places in all, and so many for one owner: a token, say; `noun` says of what."""

    noun: str
    most: int
    most_each: int
    owner: str = "token"
    taken: int = 0
    _by_owner: Counter[Hashable] = field(default_factory=Counter)

    @contextmanager
    def one(self, owner: Hashable) -> Iterator[None]:
        """A place for as long as the context lasts; raises TooOften where the owner has none, NotNow where nobody."""
        if self.taken >= self.most:
            raise NotNow(f"This server has {self.most:,} {self.noun} open; try again soon.")
        if self._by_owner[owner] >= self.most_each:
            raise TooOften(f"This {self.owner} has {self.most_each:,} {self.noun} open; close one of them first.")
        self.taken += 1
        self._by_owner[owner] += 1
        try:
            yield
        finally:
            self.taken -= 1
            self._by_owner[owner] -= 1
            if not self._by_owner[owner]:
                del self._by_owner[owner]
