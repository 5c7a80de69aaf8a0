"""Counters and timers for one thread, the event loop's: without the locks of Prometheus' own, many times as fast."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

Labels = tuple[str, ...]

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0)
_BOUNDS: Final = (*map(str, SECONDS), "+Inf")


class Counter(Collector):
    """Counts by labels; `name` is without Prometheus' `_total`."""

    def __init__(self, name: str, about: str, labels: Labels, registry: CollectorRegistry) -> None:
        self._about = (name, about, labels)
        self._counts: dict[Labels, int] = {}
        registry.register(self)

    def add(self, *labels: str, count: int = 1) -> None:
        """So many more, for these values of the labels."""
        self._counts[labels] = self._counts.get(labels, 0) + count

    def collect(self) -> Iterator[Metric]:
        """As Prometheus reads it."""
        name, about, labels = self._about
        told = CounterMetricFamily(name, about, labels=labels)
        for values, count in self._counts.items():
            told.add_metric(values, count)
        yield told


class Timer(Collector):
    """Times by labels, in a histogram of seconds; `name` is without its `_seconds`."""

    def __init__(self, name: str, about: str, labels: Labels, registry: CollectorRegistry) -> None:
        self._about = (f"{name}_seconds", about, labels)
        self._buckets: dict[Labels, list[int]] = {}
        self._sums: dict[Labels, float] = {}
        registry.register(self)

    def add(self, seconds: float, *labels: str) -> None:
        """It took so many seconds, for these values of the labels."""
        buckets = self._buckets.get(labels)
        if buckets is None:
            buckets = self._buckets[labels] = [0] * len(_BOUNDS)
        buckets[bisect_left(SECONDS, seconds)] += 1
        self._sums[labels] = self._sums.get(labels, 0.0) + seconds

    def collect(self) -> Iterator[Metric]:
        """As Prometheus reads it: each bucket counts what the smaller ones do."""
        name, about, labels = self._about
        told = HistogramMetricFamily(name, about, labels=labels)
        for values, buckets in self._buckets.items():
            sums = [sum(buckets[: place + 1]) for place in range(len(buckets))]
            told.add_metric(values, list(zip(_BOUNDS, sums, strict=True)), self._sums[values])
        yield told
