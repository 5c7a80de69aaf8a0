"""What a filter asks of labels, choices and texts, beside what the catalog knows of the same kind."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.filters import checked
from app.filters.advice.naming.lexicon import PLACES
from app.filters.advice.naming.rule import Rule, Signed, tests_of, texts_of
from app.filters.catalog import Catalog, Field
from app.filters.folding import fold
from app.filters.vocabulary import FieldType


@dataclass(frozen=True, slots=True)
class Topic:
    """Labels, or what a field holds: by folded names, which of them the filter asks for, and all that are known.

    `is_place`: it is where people are.
    """

    asked: Mapping[str, list[Signed]]
    known: Mapping[str, object]
    is_text: bool = False
    is_place: bool = False

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
    asked: dict[Field, dict[str, list[Signed]]] = {}
    for each, field, test in tests_of(rule):
        for text in texts_of(test):
            asked.setdefault(field, {}).setdefault(text.folded, []).append(each)
    labels = Topic(_asked_labels(rule), rule.catalog.labels_by_name)
    return [labels, *(_of_field(field, names, rule.catalog) for field, names in asked.items())]


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


def _of_field(field: Field, asked: Mapping[str, list[Signed]], catalog: Catalog) -> Topic:
    if field.type is FieldType.CHOICE:
        return Topic(asked, {fold(option): option for option in field.options})
    known = dict.fromkeys((*catalog.sought_texts.get(field.key, ()), *_options_of_places(field, catalog)))
    return Topic(asked, known, is_text=True, is_place=is_place(field))


def _options_of_places(field: Field, catalog: Catalog) -> Iterator[str]:
    """Where a text field is about places, the options of others that are."""
    others = (each for each in catalog.fields.values() if is_place(field) and is_place(each))
    return (fold(option) for each in others for option in each.options)


def is_place(field: Field) -> bool:
    """Whether a field by its name tells where people are."""
    return not PLACES.isdisjoint(fold(field.name).split())
