"""What a filter asks of labels, choices and texts, beside what the catalog knows of the same kind."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from app.filters import checked
from app.filters.advice.naming.rule import Rule, Signed, tests_of, texts_of
from app.filters.catalog import Catalog, Field
from app.filters.folding import fold
from app.filters.vocabulary import FieldType

MOST_SEGMENTS: Final = 1_000
SHORTEST_VALUE: Final = 3

_SOUGHT: Final = ("matches", "matchesAny", "exactly", "contains", "containsAny")


@dataclass(frozen=True, slots=True)
class Topic:
    """Labels, or what a field holds: by folded names, which of them the filter asks for, and all that are known."""

    asked: Mapping[str, list[Signed]]
    known: Mapping[str, object]
    is_text: bool = False

    def has(self, name: str) -> bool:
        """Whether it is one of the known names, or of those asked for."""
        return name in self.known or name in self.asked

    def asking(self, name: str) -> list[Signed]:
        """The conditions that ask for it; for a text also where one is a part of the other."""
        if not self.is_text:
            return self.asked.get(name, [])
        return [each for asked, found in self.asked.items() if asked in name or name in asked for each in found]


def topics_of(rule: Rule) -> list[Topic]:
    """What the filter asks for: labels first, then field by field."""
    fields = {field.key: field for _, field, test in tests_of(rule) if texts_of(test)}
    labels = Topic(_asked_labels(rule), rule.catalog.labels_by_name)
    return [labels, *(_of_field(field, rule) for field in fields.values())]


def _asked_labels(rule: Rule) -> Mapping[str, list[Signed]]:
    asked: dict[str, list[Signed]] = {}
    for each in rule.signed:
        match each.condition:
            case checked.HasAnyLabel(labels) | checked.HasAllLabels(labels):
                for label in labels:
                    asked.setdefault(fold(label.name), []).append(each)
            case _:
                pass
    return asked


def _of_field(field: Field, rule: Rule) -> Topic:
    asked: dict[str, list[Signed]] = {}
    for each, tested, test in tests_of(rule):
        for text in texts_of(test) if tested.key == field.key else ():
            asked.setdefault(text.folded, []).append(each)
    if field.type is FieldType.CHOICE:
        return Topic(asked, {fold(option): option for option in field.options})
    return Topic(asked, dict.fromkeys(_sought(field, rule.catalog)), is_text=True)


def _sought(field: Field, catalog: Catalog) -> Iterator[str]:
    """What segments look for in a text field: the only values of it that are known without asking its contacts."""
    for segment in islice(catalog.segments.values(), MOST_SEGMENTS):
        for condition in _conditions(segment.document):
            if condition.get("key") == field.key:
                yield from filter(_is_word, map(fold, _texts(condition.get("test"))))


def _conditions(document: Any) -> Iterator[dict[str, Any]]:
    """The fields' conditions of a stored filter."""
    match document:
        case {"and": list(parts)} | {"or": list(parts)}:
            for part in parts:
                yield from _conditions(part)
        case {"not": part}:
            yield from _conditions(part)
        case {"field": dict(condition)}:
            yield condition
        case _:
            pass


def _texts(test: Any) -> Iterator[str]:
    for word in _SOUGHT if isinstance(test, dict) else ():
        found = test.get(word)
        values = found if isinstance(found, list) else [found]
        yield from (value for value in values if isinstance(value, str))


def _is_word(value: str) -> bool:
    return len(value) >= SHORTEST_VALUE and any(character.isalpha() for character in value)
