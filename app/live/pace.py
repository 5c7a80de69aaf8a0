"""How many contacts are told at a time, so that nobody waits long for a turn."""

STRETCH_SECONDS = 0.15
FEWEST, MOST = 1_000, 50_000


class Pace:
    """Learns how many contacts take about so many seconds."""

    def __init__(self, seconds: float = STRETCH_SECONDS) -> None:
        self.seconds = seconds
        self.contacts = 4 * FEWEST

    def learn(self, seconds: float) -> None:
        """So many contacts took so long; the next are at most four times as many, or a quarter."""
        wanted = self.contacts * self.seconds / max(seconds, 0.001)
        bounded = min(max(wanted, self.contacts / 4, FEWEST), self.contacts * 4, MOST)
        self.contacts = int(bounded)
