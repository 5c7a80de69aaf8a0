"""A peopled workspace for random filters, and the caller of the application for stories."""

import os

import pytest

from tests.compile.peopled import Peopled, peopled
from tests.graphql.conftest import ask, ask_as, client, token

__all__ = ["ask", "ask_as", "client", "token"]

ZONES = ("Asia/Jakarta", "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo")
SEED = os.environ.get("PILAH_SEED", "sight")


@pytest.fixture(params=ZONES, scope="package")
async def there(request: pytest.FixtureRequest, pool: None) -> Peopled:
    """A peopled workspace in each of some zones."""
    return await peopled(request.param, SEED, people=150)
