"""What the environment may say of how a server is run."""

from pathlib import Path

import pytest

from app.settings import read_settings
from app.settings.misspelt import unknown_settings
from app.settings.reading import Variables


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
    ("name", "said", "wanted"),
    [
        ("PILAH_METRICS", "metrics", "a port, as in 9464, or host:port"),
        ("PILAH_METRICS", "host:99999", "a port, as in 9464, or host:port"),
        ("PILAH_LOG_LEVEL", "loud", "debug, info, warning or error"),
        ("PILAH_LOG_FORMAT", "xml", "json or text"),
        ("PILAH_DRAIN_SECONDS", "-1", "a whole number from 0 to 3,600"),
        ("PILAH_MOST_REQUEST_SECONDS", "31", "a whole number from 1 to 30"),
        ("PILAH_MOST_BYTES", "1e9", "a whole number from 1 to 1,000,000,000,000,000"),
        ("PILAH_AUDIT_DAYS", "30", "a whole number from 90 to 100,000"),
        ("PILAH_TRACES", "perhaps", "true or false"),
        ("PILAH_BROAD_SHARE", "90", "a share above 0 and at most 1, as in 0.9"),
        ("PILAH_ORIGINS", "app.example.com", "websites such as https://app.example.com, between commas, or *"),
        ("PILAH_OIDC_ALGORITHMS", "HS256", "signatures by a public key, such as RS256,ES256"),
        ("DATABASE_URL_FILE", "/nowhere/at/all", "a file that can be read, with the secret in it"),
    ],
)
def test_what_does_not_parse_is_told_with_what_would(name: str, said: str, wanted: str) -> None:
    with pytest.raises(ValueError, match=name) as refused:
        read_settings(Variables({name: said}))
    assert str(refused.value) == f'{name} is "{said}"; give {wanted}.'


@pytest.mark.parametrize(("said", "is_on"), [("true", True), ("1", True), ("No", False), ("0", False)])
def test_yes_and_no_are_said_as_usual(said: str, is_on: bool) -> None:
    assert read_settings(Variables({"PILAH_TRACES": said})).operating.traces is is_on


def test_variables_that_nothing_reads_are_told() -> None:
    names = ["PILAH_MOST_DEPHT", "PILAH_OIDC_ISUER", "PILAH_WHATEVER", "PILAH_FILES", "PILAH_OIDC_LEEWAY", "HOME"]
    assert unknown_settings(names) == [
        "PILAH_MOST_DEPHT is no setting; did you mean PILAH_MOST_DEPTH?",
        "PILAH_OIDC_ISUER is no setting; did you mean PILAH_OIDC_ISSUER?",
        "PILAH_WHATEVER is no setting, so nothing reads it.",
    ]


def test_the_address_of_postgres_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "url").write_text("postgresql://pilah:secret@db/pilah\n")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "url"))
    url = read_settings().database_url
    assert (str(url), "secret" in repr(url)) == ("postgresql://pilah:secret@db/pilah", False)
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/")
    assert str(read_settings().database_url) == "postgresql://elsewhere/"
