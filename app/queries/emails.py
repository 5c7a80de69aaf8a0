"""What counts as an e-mail address."""

import re

from email_validator import EmailNotValidError, validate_email

from app.filters.folding import fold, is_storable
from app.filters.problems import Code, InvalidValue, Refused

LONGEST = 254

# What nearly all addresses look like: sound by inspection, so that millions of rows needn't be parsed.
_PLAIN = re.compile(
    r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}", re.ASCII
)


def read_email(raw: object) -> str:
    """The address, trimmed and otherwise as entered; raises InvalidValue."""
    if not isinstance(raw, str) or not raw.strip():
        raise InvalidValue(Code.INVALID_EMAIL, "an e-mail address is needed")
    address = raw.strip()
    if len(address) <= LONGEST and address.find("@") <= 64 and _PLAIN.fullmatch(address):
        return address
    if len(address) > LONGEST or not is_storable(address) or len(fold(address)) > 2 * LONGEST:
        raise InvalidValue(Code.INVALID_EMAIL, "this is not an e-mail address")
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise InvalidValue(Code.INVALID_EMAIL, f'"{address[:80]}" is not an e-mail address') from None
    return address


def read_email_at(raw: object, path: str) -> str:
    """The address at a place of a request, read likewise; raises Refused."""
    try:
        return read_email(raw)
    except InvalidValue as invalid:
        raise Refused.because(invalid.code, invalid.message, path) from None
