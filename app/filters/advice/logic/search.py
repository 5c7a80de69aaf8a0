"""Whether claims can hold of one contact, sought through all the ways in which their Ors can be met.

Each way gives literals, and these can't hold together if they leave nothing possible in some respect. Where that is
so of every way, no contact is as claimed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.filters.advice.logic.claims import Claim, Formula
from app.filters.advice.logic.extent import Extent
from app.filters.advice.logic.literals import Literal, Subject
from app.filters.tree import And, Or

MOST_WAYS = 512
MOST_STEPS = 40_000
STEPS_EACH = 4

_State = Mapping[Subject, Extent]
_Way = tuple[_State, list[Formula]]


class TooMuchError(Exception):
    """To go on would take too long."""


@dataclass(slots=True)
class Effort:
    """How many steps may still be taken."""

    left: int = MOST_STEPS

    def spend(self, steps: int) -> None:
        """Raises TooMuchError where so many are not left."""
        self.left -= steps
        if self.left < 0:
            raise TooMuchError


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
    """What is possible in the literal's respect, if it holds as well."""
    before = state.get(literal.subject)
    left = literal.extent if before is None else before & literal.extent
    effort.spend(STEPS_EACH + left.size)
    return left
