"""When a contact is to be looked at again because time alone may change an answer, as SQL."""

from dataclasses import dataclass

from app.compile.clause import Clause
from app.filters.clock import Clock
from app.filters.flips import RelativeTests


@dataclass(frozen=True, slots=True)
class Due:
    """Expressions over a row of `contact`.

    `at` is a timestamptz after the clock's, never later than the first change of an answer, NULL where none comes.
    Where `near` is TRUE (it is never NULL), an answer may change before it, today: `exact_due` knows when.
    """

    at: Clause
    near: Clause


def due(tests: RelativeTests, clock: Clock) -> Due | None:
    """When the tests are to be asked again; None where there is no test. Its text depends on the tests alone."""
    raise NotImplementedError


def near_values(tests: RelativeTests) -> Clause:
    """A jsonb object of the moments that `exact_due` asks for, in ISO 8601, under the keys of the fields that have one."""
    raise NotImplementedError
