"""What a field's answer will be asked for, read from the document before anything is fetched."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import strawberry
from graphql import FieldNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode


@dataclass(slots=True)
class Selected:
    """A field as it is selected: its nodes, and what is selected below it by name.

    @skip and @include are taken as if all were wanted: at worst a column too many is fetched.
    """

    nodes: list[FieldNode] = field(default_factory=list)
    below: dict[str, "Selected"] = field(default_factory=dict)

    def at(self, *names: str) -> "Selected":
        """What is selected below a path; nothing where the path isn't."""
        found = self
        for name in names:
            found = found.below.get(name, _NOTHING)
        return found

    def also(self, other: "Selected") -> "Selected":
        """What is selected here or there, of the same type."""
        both = {name: self.at(name).also(other.at(name)) for name in {**self.below, **other.below}}
        return Selected([*self.nodes, *other.nodes], both)

    def has_any(self, names: Iterable[str]) -> bool:
        """Whether one of the names is selected directly below."""
        return any(name in self.below for name in names)


_NOTHING = Selected()


def selected(info: strawberry.Info) -> Selected:
    """What is selected of the field that is being resolved; kept on the operation, as long as that is."""
    raw = info._raw_info  # noqa: SLF001
    kept: dict[tuple[int, ...], Selected] = vars(raw.operation).setdefault("_selected", {})
    key = tuple(map(id, raw.field_nodes))  # @include may leave some of them out
    if key not in kept:
        found = kept[key] = Selected(list(raw.field_nodes))
        for node in raw.field_nodes:
            _collect(node.selection_set, found, raw.fragments)
    return kept[key]


def _collect(selection: SelectionSetNode | None, into: Selected, fragments: dict[str, Any]) -> None:
    for node in selection.selections if selection else ():
        match node:
            case FieldNode():
                found = into.below.setdefault(node.name.value, Selected())
                found.nodes.append(node)
                _collect(node.selection_set, found, fragments)
            case InlineFragmentNode():
                _collect(node.selection_set, into, fragments)
            case FragmentSpreadNode():
                _collect(fragments[node.name.value].selection_set, into, fragments)
