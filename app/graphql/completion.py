"""Answers lists and objects of plain attributes with one generated function a selection.

A plain attribute is a Strawberry field without resolver, argument, permission or extension. graphql-core
spends microseconds on each; a generated function reads it and checks its type. Whatever such a function can't
answer exactly as graphql-core would makes it give up, and graphql-core answers: so errors, paths and nulls
are always graphql-core's own.
"""

from collections.abc import Awaitable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from inspect import CORO_CREATED, getcoroutinestate
from types import CoroutineType
from typing import Any, Final

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLList,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    VariableNode,
)
from graphql.execution.collect_fields import FieldDetails
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from app.graphql.plain import NOT_PLAIN, Answer, Unplain
from app.graphql.plain_source import Source

MOST_SHAPES: Final = 32


@dataclass(frozen=True, slots=True)
class _Selection:
    """A field of one operation: the answers by the variables that switch parts of it on and off."""

    nodes: list[FieldNode]  # kept, for the cache knows them by id
    type: GraphQLOutputType
    switches: tuple[str, ...]
    answers: dict[tuple[Any, ...], Answer | None] = field(default_factory=dict)


class PlainExecution(StrawberryGraphQLCoreExecutionContext):
    """Strawberry's executor that answers plain lists and objects by generated functions.

    Give it as `Schema(execution_context_class=…)` or `execute(executor_class=…)`. Answers and errors are those
    of Strawberry's own executor; an attribute may be read twice when a list turns out not to be plain.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        middleware = self.middleware_manager
        self._may_be_plain = middleware is None or not middleware.middlewares
        # On the operation, so that it lives exactly as long as the cached document.
        self._selections: dict[tuple[int, ...], _Selection] = vars(self.operation).setdefault("_plain", {})

    def complete_list_value(
        self,
        return_type: GraphQLList[GraphQLOutputType],
        field_details_list: list[FieldDetails],
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        """Answers a list, by a generated function when all that is selected of it is plain."""
        quick: Any = NOT_PLAIN
        if type(result) in (list, tuple):
            quick = self._quick(return_type, field_details_list, result, position_context)
        if type(quick) is not Unplain:
            return quick
        slow = super().complete_list_value(return_type, field_details_list, info, path, result, position_context)
        return self._tidied(slow, quick.value)

    def complete_object_value(
        self,
        return_type: GraphQLObjectType,
        field_details_list: list[FieldDetails],
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        """Answers one object, likewise."""
        quick = self._quick(return_type, field_details_list, result, position_context)
        if type(quick) is not Unplain:
            return quick
        slow = super().complete_object_value(return_type, field_details_list, info, path, result, position_context)
        return self._tidied(slow, quick.value)

    def _quick(self, type_: GraphQLOutputType, details: list[FieldDetails], result: Any, context: Any) -> Any:
        """The answer, or an Unplain when graphql-core has to answer."""
        if context is not None or not self._may_be_plain:
            return NOT_PLAIN
        answer = self._answer(type_, details)
        if answer is None:
            return NOT_PLAIN
        try:
            return answer(result)
        except Unplain as reason:
            return reason.with_traceback(None)
        except Exception:
            return NOT_PLAIN

    def _answer(self, type_: GraphQLOutputType, details: list[FieldDetails]) -> Answer | None:
        if len(details) == 1:
            key: tuple[int, ...] = (id(type_), id(details[0].node))
        else:
            key = (id(type_), *[id(detail.node) for detail in details])
        selection = self._selections.get(key)
        if selection is None:
            selection = self._selections[key] = self._selection(type_, details)
        values = self.variable_values.coerced
        shape = tuple([values.get(name) for name in selection.switches])
        try:
            return selection.answers[shape]
        except (KeyError, TypeError):  # TypeError: no Boolean, so graphql-core will refuse it
            return self._generated(selection, shape, details)

    def _selection(self, type_: GraphQLOutputType, details: list[FieldDetails]) -> _Selection:
        nodes = [detail.node for detail in details]
        return _Selection(nodes, type_, _switches(nodes, self.fragment_definitions))

    def _generated(self, selection: _Selection, shape: tuple[Any, ...], details: list[FieldDetails]) -> Answer | None:
        if not all(value is None or isinstance(value, bool) for value in shape):
            return None
        if len(selection.answers) >= MOST_SHAPES:
            selection.answers.clear()
        answer = selection.answers[shape] = Source(self).answer(selection.type, details)
        return answer

    def _tidied(self, slow: Any, met: object) -> Any:
        # A property makes a new coroutine at each read: the one that the generated function met is nobody's.
        if not isinstance(met, CoroutineType) or not self.is_awaitable(slow):
            return slow

        async def finish(slow: Awaitable[Any], met: Coroutine[Any, Any, Any]) -> Any:
            try:
                return await slow
            finally:
                if getcoroutinestate(met) == CORO_CREATED:
                    met.close()

        return finish(slow, met)


def _switches(nodes: Iterable[FieldNode], fragments: Mapping[str, FragmentDefinitionNode]) -> tuple[str, ...]:
    """The variables that directives below these fields name."""
    names: set[str] = set()
    spread: set[str] = set()
    waiting: list[Any] = list(nodes)
    while waiting:
        node = waiting.pop()
        for directive in node.directives or ():
            values = [argument.value for argument in directive.arguments or ()]
            names.update(value.name.value for value in values if isinstance(value, VariableNode))
        if isinstance(node, FragmentSpreadNode):
            if (name := node.name.value) not in spread and name in fragments:
                spread.add(name)
                waiting.append(fragments[name])
        elif node.selection_set:
            waiting.extend(node.selection_set.selections)
    return tuple(sorted(names))
