"""Parses and validates the documents that callers send, keeps them, and refuses those that ask too much."""

import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    SelectionSetNode,
    Source,
    parse,
    specified_rules,
    validate,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

RULES: Final = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
NUL: Final = re.compile(r"\0|(?<!\\)(?:\\\\)*\\u(?:0000|\{0+\})")  # PostgreSQL can't store it
INTROSPECTION: Final = ("__schema", "__type")


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one document may ask, with every fragment counted each time it is spread.

    Validation compares fields and fragments pairwise: what these numbers let through takes it half a second at worst.
    """

    characters: int = 100_000
    tokens: int = 5_000
    fragments: int = 100
    depth: int = 15
    introspection_depth: int = 20
    fields: int = 500
    aliases: int = 100


class Size(NamedTuple):
    """What a selection set comes to when its fragments are expanded."""

    depth: int
    introspection_depth: int
    fields: int
    aliases: int


class DocumentError(Exception):
    """A document can't be executed; `errors` say why, ready for the response."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed and validated document, with its operations by name."""

    node: DocumentNode
    operations: Mapping[str | None, OperationDefinitionNode]

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation of this name, or the only one when no name is given. Raises DocumentError."""
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if (found := self.operations.get(name)) is not None:
            return found
        names = ", ".join(str(name) for name in self.operations)
        if name is None:
            raise _refusal("BAD_USER_INPUT", f"Say in operationName which operation to run: {names}.")
        raise _refusal("BAD_USER_INPUT", f'There is no operation "{name}" in the document.')


@dataclass(frozen=True, slots=True)
class Documents:
    """The documents of one schema: at most `kept` of them, none longer than `longest_kept` characters."""

    schema: GraphQLSchema
    limits: Limits = Limits()
    kept: int = 500
    longest_kept: int = 20_000
    _kept: OrderedDict[str, Document] = field(default_factory=OrderedDict)

    def read(self, source: str) -> Document:
        """The document that a source text says. Raises DocumentError when it can't be executed."""
        document = self._kept.get(source)
        if document is not None:
            self._kept.move_to_end(source)
            return document
        document = self._checked(source)
        if len(source) <= self.longest_kept:
            self._kept[source] = document
            if len(self._kept) > self.kept:
                self._kept.popitem(last=False)
        return document

    def _checked(self, source: str) -> Document:
        node = _parsed(source, self.limits)
        operations = [found for found in node.definitions if isinstance(found, OperationDefinitionNode)]
        _check_size(node, operations, self.limits)
        errors = validate(self.schema, node, RULES)
        if errors:
            raise DocumentError(errors)
        if not operations:
            raise _refusal("BAD_USER_INPUT", "The document has no operation to run.")
        return Document(node, {found.name.value if found.name else None: found for found in operations})


def _parsed(source: str, limits: Limits) -> DocumentNode:
    if len(source) > limits.characters:
        raise _too_complex(f"The document is longer than {limits.characters:,} characters.")
    if NUL.search(source):
        raise _refusal("BAD_USER_INPUT", "The document has a NUL character.")
    try:
        return parse(Source(source), max_tokens=limits.tokens)
    except GraphQLSyntaxError as error:
        if "contains more than" in error.message and error.message.endswith("tokens. Parsing aborted."):
            raise _too_complex(f"The document has more than {limits.tokens:,} words.") from None
        if error.message.endswith("nested too deeply. Parsing aborted."):
            raise _too_complex("The document is nested too deeply.") from None
        raise DocumentError([error]) from None


def _check_size(node: DocumentNode, operations: list[OperationDefinitionNode], limits: Limits) -> None:
    definitions = [found for found in node.definitions if isinstance(found, FragmentDefinitionNode)]
    if len(definitions) > limits.fragments:
        raise _too_complex(f"The document has more than {limits.fragments} fragments.")
    fragments = {found.name.value: found for found in definitions}
    measured: dict[str, Size] = {}
    try:
        # Every fragment, used or not, and all operations: validation walks them all.
        sizes = [_size(found.selection_set, fragments, measured) for found in definitions]
        sizes.append(_together(_size(found.selection_set, fragments, measured) for found in operations))
    except RecursionError:
        raise _too_complex("The fragments of the document are nested too deeply.") from None
    for name, sentence in _SENTENCES.items():
        most = getattr(limits, name)
        if any(getattr(size, name) > most for size in sizes):
            raise _too_complex(sentence.format(most=most))


_SENTENCES: Final = {
    "depth": "The query is nested deeper than {most} levels. Ask for less at once.",
    "introspection_depth": "The introspection is nested deeper than {most} levels.",
    "fields": "The query selects more than {most:,} fields. Ask for less at once.",
    "aliases": "The query has more than {most} aliases. Ask for less at once.",
}
EMPTY: Final = Size(0, 0, 0, 0)


def _fragment_size(name: str, fragments: Mapping[str, FragmentDefinitionNode], measured: dict[str, Size]) -> Size:
    found = measured.get(name)
    if found is None:
        measured[name] = EMPTY  # a cycle, or an unknown name, is for validation to report
        if (fragment := fragments.get(name)) is not None:
            measured[name] = _size(fragment.selection_set, fragments, measured)
        found = measured[name]
    return found


def _size(
    selected: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode], measured: dict[str, Size]
) -> Size:
    """Measures each fragment once, so that nested fragments cost as much as their text."""
    sizes = []
    for selection in selected.selections:
        node: Any = selection
        if isinstance(node, FragmentSpreadNode):
            sizes.append(_fragment_size(node.name.value, fragments, measured))
        else:
            below = _size(node.selection_set, fragments, measured) if node.selection_set else EMPTY
            sizes.append(_with_field(below, node) if isinstance(node, FieldNode) else below)
    return _together(sizes)


def _together(sizes: Iterable[Size]) -> Size:
    depth = introspection_depth = fields = aliases = 0
    for size in sizes:
        depth = max(depth, size.depth)
        introspection_depth = max(introspection_depth, size.introspection_depth)
        fields += size.fields
        aliases += size.aliases
    return Size(depth, introspection_depth, fields, aliases)


def _with_field(below: Size, node: FieldNode) -> Size:
    fields, aliases = below.fields + 1, below.aliases + (node.alias is not None)
    if node.name.value in INTROSPECTION:
        deepest = max(below.depth, below.introspection_depth) + 1
        return Size(0, deepest, fields, aliases)
    if below.introspection_depth:
        return Size(below.depth + 1, below.introspection_depth + 1, fields, aliases)
    return Size(below.depth + 1, 0, fields, aliases)


def _too_complex(message: str) -> DocumentError:
    return _refusal("QUERY_TOO_COMPLEX", message)


def _refusal(code: str, message: str) -> DocumentError:
    return DocumentError([GraphQLError(message, extensions={"code": code})])
