"""What an answer to "may we mail you?" says, in the words of people and of tools."""

from app.filters.vocabulary import Status
from app.transfer.columns.statuses import NO, REFUSALS, USUAL, YES, word_of

LONGEST_ANSWER = 40

BLANK = ("null", "n a")
AGREED = (
    *(*YES, "x", "✓", "✔", "on", "granted", "given", "accepted", "agreed", "consented", "confirmed", "approved"),
    *("erteilt", "zugestimmt", "bestätigt", "accepté", "accordé", "aceptado", "concedido", "verleend", "setuju"),
    *(word for word, status in USUAL if status == Status.ACTIVE.value),
)
DECLINED = (
    *(word for word in NO if word not in BLANK),
    *("off", "never", "denied", "declined", "rejected", "refused", "not granted", "not given"),
    *("abgelehnt", "verweigert", "nicht erteilt", "refusé", "rechazado", "denegado", "geweigerd", "ditolak"),
    *(word for word, status in USUAL if status == Status.PENDING.value),
)
WITHDRAWN = ("withdrawn", "revoked", "widerrufen", "widersprochen", "retiré", "retirado", "ingetrokken", "dicabut")

_KNOWN = frozenset({*AGREED, *DECLINED, *WITHDRAWN, *REFUSALS})


def is_answer(cell: str) -> bool:
    """Whether a cell says yes or no, and nothing else."""
    return len(cell) <= LONGEST_ANSWER and word_of(cell) in _KNOWN
