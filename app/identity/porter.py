"""Lets in who shows a token in the Authorization header, whichever door they stand at."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.identity.refusals import NotLetIn
from app.queries.deadlines import prove
from app.queries.tokens import Bearer, find_bearer
from app.settings.security import Issuer

if TYPE_CHECKING:
    from app.identity.provider import Provider


@dataclass(frozen=True, slots=True)
class Porter:
    """Knows our own tokens, and those of an identity provider where there is one."""

    provider: "Provider | None" = None

    async def bearer(self, authorization: str | None) -> Bearer:
        """Who sends this header; raises NotLetIn, and NotNow where the provider can't be asked."""
        bearer = await self._bearer(authorization)
        prove(bearer.workspace_id)
        return bearer

    async def _bearer(self, authorization: str | None) -> Bearer:
        kind, _, shown = (authorization or "").partition(" ")
        token = shown.strip()
        if not token:
            raise NotLetIn.unknown("send a token: `Authorization: Bearer pilah_…`")
        if kind.lower() != "bearer":
            raise NotLetIn.unknown("this token is wrong or was revoked")
        if self.provider is not None and token.count(".") == 2:
            return await self.provider.bearer(token)
        bearer = await find_bearer(token)
        if bearer is None:
            raise NotLetIn.unknown("this token is wrong, has expired or was revoked")
        return bearer


def porter_of(issuer: Issuer | None) -> Porter:
    """The porter who also knows that issuer's tokens; raises NotInstalled where PyJWT is missing."""
    if issuer is None:
        return Porter()
    try:
        from app.identity.provider import provider_of
    except ModuleNotFoundError as missing:
        raise NotInstalled(missing.name) from None
    return Porter(provider_of(issuer))


class NotInstalled(Exception):
    """The library for tokens of identity providers is not there."""

    def __str__(self) -> str:
        """What to do about it."""
        return "PILAH_OIDC_ISSUER is set, which needs the extra oidc: in Pilah's clone, pip install '.[oidc]'."
