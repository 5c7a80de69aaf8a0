"""THE GAUGES: what a process tells of itself by logs, measures and traces. No value of anybody's is told."""
