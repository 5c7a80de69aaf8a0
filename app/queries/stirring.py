"""Whoever has committed something stirs, so that what it may have noted is looked for at once.

A NOTIFY within the transaction would say the same, but PostgreSQL lets transactions that notify commit only one after
another: eight writers at once made a sixth of the commits.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

_listening: Final[list[Callable[[], None]]] = []


def stir() -> None:
    """Something was committed by this process."""
    for hear in _listening:
        hear()


@contextmanager
def stirred(hear: Callable[[], None]) -> Iterator[None]:
    """It is called for each commit of this process, within the context."""
    _listening.append(hear)
    try:
        yield
    finally:
        _listening.remove(hear)
