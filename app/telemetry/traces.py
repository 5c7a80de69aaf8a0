"""Traces by OpenTelemetry, where they are switched on: spans have names, kinds and ids, but no values."""

import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.trace import Tracer

Attribute = str | int | float | bool

_tracer: "Tracer | None" = None
_OFF: Final = nullcontext()


class TracingMissing(Exception):
    """Traces are asked for, and OpenTelemetry isn't installed; the message says what to do."""


def start_tracing(processor: "SpanProcessor | None" = None) -> None:
    """Trace from now on, to where OpenTelemetry's own variables say or to `processor`; raises TracingMissing."""
    global _tracer
    try:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
    except ImportError:
        raise TracingMissing("PILAH_TRACES needs OpenTelemetry; in Pilah's clone, pip install '.[otel]'.") from None
    # What the environment says of the service comes before this.
    provider = TracerProvider(resource=Resource({"service.name": "pilah"}).merge(Resource.create()))
    provider.add_span_processor(processor or _exporting())
    _tracer = provider.get_tracer("pilah")


def _exporting() -> "SpanProcessor":
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    return BatchSpanProcessor(OTLPSpanExporter())


def stop_tracing() -> None:
    """Trace no more."""
    global _tracer
    _tracer = None


def is_tracing() -> bool:
    """Whether traces are on."""
    return _tracer is not None


def span(name: str, attributes: Mapping[str, Attribute] | None = None) -> AbstractContextManager[None]:
    """A span for as long as the context lasts, within the current one; nothing where traces are off."""
    return _OFF if _tracer is None else _spanned(_tracer, name, attributes)


@contextmanager
def _spanned(tracer: "Tracer", name: str, attributes: Mapping[str, Attribute] | None) -> Iterator[None]:
    from opentelemetry.trace import StatusCode

    # Its own record of an exception would have the text, in which a value may stand.
    with tracer.start_as_current_span(
        name, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as made:
        try:
            yield
        except BaseException as error:
            made.set_status(StatusCode.ERROR, type(error).__qualname__)
            raise


def request_span(kind: str, traceparent: bytes | None) -> AbstractContextManager[None]:
    """A span for a request, which belongs to its caller's trace by the header `traceparent`."""
    return _OFF if _tracer is None else _continued(_tracer, kind, traceparent)


@contextmanager
def _continued(tracer: "Tracer", kind: str, traceparent: bytes | None) -> Iterator[None]:
    from opentelemetry.context import attach, detach
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier = {} if traceparent is None else {"traceparent": traceparent.decode("latin-1")}
    token = attach(TraceContextTextMapPropagator().extract(carrier))
    try:
        with _spanned(tracer, kind, None):
            yield
    finally:
        detach(token)


def annotate(attributes: Mapping[str, Attribute]) -> None:
    """Say more of the current span."""
    if _tracer is not None:
        from opentelemetry.trace import get_current_span

        get_current_span().set_attributes(attributes)


def record_statement(text: str, verb: str, table: str, seconds: float, *, failed: bool) -> None:
    """A span for a statement that has just ended; its text has places for values, and no values."""
    if _tracer is None:
        return
    from opentelemetry.trace import SpanKind, StatusCode

    end = time.time_ns()
    attributes: dict[str, Attribute] = {
        "db.system.name": "postgresql",
        "db.operation.name": verb,
        "db.collection.name": table,
        "db.query.text": text,
    }
    name = f"{verb} {table}"
    made = _tracer.start_span(name, kind=SpanKind.CLIENT, attributes=attributes, start_time=end - int(seconds * 1e9))
    if failed:
        made.set_status(StatusCode.ERROR)
    made.end(end)
