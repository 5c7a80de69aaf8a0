"""A filter as the caller wrote it: names and raw values, read out of FilterInput's JSON form.

`read` answers for the shape alone (one thing at each place, no empty group, within the limits on size); whether
the names exist and the values fit is `check`'s to say. What is wrong stays in the tree, at its place.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from app.filters.problems import Code, Problem, did_you_mean, speakable
from app.filters.tree import And, Not, Or, Tree, leaves

MOST_CONDITIONS = 100
MOST_LEVELS = 8


About = Literal["status", "field", "label", "segment", "sample"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One condition as written: what it is about (`status`, `field` …), the raw value, and its path."""

    about: About
    value: Any
    path: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """A place without a proper shape; it stands in the tree so that problems are told in reading order."""

    problems: tuple[Problem, ...]


AskedFilter = Tree[Asked | Wrong]

CONDITIONS: tuple[str, ...] = get_args(About)
GROUPS = ("and", "or", "not")


def read(document: object, path: str) -> AskedFilter:
    """The tree of a FilterInput's JSON form, with `Wrong` wherever it has no proper shape."""
    tree = _read(document, path, MOST_LEVELS)
    if sum(1 for _ in leaves(tree)) > MOST_CONDITIONS:
        message = (
            f"a filter has at most {MOST_CONDITIONS} conditions; save a part of it as a segment and refer to that"
        )
        return _wrong(Code.TOO_MANY_CONDITIONS, message, path)
    return tree


def only_entry(
    document: object, path: str, known: tuple[str, ...], problems: list[Problem]
) -> tuple[str, Any] | None:
    """The one key of `document` and its value; None, with a problem added, where it isn't exactly one known key."""
    given = {key: value for key, value in document.items() if value is not None} if isinstance(document, dict) else {}
    for key in given:
        if key not in known:
            name = speakable(str(key)[:100])
            message = f'there is no "{name}" here{did_you_mean(name, known)}'
            problems.append(Problem(Code.UNKNOWN_OPERATOR, message, f"{path}.{name}"))
            return None
    if len(given) != 1:
        problems.append(Problem(Code.ONE_OF, f"give exactly one of {', '.join(known)} here", path))
        return None
    return next(iter(given.items()))


def _wrong(code: Code, message: str, path: str) -> Wrong:
    return Wrong((Problem(code, message, path),))


def _read(document: object, path: str, levels: int) -> AskedFilter:
    problems: list[Problem] = []
    entry = only_entry(document, path, GROUPS + CONDITIONS, problems)
    if entry is None:
        return Wrong(tuple(problems))
    key, value = entry
    path = f"{path}.{key}"
    if key not in GROUPS:
        return Asked(cast(About, key), value, path)
    if levels == 0:
        message = f"groups can stand within each other {MOST_LEVELS} deep; save the inner one as a segment"
        return _wrong(Code.TOO_DEEP, message, path)
    if key == "not":
        return Not(_read(value, path, levels - 1))
    return _read_group(And if key == "and" else Or, value, path, levels - 1)


def _read_group(
    make: Callable[[tuple[AskedFilter, ...]], AskedFilter], value: object, path: str, levels: int
) -> AskedFilter:
    if not isinstance(value, list) or not value:
        return _wrong(Code.EMPTY_GROUP, "this group is empty; add a condition or take the group away", path)
    if len(value) > MOST_CONDITIONS:
        return _wrong(Code.TOO_MANY_CONDITIONS, f"a group has at most {MOST_CONDITIONS} parts", path)
    return make(tuple(_read(part, f"{path}[{place}]", levels) for place, part in enumerate(value)))
