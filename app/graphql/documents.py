"""Parses and validates the documents that callers send, keeps them, and refuses those that ask too much."""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    DocumentNode,
    GraphQLSchema,
    GraphQLSyntaxError,
    IntValueNode,
    ListValueNode,
    NoSchemaIntrospectionCustomRule,
    NullValueNode,
    OperationDefinitionNode,
    Source,
    ValueNode,
    parse,
    specified_rules,
    validate,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from app.graphql.faults import DocumentError, refused_document, too_complex
from app.graphql.limits.cost import Cost, costs
from app.graphql.limits.sizes import check_size
from app.graphql.limits.trusted import Trusted, untrusted
from app.graphql.recent import Recent
from app.graphql.requests import Asked
from app.settings import USUAL_LIMITS, Limits

RULES: Final = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
NUL: Final = re.compile(r"\0|(?<!\\)(?:\\\\)*\\u(?:0000|\{0+\})")  # PostgreSQL can't store it
CHARACTERS_OF_A_WORD: Final = 20  # white space, comments and long texts count by these


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed and validated document, with its operations and their costs by name."""

    node: DocumentNode
    operations: Mapping[str | None, OperationDefinitionNode]
    costs: Mapping[str | None, Cost]

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation of this name, or the only one when no name is given. Raises DocumentError."""
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if (found := self.operations.get(name)) is not None:
            return found
        names = ", ".join(str(name) for name in self.operations)
        if name is None:
            raise refused_document("BAD_USER_INPUT", f"Say in operationName which operation to run: {names}.")
        raise refused_document("BAD_USER_INPUT", f'There is no operation "{name}" in the document.')

    def cost(self, operation: OperationDefinitionNode, variables: Mapping[str, Any] | None) -> int:
        """The points of one of its operations for these variables."""
        cost = self.costs[operation.name.value if operation.name else None]
        return cost.of(_defaults(operation) | dict(variables or {})) if cost.times else cost.points


@dataclass(frozen=True, slots=True)
class Admitted:
    """An operation that may run: its document, and what of the points that a request has it costs."""

    document: Document
    operation: OperationDefinitionNode
    cost: int
    most: int

    @property
    def extensions(self) -> dict[str, Any]:
        """What the answer tells of the cost."""
        return {"cost": {"requested": self.cost, "limit": self.most}}


@dataclass(frozen=True, slots=True)
class Documents:
    """The documents of one schema: at most `kept` of them, and `words` in all, each of which takes half a kilobyte.

    One of more than `longest` words is read anew each time. With `trusted`, no others run, and all of those are kept.
    Without `is_open`, none may read the schema, nor does an error suggest its names.
    """

    schema: GraphQLSchema
    limits: Limits = USUAL_LIMITS
    kept: int = 500
    words: int = 100_000
    longest: int = 1_000
    trusted: Trusted | None = None
    is_open: bool = True
    _kept: Recent[Document] = field(init=False)

    def __post_init__(self) -> None:
        most = (self.kept, self.words, self.longest) if self.trusted is None else (sys.maxsize,) * 3
        object.__setattr__(self, "_kept", Recent(*most))

    def admit(self, asked: Asked) -> Admitted:
        """The operation that is asked for; raises DocumentError when it can't be executed, or costs too much."""
        document = self.read(untrusted(asked) if self.trusted is None else self.trusted.text(asked))
        operation = document.operation(asked.operation_name)
        cost = document.cost(operation, asked.variables)
        admitted = Admitted(document, operation, cost, self.limits.cost)
        if cost > self.limits.cost:
            message = f"This costs {cost:,} points, and a request has {self.limits.cost:,}. Ask for smaller pages."
            raise too_complex(message, **admitted.extensions)
        return admitted

    def read(self, source: str) -> Document:
        """The document that a source text says. Raises DocumentError when it can't be executed."""
        if (document := self._kept.get(source)) is not None:
            return document
        document = self._checked(source)
        self._kept.keep(source, document, _words(document.node, source))
        return document

    def _checked(self, source: str) -> Document:
        node = _parsed(source, self.limits)
        check_size(node, self.limits)
        rules = RULES if self.is_open else (*RULES, NoSchemaIntrospectionCustomRule)
        errors = validate(self.schema, node, rules, hide_suggestions=not self.is_open)
        if errors:
            raise DocumentError(errors)
        operations = [found for found in node.definitions if isinstance(found, OperationDefinitionNode)]
        if not operations:
            raise refused_document("BAD_USER_INPUT", "The document has no operation to run.")
        named = {found.name.value if found.name else None: found for found in operations}
        return Document(node, named, costs(self.schema, node))


def _parsed(source: str, limits: Limits) -> DocumentNode:
    if len(source) > limits.characters:
        raise too_complex(f"The document is longer than {limits.characters:,} characters.")
    if NUL.search(source):
        raise refused_document("BAD_USER_INPUT", "The document has a NUL character.")
    try:
        return parse(Source(source), max_tokens=limits.tokens)
    except GraphQLSyntaxError as error:
        if "contains more than" in error.message and error.message.endswith("tokens. Parsing aborted."):
            raise too_complex(f"The document has more than {limits.tokens:,} words.") from None
        if error.message.endswith("nested too deeply. Parsing aborted."):
            raise too_complex("The document is nested too deeply.") from None
        raise DocumentError([error]) from None


def _words(node: DocumentNode, source: str) -> int:
    count, token = 0, node.loc.start_token if node.loc else None
    while token is not None:
        count, token = count + 1, token.next
    return max(count, len(source) // CHARACTERS_OF_A_WORD)


def _defaults(operation: OperationDefinitionNode) -> dict[str, Any]:
    return {
        found.variable.name.value: _value(found.default_value)
        for found in operation.variable_definitions or ()
        if found.default_value is not None
    }


def _value(node: ValueNode) -> object:
    """A default as far as its size counts."""
    match node:
        case IntValueNode():
            return int(node.value)
        case ListValueNode():
            return list(node.values)
        case NullValueNode():
            return None
    return node
