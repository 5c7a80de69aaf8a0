"""What the environment may say of how a server is run."""

from pathlib import Path

import pytest

from app.settings import read_settings


@pytest.mark.parametrize(
    ("said", "place"),
    [("", None), ("9464", ("127.0.0.1", 9464)), ("0.0.0.0:9464", ("0.0.0.0", 9464)), ("[::1]:9464", ("::1", 9464))],
)
def test_measures_are_where_the_setting_says(
    said: str, place: tuple[str, int] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PILAH_METRICS", said)
    assert read_settings().operating.metrics == place


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("PILAH_METRICS", "metrics"),
        ("PILAH_METRICS", "host:99999"),
        ("PILAH_LOG_LEVEL", "loud"),
        ("PILAH_LOG_FORMAT", "xml"),
        ("PILAH_DRAIN_SECONDS", "-1"),
        ("PILAH_TRACES", "perhaps"),
        ("DATABASE_URL_FILE", "/nowhere/at/all"),
    ],
)
def test_what_does_not_parse_is_refused_by_name(name: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv(name, said)
    with pytest.raises(ValueError, match=name):
        read_settings()


def test_the_address_of_postgres_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "url").write_text("postgresql://pilah:secret@db/pilah\n")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "url"))
    url = read_settings().database_url
    assert (str(url), "secret" in repr(url)) == ("postgresql://pilah:secret@db/pilah", False)
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/")
    assert str(read_settings().database_url) == "postgresql://elsewhere/"
