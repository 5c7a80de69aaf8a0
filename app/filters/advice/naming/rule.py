"""What of a filter a name can speak of: its conditions with their signs, and the names that it uses itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from app.filters import checked
from app.filters.advice.naming.lexicon import UNSPECIFIC
from app.filters.advice.naming.words import read_title, variants
from app.filters.catalog import Catalog, Field
from app.filters.checked import Condition, FieldPasses, Filter
from app.filters.folding import fold
from app.filters.pins import without_pins
from app.filters.signs import signed_conditions
from app.filters.summary import summarize
from app.filters.tree import Not

LONGEST_SAID: Final = 120
MOST_SAID: Final = 2


@dataclass(frozen=True, slots=True)
class Signed:
    """A condition, and whether it counts for being in."""

    condition: Condition
    is_positive: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """A filter as a name is held against it.

    `names` are what its fields, the segments it refers to and its samples are called, folded; `words` those of its
    fields. Of a fixed list nobody knows whom it means: one that it refers to makes the rule `is_open`.
    """

    tree: Filter
    signed: tuple[Signed, ...]
    names: frozenset[str]
    words: frozenset[str]
    is_open: bool
    catalog: Catalog

    def said(self, conditions: Iterable[Signed]) -> str:
        """Some of its conditions, quoted in plain words."""
        words = list(dict.fromkeys(_said(each, self.catalog.zone) for each in conditions))
        more = [f"{len(words) - MOST_SAID} more"] if len(words) > MOST_SAID else []
        return " and ".join([f'"{each}"' for each in words[:MOST_SAID]] + more)


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a name disagrees, in a sentence; `repaired` is the name with the part in question set right."""

    message: str
    repaired: str | None = None


def read_rule(tree: Filter, catalog: Catalog) -> Rule:
    """A filter with all that it inlines, but without pins, to be held against a name."""
    own = without_pins(tree)
    signed = dict.fromkeys(Signed(*each) for each in signed_conditions(own))
    names = frozenset(fold(name) for each in signed for name in _names(each.condition))
    words = (words_of(each.condition.field) for each in signed if isinstance(each.condition, FieldPasses))
    is_open = any(map(_is_of_list, signed))
    return Rule(own, tuple(signed), names, frozenset[str]().union(*words), is_open, catalog)


def tests_of(rule: Rule) -> Iterator[tuple[Signed, Field, checked.Test]]:
    """Its fields' tests."""
    for each in rule.signed:
        if isinstance(each.condition, FieldPasses):
            yield each, each.condition.field, each.condition.test


def words_of(field: Field) -> frozenset[str]:
    """The words by which a name may call a field, in singular and plural."""
    words = (word.text for name in (field.name, field.key) for word in read_title(name).words if word.is_letters)
    return frozenset(variant for word in words if word not in UNSPECIFIC for variant in variants(word))


def texts_of(test: checked.Test) -> tuple[checked.Text, ...]:
    """What a test of texts or options looks for."""
    match test:
        case checked.Matches(values) | checked.Contains(values):
            return values
        case checked.Exactly(value) | checked.StartsWith(value) | checked.EndsWith(value):
            return (value,)
        case _:
            return ()


def _names(condition: Condition) -> Iterator[str]:
    match condition:
        case checked.FieldPasses(field, _):
            yield field.name
        case checked.InAnySegment(segments):
            yield from (one.segment.name for one in segments)
        case checked.Sample(_, seed, _):
            yield seed
        case _:
            pass


def _is_of_list(each: Signed) -> bool:
    return isinstance(each.condition, checked.InAnySegment) and any(
        one.filter is None for one in each.condition.segments
    )


def _said(each: Signed, zone: ZoneInfo) -> str:
    words = summarize(each.condition if each.is_positive else Not(each.condition), zone)
    return words if len(words) <= LONGEST_SAID else f"{words[: LONGEST_SAID - 2]} …"
