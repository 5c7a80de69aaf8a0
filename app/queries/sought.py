"""An address that is sought in texts by its salted hash alone: so it can be found when nobody knows it any more."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from unicodedata import normalize

from app.queries.emails import fold_email

# What stands beside an address, as in `Ani <ani@example.com>, budi@example.com`.
_APART = re.compile(r"""[\s<>,;:"'()\[\]|\\]+""")


@dataclass(frozen=True, slots=True)
class Sought:
    """The workspace's salt, the hash of an address, and, while it is known, how most texts with it have to look.

    `hint` stands in any text of ASCII, in small letters, that holds the address; "" stands in every text.
    """

    salt: bytes
    hash: str
    hint: str = ""

    def is_in(self, value: Any) -> bool:
        """Whether a text, or any text within JSON, holds the address in whatever spelling is the same one."""
        return any(self._is_in_text(text) for text in _texts(value))

    def _is_in_text(self, text: str) -> bool:
        normal = normalize("NFKC", text)
        if "@" not in normal:
            return False
        return any("@" in part and self._is(part) for part in (normal, *_APART.split(normal)))

    def _is(self, part: str) -> bool:
        folded = fold_email(part.strip().rstrip("."))
        return sha256(self.salt + folded.encode(errors="replace")).hexdigest() == self.hash


def sought_by(salt: bytes, folded: str) -> Sought:
    """What finds a folded address."""
    local = folded.rpartition("@")[0]
    return Sought(salt, sha256(salt + folded.encode()).hexdigest(), local if local.isascii() else "")


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for one in value:
                yield from _texts(one)
        case dict():
            for key, one in value.items():
                yield from (key, *_texts(one))
