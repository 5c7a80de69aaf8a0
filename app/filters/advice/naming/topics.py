"""What a filter asks of labels, choices and texts, beside what the catalog knows of the same kind."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.filters import checked
from app.filters.advice.naming.lexicon import PLACES
from app.filters.advice.naming.rule import Rule, Signed, tests_of, texts_of, words_of
from app.filters.advice.naming.words import has_words
from app.filters.catalog import Catalog, Field
from app.filters.folding import fold
from app.filters.vocabulary import FieldType


@dataclass(frozen=True, slots=True)
class Topic:
    """Labels, or what a field holds: by folded names, which of them the filter asks for, and all that are known.

    `words` are those by which a name calls the field; `is_text`: it may hold more than what is asked for.
    """

    asked: Mapping[str, list[Signed]]
    known: Mapping[str, object]
    words: frozenset[str] = frozenset()
    is_text: bool = False

    def has(self, name: str) -> bool:
        """Whether it is one of the known names, or of those asked for."""
        return name in self.known or name in self.asked

    def narrower(self, name: str) -> Iterator[Signed]:
        """The conditions that ask for it, or for a text of which it is a part."""
        for asked, found in self.asked.items():
            if asked == name or (self.is_text and has_words(asked, name)):
                yield from found

    def broader(self, name: str) -> Iterator[Signed]:
        """The conditions that ask for it, or for a part of the text."""
        for asked, found in self.asked.items():
            if asked == name or (self.is_text and has_words(name, asked)):
                yield from found
            elif self.is_text and asked in name:
                yield from (each for each in found if _takes_parts(each))


def topics_of(rule: Rule) -> list[Topic]:
    """What the filter asks for: labels first, then field by field."""
    asked: dict[Field, dict[str, list[Signed]]] = {}
    for each, field, test in tests_of(rule):
        for text in texts_of(test):
            asked.setdefault(field, {}).setdefault(text.folded, []).append(each)
    labels = Topic(_asked_labels(rule), rule.catalog.labels_by_name)
    return [labels, *(_of_field(field, names, rule.catalog) for field, names in asked.items())]


def _takes_parts(each: Signed) -> bool:
    match each.condition:
        case checked.FieldPasses(_, checked.Contains() | checked.StartsWith() | checked.EndsWith()):
            return True
        case _:
            return False


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
        return Topic(asked, {fold(option): option for option in field.options}, words_of(field))
    sought = dict.fromkeys(catalog.sought_texts.get(field.key, ()))
    return Topic(asked, sought, words_of(field), is_text=True)


def is_place(field: Field) -> bool:
    """Whether a field by its name tells where people are."""
    return not PLACES.isdisjoint(fold(field.name).split())
