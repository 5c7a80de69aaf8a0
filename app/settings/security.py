"""Who is let in, and from where; for how long it is known who did what, and who was in which segment."""

from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

from app.settings.reading import Variables, called, number, truth, words


@dataclass(frozen=True, slots=True)
class Issuer:
    """An identity provider: whose tokens are good, made for whom, signed how, and what their claims are called.

    `keys` is the address of its JSON Web Key Set, or a file.
    """

    name: str
    audience: tuple[str, ...]
    keys: str
    algorithms: tuple[str, ...] = ("RS256", "ES256")
    workspace_claim: str = "pilah_workspace"
    scopes_claim: str = "scope"
    leeway_seconds: int = 30


@dataclass(frozen=True, slots=True)
class Security:
    """Who is let in beside our own tokens, from which other websites, and for how many days is known who did what.

    `ledger_days` is for how many it is known who entered and left segments, 0 for ever.

    Of `proxies`, addresses or networks, is believed from where a request came to them. With `private_webhooks`,
    webhooks may lead to private addresses and use http.
    """

    issuer: Issuer | None = None
    origins: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    audit_days: int = 730
    ledger_days: int = 0
    private_webhooks: bool = False


USUAL_SECURITY: Final = Security()
ALGORITHMS: Final = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)  # those with a public key: by a shared one, whoever can check a token could make one


def read_security(said: Variables) -> Security:
    """What the environment says of it; raises ValueError where it doesn't parse, or lacks a part."""
    usual = USUAL_SECURITY
    return Security(
        issuer=_issuer(said),
        origins=said.read("PILAH_ORIGINS", _origins, usual.origins),
        proxies=said.read("PILAH_PROXIES", _proxies, usual.proxies),
        audit_days=said.read("PILAH_AUDIT_DAYS", number(100_000, least=90), usual.audit_days),
        ledger_days=said.read("PILAH_LEDGER_DAYS", number(100_000, least=0), usual.ledger_days),
        private_webhooks=said.read("PILAH_PRIVATE_WEBHOOKS", truth, usual.private_webhooks),
    )


def _issuer(said: Variables) -> Issuer | None:
    usual = Issuer("", (), "")
    issuer = Issuer(
        said.read("PILAH_OIDC_ISSUER", str, ""),
        said.read("PILAH_OIDC_AUDIENCE", words, ()),
        said.read("PILAH_OIDC_KEYS", _keys, ""),
        said.read("PILAH_OIDC_ALGORITHMS", _algorithms, usual.algorithms),
        said.read("PILAH_OIDC_WORKSPACE_CLAIM", str, usual.workspace_claim),
        said.read("PILAH_OIDC_SCOPES_CLAIM", str, usual.scopes_claim),
        said.read("PILAH_OIDC_LEEWAY", number(300, least=0), usual.leeway_seconds),
    )
    if issuer.name and not (issuer.audience and issuer.keys):
        raise ValueError("PILAH_OIDC_ISSUER needs PILAH_OIDC_AUDIENCE and PILAH_OIDC_KEYS beside it.")
    return issuer if issuer.name else None


@called("signatures by a public key, such as RS256,ES256")
def _algorithms(text: str) -> tuple[str, ...]:
    names = words(text)
    if not names or not ALGORITHMS.issuperset(names):
        raise ValueError(text)
    return names


@called("an https address of a JSON Web Key Set (http on this machine alone), or a file with one")
def _keys(text: str) -> str:
    address = urlsplit(text)
    if address.scheme == "http" and address.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise ValueError(text)
    return text


@called("websites such as https://app.example.com, between commas, or *")
def _origins(text: str) -> tuple[str, ...]:
    origins = words(text)
    if any(origin != "*" and not _is_origin(origin) for origin in origins):
        raise ValueError(text)
    return origins


@called("addresses or networks such as 10.0.0.5 or 10.0.0.0/8, between commas")
def _proxies(text: str) -> tuple[str, ...]:
    return tuple(str(ip_network(word)) if "/" in word else str(ip_address(word)) for word in words(text))


def _is_origin(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in ("https", "http") and bool(parts.netloc) and text == f"{parts.scheme}://{parts.netloc}"
