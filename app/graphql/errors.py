"""Problems, as the world sees them: in a mutation's payload, or at the top of a query's answer."""

from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import strawberry
from graphql import GraphQLError

from app.filters.problems import Problem, Refused

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")
Payload = TypeVar("Payload")


@strawberry.type(description="One thing wrong with what was asked.")
class InputError:
    """One thing wrong with what was asked."""

    code: str = strawberry.field(description="The kind of problem, for programs: `UNKNOWN_FIELD`, `TAKEN` …")
    message: str = strawberry.field(description="What is wrong and what to do about it, for people.")
    path: str = strawberry.field(description="The place in the input: `input.filter.and[1].field.key`.")


def input_errors(refused: Refused) -> list[InputError]:
    """The problems as a payload has them."""
    return [
        InputError(code=problem.code.value, message=problem.message, path=problem.path)
        for problem in refused.problems
    ]


def bad_input(refused: Refused) -> GraphQLError:
    """The problems as one error of a query's answer; each stands in `extensions.problems`."""
    problems = [_entry(problem) for problem in refused.problems]
    message = "; ".join(f"{problem.path}: {problem.message}" for problem in refused.problems)
    return GraphQLError(message, extensions={"code": "BAD_USER_INPUT", "problems": problems})


def _entry(problem: Problem) -> dict[str, str]:
    return {"code": problem.code.value, "message": problem.message, "path": problem.path}


def told(
    resolve: Callable[Parameters, Awaitable[Answer]],
) -> Callable[Parameters, Coroutine[Any, Any, Answer]]:
    """A query's resolver whose Refused becomes an error of the answer."""

    @wraps(resolve)
    async def telling(*arguments: Parameters.args, **named: Parameters.kwargs) -> Answer:
        try:
            return await resolve(*arguments, **named)
        except Refused as refused:
            raise bad_input(refused) from None

    return telling


def paid_out(
    payload: type[Payload],
) -> Callable[
    [Callable[Concatenate[Any, Parameters], Awaitable[Payload]]],
    Callable[Concatenate[Any, Parameters], Coroutine[Any, Any, Payload]],
]:
    """A mutation's resolver whose Refused becomes a payload with errors."""

    def decorate(
        resolve: Callable[Concatenate[Any, Parameters], Awaitable[Payload]],
    ) -> Callable[Concatenate[Any, Parameters], Coroutine[Any, Any, Payload]]:
        @wraps(resolve)
        async def paying(first: Any, /, *arguments: Parameters.args, **named: Parameters.kwargs) -> Payload:
            try:
                return await resolve(first, *arguments, **named)
            except Refused as refused:
                return payload(errors=input_errors(refused))  # type: ignore[call-arg]

        return paying

    return decorate
