"""A subscription looks at PostgreSQL now and then: each look has a turn and a time, as a request has."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from app.identity.watch import Watch
from app.queries.deadlines import Deadline, current
from app.queries.turns import Asker

_begin: Final[ContextVar[Callable[[], Deadline]]] = ContextVar("begin")
_NO_TIME: Final = Deadline(Asker(""), 0, 0, is_over=True)


@contextmanager
def between_looks(begin: Callable[[], Deadline]) -> Iterator[None]:
    """Within, PostgreSQL is asked in a `look` alone, whose deadline `begin` gives; anything else raises Stopped."""
    before, deadline = _begin.set(begin), current.set(_NO_TIME)
    try:
        yield
    finally:
        current.reset(deadline)
        _begin.reset(before)


def look() -> Watch:
    """A context in which a subscription asks PostgreSQL, but neither waits nor yields; raises TooLate."""
    return Watch(_begin.get()())
