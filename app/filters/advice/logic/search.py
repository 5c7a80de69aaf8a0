"""Whether claims can hold of one contact, sought through all the ways in which their Ors can be met.

Each way gives literals, and these can't hold together if they leave nothing possible in some respect. Where that is
so of every way, no contact is as claimed.
"""

from collections.abc import Iterable, Mapping

from app.filters.advice.logic.claims import Claim, Formula
from app.filters.advice.logic.effort import Effort
from app.filters.advice.logic.extent import Extent
from app.filters.advice.logic.literals import Literal, Subject
from app.filters.tree import And, Or

MOST_WAYS = 512
MOST_AT_ONCE = 4_000
STEPS_EACH = 8

_State = Mapping[Subject, Extent]
_Way = tuple[_State, list[Formula]]


def can_hold(claims: Iterable[Claim], effort: Effort) -> bool:
    """Whether a contact may be as claimed: true where MOST_WAYS have not shown otherwise.

    Raises TooMuchError.
    """
    waiting: list[_Way] = [({}, [claim.formula for claim in claims])]
    for _ in range(MOST_WAYS):
        if not waiting:
            return False
        met = _met(*waiting.pop(), effort)
        if met is None:
            continue
        state, choices = met
        if not choices:
            return True
        alternatives, *others = sorted((_open(choice, state, effort) for choice in choices), key=len)
        rest: list[Formula] = [Or(tuple(other)) for other in others]
        waiting += ((state, [one, *rest]) for one in reversed(alternatives))
    return True


def _met(state: _State, formulas: list[Formula], effort: Effort) -> tuple[_State, list[Or[Literal]]] | None:
    """The state once all is met that has one way, and the Ors that are left; None where something can't be met."""
    found, choices, stack = dict(state), [], list(formulas)
    while stack:
        match formula := stack.pop():
            case And(parts):
                stack.extend(parts)
            case Or((only,)):
                stack.append(only)
            case Or():
                choices.append(formula)
            case Literal(subject, _):
                left = _left(found, formula, effort)
                if not left:
                    return None
                found[subject] = left
    return found, choices


def _open(choice: Or[Literal], state: _State, effort: Effort) -> list[Formula]:
    """The alternatives that the state doesn't rule out at first sight."""
    return [one for one in choice.parts if not isinstance(one, Literal) or _left(state, one, effort)]


def _left(state: _State, literal: Literal, effort: Effort) -> Extent:
    """What is possible in the literal's respect if it holds too; it goes unheeded where that takes too long."""
    before = state.get(literal.subject)
    steps = 0 if before is None else before.steps(literal.extent)
    effort.spend(STEPS_EACH + (steps if steps <= MOST_AT_ONCE else 0))
    if before is None:
        return literal.extent
    return before & literal.extent if steps <= MOST_AT_ONCE else before
