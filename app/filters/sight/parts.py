"""A filter as parts that can be laid beside another's: what says the same in another order is the same."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.filters.checked import Filter
from app.filters.document import write
from app.filters.tree import And, Not, Or


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A part of a filter: its path, and the parts below it. `key` is equal for parts that say the same.

    Groups within a group of the same kind are opened into it, a group of one is that one, and `not` twice is nothing.
    """

    path: str
    tree: Filter
    parts: tuple["Part", ...]
    key: str

    @property
    def is_group(self) -> bool:
        """Whether it is an And or an Or."""
        return isinstance(self.tree, And | Or)


def part_of(tree: Filter, path: str = "filter") -> Part:
    """A whole filter; its paths are those of errors."""
    match tree:
        case And():
            return _group(tree, path, "and")
        case Or():
            return _group(tree, path, "or")
        case Not(part):
            inner = part_of(part, f"{path}.not")
            if isinstance(inner.tree, Not):
                return inner.parts[0]
            return Part(path, tree, (inner,), f"not({inner.key})")
        case _:
            return Part(path, tree, (), _key(write(tree)))


def grouped(group: Part, parts: tuple[Part, ...]) -> Part:
    """Some parts of a group as a group of the same kind."""
    trees = tuple(part.tree for part in parts)
    if isinstance(group.tree, Or):
        return Part(group.path, Or(trees), parts, _group_key("or", parts))
    return Part(group.path, And(trees), parts, _group_key("and", parts))


def below(part: Part) -> Iterator[Part]:
    """The conditions of a part, in reading order."""
    if part.parts:
        for each in part.parts:
            yield from below(each)
    else:
        yield part


def _group(tree: And[Any] | Or[Any], path: str, word: str) -> Part:
    each = [part_of(part, f"{path}.{word}[{place}]") for place, part in enumerate(tree.parts)]
    opened = [inner for part in each for inner in (part.parts if type(part.tree) is type(tree) else (part,))]
    return opened[0] if len(opened) == 1 else Part(path, tree, tuple(opened), _group_key(word, opened))


def _group_key(word: str, parts: Sequence[Part]) -> str:
    return f"{word}({','.join(sorted(part.key for part in parts))})"


def _key(value: Any) -> str:
    match value:
        case dict():
            return "{" + ",".join(f"{json.dumps(name)}:{_key(value[name])}" for name in sorted(value)) + "}"
        case list():
            return "[" + ",".join(sorted(map(_key, value))) + "]"
        case _:
            return json.dumps(value)
