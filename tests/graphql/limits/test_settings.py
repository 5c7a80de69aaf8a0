"""The limits are what the environment says, and a server takes them from there."""

from pathlib import Path

import pytest

from app.graphql.limits.guard import guard_of
from app.graphql.schema import schema
from app.settings import USUAL_LIMITS, Limits, read_settings


def test_without_variables_the_limits_are_the_usual_ones() -> None:
    settings = read_settings()
    assert (settings.limits, settings.documents, settings.introspection) == (USUAL_LIMITS, None, True)


def test_variables_set_limits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "documents.json"
    path.write_text('{"a": "{ workspace { name } }"}')
    monkeypatch.setenv("PILAH_MOST_COST", "77")
    monkeypatch.setenv("PILAH_MOST_REQUEST_SECONDS", "3")
    monkeypatch.setenv("PILAH_DOCUMENTS", str(path))
    monkeypatch.setenv("PILAH_INTROSPECTION", "false")
    guard = guard_of(schema._schema, read_settings())
    assert guard.limits == guard.documents.limits == Limits(cost=77, request_seconds=3)
    assert guard.documents.trusted is not None
    assert (guard.documents.trusted.documents, guard.documents.is_open) == ({"a": "{ workspace { name } }"}, False)


@pytest.mark.parametrize("text", ["0", "-1", "many", "1.5", "10000000000", ""])
def test_what_is_no_limit_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("PILAH_MOST_DEPTH", text)
    with pytest.raises(
        ValueError, match=f'^PILAH_MOST_DEPTH is "{text}"; give a whole number from 1 to 1,000,000,000.$'
    ):
        read_settings()
