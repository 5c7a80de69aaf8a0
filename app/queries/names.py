"""Names that people give to things."""

from app.filters.folding import fold
from app.filters.problems import Code, InvalidValue, Refused
from app.filters.values import read_text

LONGEST_NAME = 200


def read_name(raw: object, path: str) -> str:
    """A name, trimmed, with inner white space made single spaces; raises Refused."""
    try:
        name = " ".join(read_text(raw, LONGEST_NAME).split())
    except InvalidValue as invalid:
        raise Refused.because(invalid.code, invalid.message, path) from None
    if not name:
        raise Refused.because(Code.REQUIRED, "a name is needed", path)
    if len(fold(name)) > 2 * LONGEST_NAME:  # a ligature can fold into many characters, and an index takes so much
        raise Refused.because(Code.TOO_LONG, "this name is too long", path)
    return name
