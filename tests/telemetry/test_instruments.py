"""Counters and timers, as Prometheus reads them."""

from prometheus_client import CollectorRegistry, Histogram, generate_latest

from app.telemetry.instruments import SECONDS, Counter, Timer


def test_a_timer_tells_what_prometheus_own_would() -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    timer = Timer("work", "Work.", ("kind",), ours)
    histogram = Histogram("work_seconds", "Work.", ("kind",), registry=theirs, buckets=SECONDS)
    for seconds in (0.0, 0.001, 0.0011, 0.3, 60.0, 61.0):
        timer.add(seconds, "a")
        histogram.labels("a").observe(seconds)
    told = [line for line in generate_latest(theirs).decode().splitlines() if "_created" not in line]
    assert generate_latest(ours).decode().splitlines() == told


def test_a_counter_counts_by_its_labels() -> None:
    registry = CollectorRegistry()
    counter = Counter("rows", "Rows.", ("outcome",), registry)
    counter.add("created", count=3)
    counter.add("created")
    counter.add("refused")
    found = [registry.get_sample_value("rows_total", {"outcome": outcome}) for outcome in ("created", "refused", "x")]
    assert found == [4, 1, None]
