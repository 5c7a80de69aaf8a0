"""Variables that look like settings and are none, as where one is misspelt."""

import os
from collections.abc import Iterable
from difflib import get_close_matches

from app.settings import read_settings
from app.settings.reading import Variables


def known_settings() -> frozenset[str]:
    """The names of all variables that are read."""
    nothing = Variables({})
    read_settings(nothing)
    return frozenset(nothing.asked)


def unknown_settings(names: Iterable[str] = os.environ) -> list[str]:
    """A sentence for each of these variables that begins as ours do and that nothing reads."""
    known = known_settings()
    return [_sentence(name, known) for name in sorted(names) if name.startswith("PILAH_") and name not in known]


def _sentence(name: str, known: frozenset[str]) -> str:
    near = get_close_matches(name, sorted(known), n=1, cutoff=0.8)
    return f"{name} is no setting" + (f"; did you mean {near[0]}?" if near else ", so nothing reads it.")
