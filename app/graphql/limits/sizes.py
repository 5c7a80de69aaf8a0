"""Measures a document before it is validated: each fragment once, so that it costs as much as its text."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)

from app.graphql.faults import too_complex
from app.settings import Limits

INTROSPECTION: Final = ("__schema", "__type")
_SENTENCES: Final = {
    "depth": "The query is nested deeper than {most} levels. Ask for less at once.",
    "introspection_depth": "The introspection is nested deeper than {most} levels.",
    "fields": "The query selects more than {most:,} fields. Ask for less at once.",
    "aliases": "The query has more than {most} aliases. Ask for less at once.",
    "directives": "The query has more than {most} directives.",
}


class Size(NamedTuple):
    """What a selection set comes to when its fragments are expanded; `roots` are the fields of its own level."""

    depth: int = 0
    introspection_depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    roots: int = 0


EMPTY: Final = Size()


def check_size(node: DocumentNode, limits: Limits) -> None:
    """Raises DocumentError for a document beyond the limits.

    Validation compares fields and fragments pairwise: what these let through takes it half a second at worst.
    """
    definitions = [found for found in node.definitions if isinstance(found, FragmentDefinitionNode)]
    if len(definitions) > limits.fragments:
        raise too_complex(f"The document has more than {limits.fragments} fragments.")
    measure = _Measure({found.name.value: found for found in definitions})
    try:
        # Every fragment, used or not, and all operations: validation walks them all.
        fragments = [measure.definition(found) for found in definitions]
        operations = {id(found): measure.definition(found) for found in _operations(node)}
    except RecursionError:
        raise too_complex("The fragments of the document are nested too deeply.") from None
    _check_each([*fragments, _together(operations.values())], limits)
    mutations = [found for found in _operations(node) if found.operation is OperationType.MUTATION]
    if any(operations[id(found)].roots > limits.mutations for found in mutations):
        raise too_complex(f"A request makes at most {limits.mutations} changes; send the others by themselves.")


def _check_each(sizes: list[Size], limits: Limits) -> None:
    for name, sentence in _SENTENCES.items():
        most = getattr(limits, name)
        if any(getattr(size, name) > most for size in sizes):
            raise too_complex(sentence.format(most=most))


def _operations(node: DocumentNode) -> list[OperationDefinitionNode]:
    return [found for found in node.definitions if isinstance(found, OperationDefinitionNode)]


class _Measure:
    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._measured: dict[str, Size] = {}

    def definition(self, node: OperationDefinitionNode | FragmentDefinitionNode) -> Size:
        variables = node.variable_definitions or ()
        size = self._selected(node.selection_set)
        return _with_directives(size, node, *variables)

    def _fragment(self, name: str) -> Size:
        found = self._measured.get(name)
        if found is None:
            self._measured[name] = EMPTY  # a cycle, or an unknown name, is for validation to report
            if (fragment := self._fragments.get(name)) is not None:
                self._measured[name] = self.definition(fragment)
            found = self._measured[name]
        return found

    def _selected(self, selected: SelectionSetNode) -> Size:
        return _together(self._selection(selection) for selection in selected.selections)

    def _selection(self, node: Any) -> Size:
        if isinstance(node, FragmentSpreadNode):
            return _with_directives(self._fragment(node.name.value), node)
        below = self._selected(node.selection_set) if node.selection_set else EMPTY
        return _with_directives(_with_field(below, node) if isinstance(node, FieldNode) else below, node)


def _together(sizes: Iterable[Size]) -> Size:
    every = list(sizes)
    if not every:
        return EMPTY
    depths, introspection_depths, *sums = zip(*every, strict=True)
    return Size(max(depths), max(introspection_depths), *map(sum, sums))


def _with_directives(size: Size, *nodes: Any) -> Size:
    directives = sum(len(node.directives or ()) for node in nodes)
    return size._replace(directives=size.directives + directives) if directives else size


def _with_field(below: Size, node: FieldNode) -> Size:
    fields, aliases = below.fields + 1, below.aliases + (node.alias is not None)
    if node.name.value in INTROSPECTION:
        deepest = max(below.depth, below.introspection_depth) + 1
        return Size(0, deepest, fields, aliases, below.directives, 1)
    within = below.introspection_depth + 1 if below.introspection_depth else 0
    return Size(below.depth + 1, within, fields, aliases, below.directives, 1)
