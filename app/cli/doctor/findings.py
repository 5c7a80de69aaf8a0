"""What an examination finds: good, worth a thought, or a problem, with what to do about it."""

from dataclasses import dataclass
from enum import Enum


class Weight(Enum):
    """How much a finding matters."""

    GOOD = "good"
    HINT = "hint"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about the deployment, and what to do; what is good needs no advice."""

    weight: Weight
    sentence: str
    advice: str = ""


def good(sentence: str) -> Finding:
    """All is well there."""
    return Finding(Weight.GOOD, sentence)


def hint(sentence: str, advice: str) -> Finding:
    """It works, but could be better."""
    return Finding(Weight.HINT, sentence, advice)


def problem(sentence: str, advice: str) -> Finding:
    """It doesn't work, or won't for long."""
    return Finding(Weight.PROBLEM, sentence, advice)
