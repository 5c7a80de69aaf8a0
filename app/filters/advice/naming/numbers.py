"""The plain numbers of a name (`Age 25-34`, `≥ 3 orders`, `> 100k`) held against those of the filter."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.filters import checked
from app.filters.advice.naming.figures import Figure
from app.filters.advice.naming.lexicon import NEGATIONS
from app.filters.advice.naming.rule import Fault, Rule, Signed, tests_of, words_of
from app.filters.advice.naming.words import Title
from app.filters.catalog import Field

_YEARS: Final = range(1900, 2101)
# What people leave out: `Spend > 100` of those who spent more than 100,000.
_UNSAID_SCALES: Final = (1, 1_000, 1_000_000)


@dataclass(frozen=True, slots=True)
class Bound:
    """A number of the filter: the least (`is_least`), the most, or neither; `is_open` where it is itself left out."""

    value: Decimal
    signed: Signed
    field: Field
    is_least: bool | None = None
    is_open: bool = False


def bounds_of(rule: Rule) -> Iterator[Bound]:
    """The numbers that the filter's fields are tested for."""
    for signed, field, test in tests_of(rule):
        sign = signed.is_positive
        match test:
            case checked.Equals(value):
                yield Bound(value, signed, field)
            case checked.Between(low, high):
                yield Bound(low, signed, field, True if sign else None)
                yield Bound(high, signed, field, False if sign else None)
            case checked.MoreThan(value, or_equal):
                yield Bound(value, signed, field, sign, or_equal is not sign)
            case checked.LessThan(value, or_equal):
                yield Bound(value, signed, field, not sign, or_equal is not sign)
            case _:
                pass


def number_fault(title: Title, found: Sequence[Figure], rule: Rule) -> Fault | None:
    """The first of a name's numbers that speaks of a field which the filter tests for other ones."""
    bounds = list(bounds_of(rule))
    for figure in found if bounds else ():
        meant = _meant(title, figure, bounds)
        if meant and (_is_unknown(figure, bounds) or _is_turned(title, figure, bounds)):
            said = title.between(figure.first, figure.last)
            return Fault(f'The name says "{said}", but the filter says {rule.said(each.signed for each in meant)}.')
    return None


def _meant(title: Title, figure: Figure, bounds: Sequence[Bound]) -> list[Bound]:
    """The bounds of the field that is named beside a figure; `Order 66` is no number of orders."""
    is_alone = figure.direction.is_beyond is None and len(figure.numbers) == 1
    if figure.direction.is_ahead is not None or (is_alone and _is_year(title.word(figure.first))):
        return []
    behind = _called(title.word(figure.reach.stop), bounds)
    return behind if behind or is_alone else _called(title.word(figure.reach.start - 1), bounds)


def _called(word: str, bounds: Sequence[Bound]) -> list[Bound]:
    """The bounds of the fields in whose names the word stands."""
    return [bound for bound in bounds if word in words_of(bound.field)]


def _is_year(written: str) -> bool:
    return written.isdecimal() and len(written) == 4 and int(written) in _YEARS


def _is_unknown(figure: Figure, bounds: Sequence[Bound]) -> bool:
    """Whether one of its numbers is nowhere in the filter."""
    return any(not any(_is_same(figure, values, bound) for bound in bounds) for values in figure.numbers)


def _is_same(figure: Figure, values: Set[Decimal], bound: Bound) -> bool:
    """Whether a number is a bound; `> 3` and `at least 4` are the same."""
    if any(abs(value) * scale == abs(bound.value) for value in values for scale in _UNSAID_SCALES):
        return True
    if bound.is_least is None or bound.is_open == figure.is_strict:
        return False
    step = 1 if figure.is_strict == bound.is_least else -1
    return any(bound.value - value == step for value in values)


def _is_turned(title: Title, figure: Figure, bounds: Sequence[Bound]) -> bool:
    """Whether the name says more where the filter says less; a "not" in the name may turn round what it says."""
    if figure.direction.is_beyond is None or title.has(NEGATIONS):
        return False
    alike = [bound for bound in bounds if any(_is_same(figure, values, bound) for values in figure.numbers)]
    return bool(alike) and all(
        bound.is_least is not None and bound.is_least is not figure.direction.is_beyond for bound in alike
    )
