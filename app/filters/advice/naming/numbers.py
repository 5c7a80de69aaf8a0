"""The plain numbers of a name (`Age 25-34`, `≥ 3 orders`, `> 100k`) held against those of the filter."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.filters import checked
from app.filters.advice.naming.direction import UNSAID, direction_before
from app.filters.advice.naming.figures import Figure, figures
from app.filters.advice.naming.lexicon import (
    BETWEEN_COMPARISON_AND_NUMBER,
    CONNECTIONS,
    LESS,
    MORE,
    NEGATIONS,
    UNSPECIFIC,
)
from app.filters.advice.naming.rule import Fault, Rule, Signed, tests_of
from app.filters.advice.naming.words import Title, read_title, variants
from app.filters.catalog import Field

_YEARS: Final = range(1900, 2101)
_COMPARISON: Final = MORE | LESS | BETWEEN_COMPARISON_AND_NUMBER
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


def number_fault(title: Title, rule: Rule, taken: Set[int]) -> Fault | None:
    """The first of a name's numbers that speaks of a field which the filter tests for other ones."""
    bounds = list(bounds_of(rule))
    for figure in figures(title, taken) if bounds else ():
        meant = _meant(title, figure, bounds, rule)
        if meant and (_is_unknown(figure, bounds, rule) or _is_turned(title, figure, bounds, taken)):
            said = title.between(figure.first, figure.last)
            return Fault(f'The name says "{said}", but the filter says {rule.said(each.signed for each in meant)}.')
    return None


def _meant(title: Title, figure: Figure, bounds: Sequence[Bound], rule: Rule) -> list[Bound]:
    """The bounds of the field that a figure is about; none where it may be about anything else."""
    before = _place_before(title, figure.first)
    is_compared = figure.direction.is_beyond is not None
    if figure.direction.is_ahead is not None:
        return []
    if not is_compared and len(figure.numbers) == 1 and _is_year(title.word(figure.first)):
        return []
    behind = figure.last + 1 + (title.word(figure.last + 1) == "+")
    if title.is_letters(behind) and title.word(behind) not in CONNECTIONS:
        is_free = is_compared or not title.is_letters(before) or title.word(before) in CONNECTIONS
        return _called(title.word(behind), bounds) if is_free else []
    called = _called(title.word(before), bounds)
    if called:
        return [] if _may_be_a_part(title, figure) else called
    if direction_before(title, figure.first).is_beyond is None or _has_durations(rule):
        return []
    return list(bounds) if len({bound.field.key for bound in bounds}) == 1 else []


def _may_be_a_part(title: Title, figure: Figure) -> bool:
    """Whether it may be the second of several, as in `Big Orders 2`."""
    return figure.direction == UNSAID and len(figure.numbers) == 1 and len(title.word(figure.first)) == 1


def _place_before(title: Title, first: int) -> int:
    """The place before a number and its words of comparison."""
    place = first - 1
    while title.word(place) in _COMPARISON:
        place -= 1
    return place


def _called(word: str, bounds: Sequence[Bound]) -> list[Bound]:
    """The bounds of the fields in whose names the word stands."""
    return [bound for bound in bounds if not _words_of(bound.field).isdisjoint(variants(word))]


def _words_of(field: Field) -> frozenset[str]:
    words = (word.text for name in (field.name, field.key) for word in read_title(name).words if word.is_letters)
    return frozenset(variant for word in words if word not in UNSPECIFIC for variant in variants(word))


def _is_year(written: str) -> bool:
    return written.isdecimal() and len(written) == 4 and int(written) in _YEARS


def _has_durations(rule: Rule) -> bool:
    return any(True for _ in _amounts(rule))


def _amounts(rule: Rule) -> Iterator[Decimal]:
    """The amounts of its durations."""
    for _, _, test in tests_of(rule):
        match test:
            case (
                checked.MoreThanAgo(duration)
                | checked.WithinLast(duration)
                | checked.WithinNext(duration)
                | checked.MoreThanFromNow(duration)
                | checked.Anniversary(duration)
            ):
                yield Decimal(duration.amount)
            case _:
                pass


def _percents(rule: Rule) -> Iterator[Decimal]:
    return (each.condition.percent for each in rule.signed if isinstance(each.condition, checked.Sample))


def _is_unknown(figure: Figure, bounds: Sequence[Bound], rule: Rule) -> bool:
    """Whether one of its numbers is nowhere in the filter."""
    others = {*_amounts(rule), *_percents(rule)}
    return any(
        others.isdisjoint(values) and not any(_is_same(figure, values, bound) for bound in bounds)
        for values in figure.numbers
    )


def _is_same(figure: Figure, values: Set[Decimal], bound: Bound) -> bool:
    """Whether a number is a bound; `> 3` and `at least 4` are the same."""
    if any(abs(value) * scale == abs(bound.value) for value in values for scale in _UNSAID_SCALES):
        return True
    if bound.is_least is None or bound.is_open == figure.is_strict:
        return False
    step = 1 if figure.is_strict == bound.is_least else -1
    return any(bound.value - value == step for value in values)


def _is_turned(title: Title, figure: Figure, bounds: Sequence[Bound], taken: Set[int]) -> bool:
    """Whether the name says more where the filter says less; a "not" in the name may turn round what it says."""
    if figure.direction.is_beyond is None or title.has(NEGATIONS, taken):
        return False
    alike = [bound for bound in bounds if any(_is_same(figure, values, bound) for values in figure.numbers)]
    return bool(alike) and all(
        bound.is_least is not None and bound.is_least is not figure.direction.is_beyond for bound in alike
    )
