"""A status column's words as the caller gives them: none makes anybody sendable who refused."""

from app.filters.problems import Code, InvalidValue, shown
from app.filters.values import read_text
from app.filters.vocabulary import OPT_OUTS, Status
from app.transfer.columns.statuses import ANY_OTHER, REFUSALS, USUAL, Words, refusal_in, word_of
from app.transfer.columns.words import LONGEST_WORD

MOST_WORDS = 200

REFUSING = tuple(status.value for status in OPT_OUTS)
_USUALLY_ACTIVE = frozenset(word for word, status in USUAL if status == Status.ACTIVE.value)


def read_words(raw: object) -> Words:
    """Words and their statuses out of JSON; raises InvalidValue, as where a usual refusal is to mean no refusal."""
    if not isinstance(raw, dict) or not raw or len(raw) > MOST_WORDS:
        message = f'say at most {MOST_WORDS} of the column\'s words and their statuses, as {{"in": "ACTIVE"}}'
        raise InvalidValue(Code.INVALID_STATUS, message)
    found = dict[str, str]()
    for given, status in raw.items():
        word = word_of(read_text(given, LONGEST_WORD))
        if word in found:
            raise InvalidValue(Code.TAKEN, f"the word {shown(given)} is given twice")
        found[word] = _meaning(given, word, status)
    return tuple(found.items())


def with_usual_refusals(given: Words) -> Words:
    """A caller's words, and the usual ones of those who must not be mailed."""
    named = {word for word, _ in given}
    return given + tuple((word, status) for word, status in REFUSALS.items() if word not in named)


def with_refusals_of(known: Words, words: Words) -> Words:
    """Words for a column that is known to say who must not be mailed: its refusals hold beside them.

    Without words, as a field has none, any other says nothing.
    """
    words = words or ((ANY_OTHER, ""),)
    refusals = {word: status for word, status in known if status in REFUSING}
    kept = {word: status for word, status in words if word not in refusals or status in REFUSING}
    return tuple((refusals | kept).items())


def states_consent(given: Words) -> bool:
    """Whether the caller lets a word mean ACTIVE that isn't usual for it: then the consent is theirs to state."""
    return any(status == Status.ACTIVE.value and word not in _USUALLY_ACTIVE for word, status in given)


def _meaning(given: str, word: str, status: object) -> str:
    known = [each.value for each in Status]
    if not isinstance(status, str) or status not in (*known, ""):
        listed = ", ".join(known)
        raise InvalidValue(Code.UNKNOWN_OPTION, f"{shown(status)} is no status; it is one of {listed}")
    if (word in REFUSALS or refusal_in(given) in OPT_OUTS) and status not in REFUSING:
        message = f"{shown(given)} is said of people who must not be mailed; it is {' or '.join(REFUSING)}"
        raise InvalidValue(Code.INVALID_STATUS, message)
    return status
