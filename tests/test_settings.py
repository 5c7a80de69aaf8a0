"""What the environment says of who is let in, and what is told where it can't be read."""

import pytest

from app.settings import read_settings
from app.settings.security import USUAL_SECURITY, Issuer

PROVIDER = {
    "PILAH_OIDC_ISSUER": "https://login.example.com/",
    "PILAH_OIDC_AUDIENCE": "pilah",
    "PILAH_OIDC_KEYS": "https://login.example.com/keys",
}


def test_without_a_word_only_our_own_tokens_open() -> None:
    assert read_settings().security == USUAL_SECURITY
    assert (USUAL_SECURITY.issuer, USUAL_SECURITY.origins) == (None, ())


def test_a_provider_needs_three_words(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PROVIDER.items():
        monkeypatch.setenv(name, value)
    assert read_settings().security.issuer == Issuer(
        "https://login.example.com/", ("pilah",), "https://login.example.com/keys"
    )
    monkeypatch.setenv("PILAH_OIDC_AUDIENCE", "pilah, spa")
    monkeypatch.setenv("PILAH_OIDC_ALGORITHMS", "ES384")
    issuer = read_settings().security.issuer
    assert issuer is not None
    assert (issuer.audience, issuer.algorithms) == (("pilah", "spa"), ("ES384",))
    for name in ("PILAH_OIDC_AUDIENCE", "PILAH_OIDC_KEYS"):
        with monkeypatch.context() as lacking:
            lacking.delenv(name)
            with pytest.raises(ValueError, match="beside it"):
                read_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PILAH_OIDC_ALGORITHMS", "none"),
        ("PILAH_OIDC_ALGORITHMS", "HS256"),
        ("PILAH_OIDC_ALGORITHMS", "RS256,HS256"),
        ("PILAH_OIDC_ALGORITHMS", ","),
        ("PILAH_OIDC_KEYS", "http://login.example.com/keys"),
        ("PILAH_OIDC_KEYS", "http://127.0.0.1.example.com/keys"),
        ("PILAH_OIDC_LEEWAY", "-1"),
        ("PILAH_OIDC_LEEWAY", "3600"),
        ("PILAH_ORIGINS", "app.example.com"),
        ("PILAH_ORIGINS", "https://app.example.com/"),
        ("PILAH_ORIGINS", "https://app.example.com https://"),
        ("PILAH_ORIGINS", "null"),
        ("PILAH_AUDIT_DAYS", "30"),
    ],
)
def test_what_is_unsafe_is_not_read(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    for each, usual in (PROVIDER | {name: value}).items():
        monkeypatch.setenv(each, usual)
    with pytest.raises(ValueError, match=name):
        read_settings()


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8080/keys", "http://[::1]/keys", "http://localhost/k", "/run/keys"]
)
def test_keys_may_come_from_this_machine(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    for name, value in (PROVIDER | {"PILAH_OIDC_KEYS": address}).items():
        monkeypatch.setenv(name, value)
    issuer = read_settings().security.issuer
    assert issuer is not None
    assert issuer.keys == address


def test_origins_are_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PILAH_ORIGINS", "https://a.example.com, http://localhost:3000")
    assert read_settings().security.origins == ("https://a.example.com", "http://localhost:3000")
