"""An identity provider of the tests' own: it signs tokens, and serves its keys on loopback."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from app.identity.key_set import KeySet
from app.settings.security import Issuer

NAME = "https://login.example.com/"
AUDIENCE = "pilah"


def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    """A new private key."""
    return rsa.generate_private_key(public_exponent=65_537, key_size=bits)


def public(key: Any, **more: Any) -> dict[str, Any]:
    """The public half of a key, as a JSON Web Key."""
    kind = ECAlgorithm if isinstance(key, ec.EllipticCurvePrivateKey) else RSAAlgorithm
    return {**kind.to_jwk(key.public_key(), as_dict=True), **more}


def claims(**changed: Any) -> dict[str, Any]:
    """Those of a good token, with changes; what is None is left out."""
    now = datetime.now(UTC)
    usual = {
        "iss": NAME,
        "aud": AUDIENCE,
        "sub": "user-7",
        "iat": now,
        "exp": now + timedelta(minutes=5),
        "scope": "openid read write",
    }
    return {name: value for name, value in (usual | changed).items() if value is not None}


def signed(key: Any, algorithm: str = "RS256", kid: str | None = "first", **changed: Any) -> str:
    """A token by the key."""
    return jwt.encode(claims(**changed), key, algorithm, headers={} if kid is None else {"kid": kid})


@dataclass(slots=True)
class KeyServer:
    """What is served at its address, and how often that was asked for."""

    keys: list[dict[str, Any]]
    address: str = ""
    asked: int = 0
    is_up: bool = True
    raw: bytes | None = None
    pause: float = 0.0
    head_pause: float = 0.0
    head: bytes = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"

    @property
    def issuer(self) -> Issuer:
        """Its settings."""
        return Issuer(NAME, (AUDIENCE,), self.address, ("RS256", "ES256"))

    async def _begin(self, writer: asyncio.StreamWriter) -> None:
        if not self.head_pause:
            writer.write(self.head)
            return
        for place in range(len(self.head)):
            writer.write(self.head[place : place + 1])
            await asyncio.sleep(self.head_pause)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers one request by its keys."""
        self.asked += 1
        await reader.readuntil(b"\r\n\r\n")
        if self.is_up:
            body = orjson.dumps({"keys": self.keys}) if self.raw is None else self.raw
            await self._begin(writer)
            for place in range(0, len(body), 1_000):
                await asyncio.sleep(self.pause)
                writer.write(body[place : place + 1_000])
        writer.close()


@asynccontextmanager
async def serving(*keys: dict[str, Any]) -> AsyncIterator[KeyServer]:
    """A server of these keys, on a port of loopback."""
    made = KeyServer(list(keys))
    server = await asyncio.start_server(made.answer, "127.0.0.1", 0)
    made.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/keys"
    async with server:
        yield made


def age(keys: KeySet, seconds: float) -> None:
    """So many seconds have gone by for keys that are kept."""
    keys._fetched_at -= seconds
    keys._tried_at -= seconds
