"""Tokens of an identity provider: who is let in by one, and by which none."""

import base64
import hashlib
import hmac
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import orjson
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app.identity.porter import NotInstalled, Porter, porter_of
from app.identity.refusals import NotLetIn
from app.queries.tokens import create_token
from app.queries.workspaces import workspace_by_id
from tests.conftest import WorkspaceMaker
from tests.identity.providers import AUDIENCE, NAME, KeyServer, claims, public, rsa_key, serving, signed

KEY = rsa_key()
OTHER = rsa_key()
CURVE = ec.generate_private_key(ec.SECP256R1())


def now() -> datetime:
    """The moment of asking, long after the tests were collected."""
    return datetime.now(UTC)


@pytest.fixture(scope="module")
async def keys() -> AsyncIterator[KeyServer]:
    """The provider's keys: two that sign, and one that doesn't."""
    async with serving(
        public(KEY, kid="first"), public(CURVE, kid="curve"), public(OTHER, kid="sealing", use="enc")
    ) as server:
        yield server


@pytest.fixture(scope="module")
def porter(keys: KeyServer) -> Porter:
    """Who knows the provider."""
    return porter_of(keys.issuer)


async def refusal(porter: Porter, token: str) -> tuple[str, str]:
    """Why a token opens nothing."""
    with pytest.raises(NotLetIn) as refused:
        await porter.bearer(f"Bearer {token}")
    assert token not in str(refused.value)
    return refused.value.code, refused.value.message


@pytest.mark.parametrize(("key", "algorithm", "kid"), [(KEY, "RS256", "first"), (CURVE, "ES256", "curve")])
async def test_a_good_token_opens_its_workspace(
    porter: Porter, workspace: int, key: Any, algorithm: str, kid: str
) -> None:
    bearer = await porter.bearer(f"Bearer {signed(key, algorithm, kid, pilah_workspace=workspace)}")
    assert (bearer.workspace_id, bearer.scopes) == (workspace, frozenset({"read", "write"}))
    assert (bearer.actor.token_id, bearer.actor.subject) == (None, "user-7")
    assert (bearer.may("write"), bearer.may("export"), bearer.may("admin")) == (True, False, False)


async def test_a_workspace_may_be_named(porter: Porter, make_workspace: WorkspaceMaker) -> None:
    workspace = await make_workspace()
    name = (await workspace_by_id(workspace)).name
    token = signed(KEY, pilah_workspace=name, scope=["admin"], aud=["spa", AUDIENCE])
    bearer = await porter.bearer(f"bearer  {token}")
    assert (bearer.workspace_id, bearer.may("export")) == (workspace, True)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"aud": "another"}, "audience"),
        ({"aud": None}, "lacks one of the claims"),
        ({"aud": []}, "lacks one of the claims"),
        ({"iss": "https://login.example.com"}, "another issuer"),
        ({"iss": None}, "lacks one of the claims"),
        ({"exp": -60}, "expired"),
        ({"exp": None}, "lacks one of the claims"),
        ({"nbf": 60}, "not valid yet"),
        ({"iat": 60}, "not valid yet"),
        ({"sub": None}, "lacks one of the claims"),
    ],
)
async def test_a_token_for_others_or_of_other_times_opens_nothing(
    porter: Porter, workspace: int, changed: dict[str, Any], words: str
) -> None:
    changed = {
        name: now() + timedelta(seconds=value) if isinstance(value, int) else value for name, value in changed.items()
    }
    code, message = await refusal(porter, signed(KEY, pilah_workspace=workspace, **changed))
    assert (code, words in message) == ("UNAUTHENTICATED", True), message


async def test_clocks_may_differ_by_half_a_minute(porter: Porter, workspace: int) -> None:
    token = signed(
        KEY, pilah_workspace=workspace, exp=now() - timedelta(seconds=5), nbf=now() + timedelta(seconds=15)
    )
    assert (await porter.bearer(f"Bearer {token}")).workspace_id == workspace


def forged(header: dict[str, Any], signature: bytes = b"", **changed: Any) -> str:
    """A token whose header says what it likes."""
    raw = {**claims(**changed), "iat": 1, "exp": 2**33}
    parts = (orjson.dumps(header), orjson.dumps(raw), signature)
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def by_public_key(workspace: int) -> str:
    """Signed with what everybody can read, as if it were a shared secret."""
    pem = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    text = forged({"alg": "HS256", "kid": "first"}, pilah_workspace=workspace).rstrip(".")
    signature = hmac.new(pem, text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


@pytest.mark.parametrize(
    "make",
    [
        lambda workspace: forged({"alg": "none"}, pilah_workspace=workspace),
        lambda workspace: forged({"alg": "None", "kid": "first"}, pilah_workspace=workspace),
        lambda workspace: forged({"alg": "", "kid": "first"}, pilah_workspace=workspace),
        lambda workspace: forged({"kid": "first"}, pilah_workspace=workspace),
        lambda workspace: forged({"alg": ["RS256"], "kid": "first"}, pilah_workspace=workspace),
        lambda workspace: forged({"alg": "RS256", "kid": "first"}, b"x" * 256, pilah_workspace=workspace),
        lambda workspace: forged({"alg": "RS256", "kid": {"x": 1}}, b"x" * 256, pilah_workspace=workspace),
        by_public_key,
        lambda workspace: signed(OTHER, pilah_workspace=workspace),
        lambda workspace: signed(OTHER, kid="sealing", pilah_workspace=workspace),
        lambda workspace: signed(OTHER, kid="nobody", pilah_workspace=workspace),
        lambda workspace: signed(KEY, kid=None, pilah_workspace=workspace),
        lambda workspace: signed(KEY, kid="curve", pilah_workspace=workspace),
        lambda workspace: signed(KEY, "RS512", pilah_workspace=workspace),
        lambda workspace: signed(KEY, "PS256", pilah_workspace=workspace),
        lambda workspace: signed(CURVE, "ES256", "first", pilah_workspace=workspace),
        lambda workspace: jwt.encode(
            claims(pilah_workspace=workspace), KEY, "RS256", headers={"kid": "first", "crit": ["x"], "x": 1}
        ),
        lambda workspace: signed(KEY, pilah_workspace=workspace)[:-4] + "AAAA",
        lambda workspace: signed(KEY, pilah_workspace=workspace, filling="x" * 20_000),
        lambda _workspace: "..",
        lambda _workspace: "a.b.c",
        lambda _workspace: "é.é.é",
    ],
)
async def test_what_the_provider_has_not_signed_opens_nothing(porter: Porter, workspace: int, make: Any) -> None:
    assert (await refusal(porter, make(workspace)))[0] == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"pilah_workspace": None}, "names no workspace"),
        ({"pilah_workspace": True}, "names no workspace"),
        ({"pilah_workspace": [1]}, "names no workspace"),
        ({"pilah_workspace": 999_999_999}, "not here"),
        ({"pilah_workspace": 2**70}, "not here"),
        ({"pilah_workspace": -1}, "not here"),
        ({"pilah_workspace": "No such workspace"}, "not here"),
        ({"pilah_workspace": "No\0workspace"}, "names no workspace"),
        ({"pilah_workspace": "\ud800"}, "names no workspace"),
        ({"sub": ""}, "subject"),
        ({"sub": " "}, "subject"),
        ({"sub": "a\0b"}, "subject"),
        ({"sub": "a\nb"}, "subject"),
        ({"sub": "\ud800"}, "subject"),
        ({"sub": "\ud800@example.com"}, "subject"),
        ({"scope": None}, "none of the scopes"),
        ({"scope": "openid profile administrator"}, "none of the scopes"),
        ({"scope": {"admin": True}}, "none of the scopes"),
    ],
)
async def test_a_good_token_that_opens_nothing_here_is_forbidden(
    porter: Porter, workspace: int, changed: dict[str, Any], words: str
) -> None:
    code, message = await refusal(porter, signed(KEY, **{"pilah_workspace": workspace, **changed}))
    assert (code, words in message) == ("FORBIDDEN", True), message


@pytest.mark.parametrize("claim", ["exp", "nbf", "iat"])
async def test_a_time_without_end_is_no_time(porter: Porter, workspace: int, claim: str) -> None:
    times: dict[str, Any] = {claim: float("inf")}
    code, _ = await refusal(porter, signed(KEY, pilah_workspace=workspace, **times))
    assert code == "UNAUTHENTICATED"


async def test_a_subject_that_is_an_address_is_kept_as_a_hash(porter: Porter, workspace: int) -> None:
    token = signed(KEY, pilah_workspace=workspace, sub="ani@example.com")
    subject = (await porter.bearer(f"Bearer {token}")).actor.subject
    assert subject is not None
    assert subject.startswith("sha256:")
    assert "ani" not in subject


async def test_our_own_tokens_open_as_ever(porter: Porter, workspace: int) -> None:
    bearer = await porter.bearer(f"Bearer {await create_token(workspace, 'own', ['read'])}")
    assert bearer.actor.token_id is not None


async def test_without_a_provider_its_tokens_open_nothing(workspace: int) -> None:
    assert (await refusal(Porter(), signed(KEY, pilah_workspace=workspace)))[0] == "UNAUTHENTICATED"


def test_a_provider_needs_its_library(keys: KeyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("jwt", "app.identity.provider"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(NotInstalled, match=r"pip install .\.\[oidc\]"):
        porter_of(keys.issuer)
    assert porter_of(None) == Porter()


def test_the_provider_is_the_one_of_these_tests() -> None:
    assert jwt.decode(signed(KEY), KEY.public_key(), ["RS256"], audience=AUDIENCE, issuer=NAME)["sub"] == "user-7"
