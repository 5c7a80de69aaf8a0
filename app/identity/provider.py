"""Tokens that an identity provider has signed (JWT, by OpenID Connect): checked, and read as who may do what."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from unicodedata import category

import jwt

from app.filters.folding import is_storable
from app.identity.key_set import KeySet
from app.identity.refusals import NotLetIn
from app.queries.acts import Actor
from app.queries.tokens import SCOPES, Bearer
from app.queries.workspaces import find_catalog_version
from app.settings.security import Issuer

LONGEST_TOKEN: Final = 16_000
LONGEST_SUBJECT: Final = 200
REQUIRED: Final = ["exp", "iss", "aud", "sub"]

_SENTENCES: Final[dict[type[Exception], str]] = {
    jwt.ExpiredSignatureError: "this token has expired; get a new one",
    jwt.ImmatureSignatureError: "this token is not valid yet; the clocks of its issuer and of this server may differ",
    jwt.InvalidAudienceError: "this token was made for somebody else: its audience is another",
    jwt.InvalidIssuerError: "this token comes from another issuer",
    jwt.MissingRequiredClaimError: f"this token lacks one of the claims {', '.join(REQUIRED)}",
}


@dataclass(frozen=True, slots=True)
class Provider:
    """An issuer whose tokens are good here, and its keys."""

    issuer: Issuer
    keys: KeySet

    async def bearer(self, token: str) -> Bearer:
        """Who shows the token; raises NotLetIn, and NotNow where the provider's keys can't be had."""
        claims = await self._claims(token)
        actor = Actor(subject=_subject(claims["sub"]))
        found = await find_catalog_version(_workspace(claims, self.issuer.workspace_claim))
        scopes = _scopes(claims.get(self.issuer.scopes_claim))
        if found is None:
            raise NotLetIn.forbidden("the workspace that this token names is not here")
        if not scopes:
            raise NotLetIn.forbidden(f"this token has none of the scopes {', '.join(SCOPES)}")
        return Bearer(*found, scopes, actor)

    async def _claims(self, token: str) -> dict[str, Any]:
        """What the token says, once it is known to be the issuer's, for us, and of now."""
        if len(token) > LONGEST_TOKEN:
            raise NotLetIn.unknown("this token is too long")
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") not in self.issuer.algorithms:
                raise NotLetIn.unknown(f"tokens are signed here by {', '.join(self.issuer.algorithms)}")
            key = await self.keys.key(header.get("kid"))
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[header["alg"]],
                audience=self.issuer.audience,
                issuer=self.issuer.name,
                leeway=self.issuer.leeway_seconds,
                options={"require": REQUIRED, "enforce_minimum_key_length": True},
            )
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError) as error:
            raise NotLetIn.unknown(_SENTENCES.get(type(error), "this token is wrong")) from None
        return claims


def provider_of(issuer: Issuer) -> Provider:
    """The issuer with its keys, which are fetched when the first token comes."""
    return Provider(issuer, KeySet(issuer.keys))


def _workspace(claims: dict[str, Any], claim: str) -> int | str:
    """A workspace's number, or its name."""
    found = claims.get(claim)
    if isinstance(found, bool) or not isinstance(found, int | str) or not is_storable(str(found)):
        raise NotLetIn.forbidden(f'this token names no workspace in its claim "{claim}"')
    return found


def _scopes(claim: object) -> frozenset[str]:
    """Those of our scopes that the claim has, as a list or between spaces; what others understand by it is theirs."""
    named = claim.split() if isinstance(claim, str) else claim
    return frozenset(scope for scope in SCOPES if isinstance(named, list) and scope in named)


def _subject(subject: str) -> str:
    """The subject as the audit log keeps it: where it is somebody's address, a hash of that. Raises NotLetIn."""
    if not subject.strip() or not is_storable(subject) or any(category(sign) == "Cc" for sign in subject):
        raise NotLetIn.forbidden("this token's subject is empty, or has signs that no name has")
    if "@" in subject or len(subject) > LONGEST_SUBJECT:
        return f"sha256:{sha256(subject.encode()).hexdigest()[:32]}"
    return subject
