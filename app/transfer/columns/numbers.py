"""Numbers with commas, made plain decimals."""

import re

from app.filters.problems import Code, InvalidValue, shown

# Identifiers and telephone numbers are texts: digits with leading zeros, with a plus sign, or too many of them.
MOST_DIGITS = 15

_FEW_DIGITS = rf"(?!(?:\D*\d){{{MOST_DIGITS + 1}}})"
_WHOLE = r"(?:0|[1-9]\d{0,2}(?:%s\d{3})+|[1-9]\d*)"
_PATTERNS = {
    "": r"-?(?:0|[1-9]\d*)(?:\.\d+)?",
    "comma": rf"-?{_WHOLE % '[.]'}(?:,\d+)?",
    "thousands": rf"-?{_WHOLE % ','}(?:[.]\d+)?",
}
_EXAMPLES = {"comma": "1.234,56", "thousands": "1,234.56"}
_TO_PLAIN = {"comma": {ord("."): "", ord(","): "."}, "thousands": {ord(","): ""}}

FORMS = tuple(_PATTERNS)


def pattern_of(form: str) -> re.Pattern[str]:
    """Fits a cell that holds a number in this form, blanks around it allowed."""
    return re.compile(rf"\s*{_FEW_DIGITS}{_PATTERNS[form]}\s*", re.ASCII)


def read(text: str, form: str) -> str:
    """Plain digits out of a number in a form of FORMS; raises InvalidValue where it isn't so written."""
    if not form:
        return text.strip()
    if not re.fullmatch(_PATTERNS[form], text.strip(), re.ASCII):
        raise InvalidValue(Code.INVALID_NUMBER, f"{shown(text)} is not a number written as {_EXAMPLES[form]}")
    return text.strip().translate(_TO_PLAIN[form])
