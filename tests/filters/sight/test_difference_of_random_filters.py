"""Of random filters: what says the same has no difference, an edit tells itself alone, and nothing is left out."""

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.filters.catalog import Field
from app.filters.check import check
from app.filters.sight.difference import differences
from app.filters.sight.difference_words import Difference, DifferenceKind
from app.filters.sight.parts import Part, below, part_of
from app.filters.vocabulary import FieldType
from tests.filters.catalogs import CATALOG, JAKARTA, field

NUMBER = 16
CATALOG_OF_MANY = replace(
    CATALOG,
    fields={f"f{place}": Field(f"f{place}", f"F{place}", FieldType.TEXT, id=place) for place in range(NUMBER)},
)
FRESH = NUMBER - 1
UNTOUCHED = (DifferenceKind.REGROUPED, DifferenceKind.NEGATED)
Document = dict[str, Any]

shapes = st.recursive(
    st.just("leaf"),
    lambda inner: (
        st.tuples(st.sampled_from(("and", "or")), st.lists(inner, min_size=2, max_size=4))
        | st.tuples(st.just("not"), inner)
    ),
    max_leaves=8,
)
randoms = st.randoms(use_true_random=False)


def _leaf(place: int, value: int = 0) -> Document:
    return field(f"f{place}", matchesAny=[f"a{value}", f"b{value}"])


def _documents(shape: Any, places: Iterator[int], random: Random) -> Document:
    """A filter of a shape, whose conditions ask about the fields at the places."""
    if shape == "leaf":
        return _leaf(next(places), random.randrange(3))
    word, inner = shape
    if word == "not":
        return {"not": _documents(inner, places, random)}
    return {word: [_documents(each, places, random) for each in inner]}


def _distinct(shape: Any, random: Random) -> Document:
    return _documents(shape, iter(range(FRESH)), random)


def _within(document: Document) -> Iterator[Document]:
    """The document and all in it, in reading order."""
    yield document
    [(word, inner)] = document.items()
    for each in inner if word in ("and", "or") else [inner] if word == "not" else []:
        yield from _within(each)


def _groups(document: Document) -> list[Document]:
    return [each for each in _within(document) if each.keys() & {"and", "or"}]


def _leaves(document: Document) -> list[Document]:
    return [each for each in _within(document) if "field" in each]


def _shuffled(document: Document, random: Random) -> Document:
    """The same in another order, with a group of one and a group within a group now and then."""
    [(word, inner)] = document.items()
    found: Document
    match word:
        case "and" | "or":
            parts = random.sample([_shuffled(each, random) for each in inner], len(inner))
            if len(parts) > 2 and random.random() < 0.5:
                parts = [{word: parts[:2]}, *parts[2:]]
            found = {word: parts}
        case "not":
            found = {"not": _shuffled(inner, random)}
        case _:
            values = inner["test"]["matchesAny"]
            found = field(inner["key"], matchesAny=random.sample(values, len(values)))
    return {"and": [found]} if word == "field" and random.random() < 0.2 else found


def _told(before: Document, after: Document) -> list[Difference]:
    return differences(check(before, CATALOG_OF_MANY), check(after, CATALOG_OF_MANY), JAKARTA)


def _depth(shape: Any) -> int:
    if shape == "leaf":
        return 0
    return 1 + max(map(_depth, shape[1] if shape[0] != "not" else [shape[1]]))


@given(shapes.filter(lambda shape: _depth(shape) <= 3), randoms)
def test_another_order_is_no_difference(shape: Any, random: Random) -> None:
    document = _distinct(shape, random)
    assert _told(document, _shuffled(document, random)) == []


def _add(document: Document, random: Random) -> None:
    [parts] = random.choice(_groups(document)).values()
    parts.insert(random.randint(0, len(parts)), _leaf(FRESH))


def _change(document: Document, random: Random) -> None:
    random.choice(_leaves(document))["field"]["test"] = {"startsWith": "x"}


def _turn(document: Document, random: Random) -> None:
    group = random.choice(_groups(document))
    [(word, parts)] = group.items()
    del group[word]
    group["or" if word == "and" else "and"] = parts


def _negate_group(document: Document, random: Random) -> None:
    """Of all: a group within a group of the same kind would be opened into it."""
    inner = dict(document)
    document.clear()
    document["not"] = inner


def _negate(document: Document, random: Random) -> None:
    leaf = random.choice(_leaves(document))
    inner = dict(leaf)
    leaf.clear()
    leaf["not"] = inner


BACK = {_add: DifferenceKind.REMOVED, _negate_group: DifferenceKind.NEGATED}


@pytest.mark.parametrize(
    ("edit", "kind"),
    [
        (_add, DifferenceKind.ADDED),
        (_change, DifferenceKind.CHANGED),
        (_turn, DifferenceKind.REGROUPED),
        (_negate, DifferenceKind.CHANGED),
        (_negate_group, DifferenceKind.NEGATED),
    ],
    ids=["add", "change", "turn", "negate", "negate group"],
)
@given(data=st.data())
def test_one_edit_tells_itself_alone(edit: Any, kind: DifferenceKind, data: st.DataObject) -> None:
    random = data.draw(randoms)
    before = _distinct(data.draw(shapes.filter(lambda shape: shape[0] in ("and", "or"))), random)
    after = deepcopy(before)
    edit(after, random)
    assert [each.kind for each in _told(before, after)] == [kind], (before, after)
    if edit in BACK:
        assert [each.kind for each in _told(after, before)] == [BACK[edit]]


def _conditions(part: Part, path: str | None = None) -> Counter[str]:
    """The conditions of a filter, or of the part of it that has a path."""
    if path in (None, part.path):
        return Counter(each.key for each in below(part))
    return Counter(key for each in part.parts for key in _conditions(each, path).elements())


@given(shapes, shapes, randoms)
def test_no_condition_is_left_out(one: Any, other: Any, random: Random) -> None:
    before, after = (
        _documents(shape, iter([random.randrange(5) for _ in range(NUMBER)]), random) for shape in (one, other)
    )
    old, new = (part_of(check(document, CATALOG_OF_MANY)) for document in (before, after))
    changed = _conditions(old)
    found = [each for each in _told(before, after) if each.kind not in UNTOUCHED]
    for each in found:
        if each.path_before is not None:
            changed.subtract(_conditions(old, each.path_before))
        if each.path_after is not None:
            changed.update(_conditions(new, each.path_after))
    assert changed == _conditions(new), (before, after)
    assert bool(_told(before, after)) == (old.key != new.key)
