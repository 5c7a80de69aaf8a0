"""Which form an answer has to have: what the Accept header of a request says."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

MODERN: Final = b"application/graphql-response+json"
LEGACY: Final = b"application/json"
STREAM: Final = b"text/event-stream"


@dataclass(frozen=True, slots=True)
class Form:
    """A media type, and the status with which an answer in it says that the request was wrong."""

    media_type: bytes
    bad_request: int = 400


@lru_cache(maxsize=256)
def form_of(accept: bytes) -> Form | None:
    """The form that an Accept header asks for, or None where none of them is accepted.

    Whoever names application/json gets request errors with status 200, as the specification has it; whoever names
    nothing gets the same JSON with a status that says the truth.
    """
    weights = _weights(accept or b"*/*")
    anything = weights.get(b"application/*", weights.get(b"*/*", 0.0))
    modern, legacy = weights.get(MODERN, anything), weights.get(LEGACY, anything)
    if _prefers_stream(weights):
        return Form(STREAM)
    if modern <= 0 and legacy <= 0:
        return None
    if modern > legacy or (modern == legacy and MODERN in weights):
        return Form(MODERN)
    return Form(LEGACY, 200 if LEGACY in weights else 400)


def is_stream(accept: bytes) -> bool:
    """Whether the answer to this Accept header is a stream of events."""
    return form_of(accept) == Form(STREAM)


def _prefers_stream(weights: Mapping[bytes, float]) -> bool:
    """Whether it was named, and JSON was not named as welcome: clients of JSON name it beside all they can read."""
    stream = weights.get(STREAM, 0.0)
    named = max(weights.get(MODERN, 0.0), weights.get(LEGACY, 0.0))
    return stream > named and stream >= weights.get(b"*/*", 0.0)


def _weights(accept: bytes) -> Mapping[bytes, float]:
    weights: dict[bytes, float] = {}
    for part in accept.lower().split(b","):
        name, *parameters = [piece.strip() for piece in part.split(b";")]
        weights[name] = next((_weight(each[2:]) for each in parameters if each[:2] == b"q="), 1.0)
    return weights


def _weight(text: bytes) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
