"""How long reasoning may take, counted in steps of about a microsecond, so that it ends alike on every machine."""

from dataclasses import dataclass

MOST_STEPS = 80_000


class TooMuchError(Exception):
    """To go on would take too long."""


@dataclass(slots=True)
class Effort:
    """How many steps may still be taken."""

    left: int = MOST_STEPS

    def spend(self, steps: int) -> None:
        """Raises TooMuchError where so many are not left."""
        self.left -= steps
        if self.left < 0:
            raise TooMuchError
