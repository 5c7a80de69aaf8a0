"""Whether what the environment says fits together."""

import asyncio
from collections.abc import Iterator
from importlib.util import find_spec

from app.cli.doctor.findings import Finding, good, hint, problem
from app.graphql.limits.trusted import BadManifest, read_manifest
from app.identity.fetching import NotFetched, fetched
from app.identity.key_set import read_keys
from app.identity.porter import NotInstalled, porter_of
from app.settings import Settings
from app.settings.misspelt import unknown_settings

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def settings_findings(settings: Settings) -> Iterator[Finding]:
    """What is odd about the settings."""
    found = [*_about_places(settings), *_about_telling(settings), *_about_starting(settings)]
    found += _about_provider(settings)
    found += [hint(sentence, "correct it, or unset it") for sentence in unknown_settings()]
    yield from found or [good("The settings fit together.")]


def _about_places(settings: Settings) -> Iterator[Finding]:
    if settings.database_url is None:
        return
    if settings.files is None:
        yield hint(
            "PILAH_FILES is not set, so files are kept in a folder of this machine's own.",
            "let PILAH_FILES name one folder that all servers share",
        )


def _about_starting(settings: Settings) -> Iterator[Finding]:
    """What would keep a server from starting."""
    try:
        if settings.documents is not None:
            read_manifest(settings.documents)
        porter_of(settings.security.issuer)  # raises where its library is missing
    except (BadManifest, NotInstalled) as failed:
        yield problem(str(failed), "a server can't start until that is mended")


def _about_provider(settings: Settings) -> Iterator[Finding]:
    if (issuer := settings.security.issuer) is None:
        return
    try:
        read_keys(asyncio.run(fetched(issuer.keys)))
    except NotFetched:
        yield problem(
            f"The identity provider's keys can't be had from {issuer.keys}.",
            "see whether PILAH_OIDC_KEYS is its jwks_uri, and whether it can be reached from here",
        )


def _about_telling(settings: Settings) -> Iterator[Finding]:
    operating = settings.operating
    if operating.metrics is not None and operating.metrics[0] not in LOOPBACK:
        yield hint(
            f"Measures can be read from other machines, at {operating.metrics[0]}:{operating.metrics[1]}.",
            "see to it that only Prometheus reaches this port; a port alone, as in PILAH_METRICS=9464, is loopback's",
        )
    if operating.traces and find_spec("opentelemetry") is None:
        yield problem(
            "PILAH_TRACES is on, but OpenTelemetry isn't installed.",
            "pip install '.[otel]' in Pilah's clone, or unset it",
        )
    if operating.grace_seconds < settings.limits.request_seconds:
        yield hint(
            f"A stopping server waits {operating.grace_seconds} s, and a request may take "
            f"{settings.limits.request_seconds:g} s.",
            "raise PILAH_GRACE_SECONDS, and what stops the container after it",
        )
    if operating.log_level == "debug":
        yield hint("PILAH_LOG_LEVEL is debug, which costs time.", "set it to info once you have seen what you sought")
