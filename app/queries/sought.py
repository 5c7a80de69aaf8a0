"""An address that is sought in texts by its salted hash alone: so it can be found when nobody knows it any more."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import takewhile
from typing import Any
from unicodedata import category, normalize

from app.queries.emails import fold_email

LONGEST_LOCAL = 64
LONGEST_DOMAIN = 254

# An address may begin behind all that no word is made of, as in `mailto:ani@…`, or behind a dash that follows it.
_BEGINNING = re.compile(r"(?<![\w.+-])[_.+-]*")


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
        return "@" in (normal := normalize("NFKC", text)) and any(map(self._is, _candidates(normal)))

    def _is(self, part: str) -> bool:
        folded = fold_email(part.strip().rstrip(".-"))
        return sha256(self.salt + folded.encode(errors="replace")).hexdigest() == self.hash


def sought_by(salt: bytes, folded: str) -> Sought:
    """What finds a folded address."""
    local = folded.rpartition("@")[0]
    return Sought(salt, sha256(salt + folded.encode()).hexdigest(), local if local.isascii() else "")


def _candidates(text: str) -> Iterator[str]:
    """What may be an address in a text: all of it, and at each `@` the domain behind what may come before."""
    yield text
    for at in (place for place, sign in enumerate(text) if sign == "@"):
        if domain := "".join(takewhile(_is_of_domain, text[at + 1 : at + 1 + LONGEST_DOMAIN])).rstrip(".-"):
            yield from (f"{local}@{domain}" for local in _locals(text, at))


def _locals(text: str, at: int) -> Iterator[str]:
    """What may come before an `@`; another `@` is in it within quotes alone."""
    found = _BEGINNING.finditer(text, max(0, at - LONGEST_LOCAL), at)
    for local in {text[place:at] for each in found for place in each.span()}:
        if local and ("@" not in local or local[0] == local[-1] == '"'):
            yield local


def _is_of_domain(sign: str) -> bool:
    """Letters with their marks, digits, full stops, and what nobody sees."""
    return sign in "-.。" or category(sign)[0] in "LMN" or category(sign) == "Cf"


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
