"""A filter as the caller wrote it: names and raw values, read out of FilterInput's JSON form.

`read` answers for the shape alone (one thing at each place, no empty group, within the limits on size); whether
the names exist and the values fit is `check`'s to say. Both collect every problem instead of stopping at the first.
"""

from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from app.filters.problems import Code, Problem, did_you_mean
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


AskedFilter = Tree[Asked]

CONDITIONS: tuple[str, ...] = get_args(About)
GROUPS = ("and", "or", "not")


def read(document: object, path: str, problems: list[Problem]) -> AskedFilter | None:
    """The tree of a FilterInput's JSON form; None, with problems added, where it has no proper shape."""
    before = len(problems)
    tree = _read(document, path, MOST_LEVELS, problems)
    if tree is None or len(problems) > before:
        return None
    if sum(1 for _ in leaves(tree)) > MOST_CONDITIONS:
        message = (
            f"a filter has at most {MOST_CONDITIONS} conditions; save a part of it as a segment and refer to that"
        )
        problems.append(Problem(Code.TOO_MANY_CONDITIONS, message, path))
        return None
    return tree


def only_entry(
    document: object, path: str, known: tuple[str, ...], problems: list[Problem]
) -> tuple[str, Any] | None:
    """The one key of `document` and its value; None, with a problem added, where it isn't exactly one known key."""
    given = {key: value for key, value in document.items() if value is not None} if isinstance(document, dict) else {}
    for key in given:
        if key not in known:
            message = f'there is no "{key}" here{did_you_mean(str(key), known)}'
            problems.append(Problem(Code.UNKNOWN_OPERATOR, message, f"{path}.{key}"))
            return None
    if len(given) != 1:
        problems.append(Problem(Code.ONE_OF, f"give exactly one of {', '.join(known)} here", path))
        return None
    return next(iter(given.items()))


def _read(document: object, path: str, levels: int, problems: list[Problem]) -> AskedFilter | None:
    entry = only_entry(document, path, GROUPS + CONDITIONS, problems)
    if entry is None:
        return None
    key, value = entry
    path = f"{path}.{key}"
    if key not in GROUPS:
        return Asked(cast(About, key), value, path)
    if levels == 0:
        message = f"groups can stand within each other {MOST_LEVELS} deep; save the inner one as a segment"
        problems.append(Problem(Code.TOO_DEEP, message, path))
        return None
    if key == "not":
        part = _read(value, path, levels - 1, problems)
        return None if part is None else Not(part)
    parts = _read_parts(value, path, levels - 1, problems)
    return None if parts is None else And(parts) if key == "and" else Or(parts)


def _read_parts(value: object, path: str, levels: int, problems: list[Problem]) -> tuple[AskedFilter, ...] | None:
    if not isinstance(value, list) or not value:
        problems.append(
            Problem(Code.EMPTY_GROUP, "this group is empty; add a condition or take the group away", path)
        )
        return None
    if len(value) > MOST_CONDITIONS:
        problems.append(Problem(Code.TOO_MANY_CONDITIONS, f"a group has at most {MOST_CONDITIONS} parts", path))
        return None
    parts = [_read(part, f"{path}[{place}]", levels, problems) for place, part in enumerate(value)]
    return tuple(part for part in parts if part is not None)
