"""The measures for Prometheus, at an address apart from the callers'."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from app.http.health import health_routes, why_not_ready
from app.queries.gauges import JobsByState, job_counts, pool_state
from app.telemetry import measures


async def metrics(request: Request) -> Response:
    """All measures; those of PostgreSQL are left as they last were where it doesn't answer."""
    await why_not_ready(request)
    pool = pool_state()
    measures.POOL.labels("idle").set(pool.idle)
    measures.POOL.labels("used").set(pool.size - pool.idle)
    measures.POOL_MOST.set(pool.most)
    measures.POOL_WAITING.set(pool.waiting)
    await _count_jobs()
    return Response(measures.exposition(), headers={"content-type": measures.CONTENT_TYPE})


async def _count_jobs() -> None:
    for jobs in await job_counts():
        _tell(jobs)


def _tell(jobs: JobsByState) -> None:
    for state, count in jobs.states.items():
        measures.JOBS.labels(jobs.kind, state).set(count)
    measures.QUEUE.labels(jobs.kind).set(jobs.waiting)
    measures.QUEUE_AGE.labels(jobs.kind).set(jobs.oldest_seconds)


class BesideMetrics:
    """Two applications on two ports of one server: what comes in by the measures' port gets those alone."""

    def __init__(self, application: Starlette, port: int) -> None:
        self.application = application
        self.port = port
        self.measured: ASGIApp = Starlette(routes=[Route("/metrics", metrics), *health_routes])
        self.measured.state = application.state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the port that was called."""
        is_measures = scope["type"] == "http" and scope["server"][1] == self.port
        await (self.measured if is_measures else self.application)(scope, receive, send)
