"""Conditions for a statement that reads every contact anyway."""

from app.compile.clause import Bound, Clause, certain
from app.compile.conditions import Scope, condition, pinned
from app.compile.shelves import folded
from app.filters.checked import FieldPasses, Filter, Matches, PinnedIn


def scanned(asked: Filter, scope: Scope) -> Clause:
    """The condition on a row of `contact`, as `condition` has it; never NULL.

    Equality is asked in a form that no index answers, and that takes less for each row.
    """
    match asked:
        case FieldPasses(field, Matches((value,))):
            return certain(folded(field), " = ", Bound(value.folded, "text"))
        case PinnedIn():
            return pinned(asked, scope)
        case _:
            return condition(asked, scope)
