"""How the text of a variable is read; each reader's name ends the sentence that is said where it can't be."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from starlette.datastructures import Secret

Cast = TypeVar("Cast", bound=Callable[..., Any])


def one_of(*choices: str) -> Callable[[str], str]:
    """Reads one of these words; what it gives raises ValueError for any other."""

    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(text)
        return text

    read.__name__ = f"word, which is {' or '.join(choices)}"
    return read


def place(text: str | None) -> tuple[str, int] | None:
    """A port of loopback, or host:port; None where nothing is said. Raises ValueError."""
    if not text:
        return None
    host, _, port = text.rpartition(":")
    return host.strip("[]") or "127.0.0.1", number("a port", 65_535, least=0)(port)


place.__name__ = "place, which is a port or host:port"


def called(name: str) -> Callable[[Cast], Cast]:
    """What Config's sentence ends with where a text doesn't parse."""

    def named(cast: Cast) -> Cast:
        cast.__name__ = name
        return cast

    return named


def number(what: str, most: int, least: int = 1) -> Callable[[object], int]:
    """Reads a whole number within bounds; what it gives raises ValueError for any other."""

    def read(text: object) -> int:
        found = int(str(text))
        if not least <= found <= most:
            raise ValueError(text)
        return found

    read.__name__ = f"number of {what}, which is {least} to {most:,}"  # Config's sentence ends with it
    return read


def secret(text: str | None) -> Secret | None:
    """A text that no log shows; None where nothing is said."""
    return Secret(text) if text else None


@called("file, which holds a secret and can be read")
def contents(text: str | None) -> Secret | None:
    """What a file holds, as `secret`; None where no file is named. Raises ValueError where it can't be read."""
    try:
        return None if not text else secret(Path(text).expanduser().read_text().strip())
    except OSError:
        raise ValueError(text) from None


def path(text: str | None) -> Path | None:
    """A path, in which `~` is the account's home; None where nothing is said."""
    return Path(text).expanduser() if text else None


def words(text: str) -> tuple[str, ...]:
    """The words between commas and blanks."""
    return tuple(word for word in text.replace(",", " ").split() if word)
