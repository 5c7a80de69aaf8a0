"""How a variable's text is read; each reader's name says what to give instead of what can't be read."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from starlette.datastructures import Secret

Value = TypeVar("Value")
Cast = TypeVar("Cast", bound=Callable[..., Any])


class Variables:
    """The environment, or what stands for it; `asked` has the name of each variable that was looked for."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self.asked: set[str] = set()
        self._environment = environment

    def read(self, name: str, cast: Callable[[str], Value], default: Value) -> Value:
        """What a variable says, as `cast` reads it; raises ValueError with a sentence where that can't."""
        self.asked.add(name)
        text = self._environment.get(name)
        if text is None:
            return default
        try:
            return cast(text)
        except ValueError:
            raise ValueError(f'{name} is "{text}"; give {cast.__name__}.') from None


def called(name: str) -> Callable[[Cast], Cast]:
    """What the sentence of `read` ends with where a text can't be read."""

    def named(cast: Cast) -> Cast:
        cast.__name__ = name
        return cast

    return named


def one_of(*choices: str) -> Callable[[str], str]:
    """Reads one of these words; what it gives raises ValueError for any other."""

    @called(f"{', '.join(choices[:-1])} or {choices[-1]}")
    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(text)
        return text

    return read


@called("true or false")
def truth(text: str) -> bool:
    """Reads yes or no, in the words and numbers that are usual for it; raises ValueError."""
    found = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(text.lower())
    if found is None:
        raise ValueError(text)
    return found


@called("a port, as in 9464, or host:port")
def place(text: str) -> tuple[str, int] | None:
    """A port of loopback, or host:port; None where nothing is said. Raises ValueError."""
    if not text:
        return None
    host, _, port = text.rpartition(":")
    return host.strip("[]") or "127.0.0.1", number(65_535, least=0)(port)


def number(most: int, least: int = 1) -> Callable[[str], int]:
    """Reads a whole number within bounds; what it gives raises ValueError for any other."""

    @called(f"a whole number from {least} to {most:,}")
    def read(text: str) -> int:
        found = int(text)
        if not least <= found <= most:
            raise ValueError(text)
        return found

    return read


@called("a share above 0 and at most 1, as in 0.9")
def share(text: str) -> float:
    """Reads a part of a whole; raises ValueError."""
    found = float(text)
    if not 0 < found <= 1:
        raise ValueError(text)
    return found


def secret(text: str) -> Secret | None:
    """A text that no log shows; None where nothing is said."""
    return Secret(text) if text else None


@called("a file that can be read, with the secret in it")
def contents(text: str) -> Secret | None:
    """What a file holds, as `secret`; None where no file is named. Raises ValueError where it can't be read."""
    try:
        return None if not text else secret(Path(text).expanduser().read_text().strip())
    except OSError:
        raise ValueError(text) from None


def path(text: str) -> Path | None:
    """A path, in which `~` is the account's home; None where nothing is said."""
    return Path(text).expanduser() if text else None


def words(text: str) -> tuple[str, ...]:
    """The words between commas and blanks."""
    return tuple(word for word in text.replace(",", " ").split() if word)
