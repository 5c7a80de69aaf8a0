"""What segments look for in text fields: the only texts that are known without asking contacts."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from app.filters.asked import Asked, read
from app.filters.folding import fold
from app.filters.tree import leaves

MOST_READ: Final = 20_000
SHORTEST_TEXT: Final = 3

_WHOLE: Final = ("matches", "matchesAny", "exactly", "contains", "containsAny")


def sought_texts(documents: Iterable[Any]) -> Mapping[str, frozenset[str]]:
    """By the fields' keys, the texts that stored filters look for, folded: those of a word, at least.

    Of very many conditions the first are read.
    """
    found: dict[str, set[str]] = {}
    conditions = (condition for document in documents for condition in _conditions(document))
    for condition in islice(conditions, MOST_READ):
        texts = filter(_is_word, map(fold, _texts(condition.get("test"))))
        found.setdefault(str(condition.get("key")), set()).update(texts)
    return {key: frozenset(texts) for key, texts in found.items()}


def _conditions(document: Any) -> Iterator[dict[str, Any]]:
    for leaf in leaves(read(document, "filter")):
        if isinstance(leaf, Asked) and leaf.about == "field" and isinstance(leaf.value, dict):
            yield leaf.value


def _texts(test: Any) -> Iterator[str]:
    for word in _WHOLE if isinstance(test, dict) else ():
        found = test.get(word)
        values = found if isinstance(found, list) else [found]
        yield from (value for value in values if isinstance(value, str))


def _is_word(text: str) -> bool:
    return len(text) >= SHORTEST_TEXT and any(character.isalpha() for character in text)
