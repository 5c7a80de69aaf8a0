"""What counts as an e-mail address, and which ones are the same."""

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from app.filters.addresses import fold_address, may_be_encoded
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
    if len(address) <= LONGEST and address.find("@") <= 64 and _is_plain(address):
        return address
    if len(address) > LONGEST or not is_storable(address) or len(fold(address)) > 2 * LONGEST:
        raise InvalidValue(Code.INVALID_EMAIL, "this is not an e-mail address")
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise InvalidValue(Code.INVALID_EMAIL, f'"{address[:80]}" is not an e-mail address') from None
    return address


def _is_plain(address: str) -> bool:
    return _PLAIN.fullmatch(address) is not None and not may_be_encoded(address)


def fold_email(address: str) -> str:
    """An address as it is compared: folded, its domain as a browser reads it (UTS 46); other text is folded, too."""
    if address.isascii() and not may_be_encoded(address):
        return " ".join(address.lower().split())
    local, at, domain = address.strip().rpartition("@")
    return fold_address(f"{local}{at}{_ascii(domain) if len(domain) <= LONGEST else domain}")


@lru_cache(maxsize=4_096)
def _ascii(domain: str) -> str:
    try:
        return validate_email(f"a@{domain}", check_deliverability=False, test_environment=True).ascii_domain
    except EmailNotValidError:
        return domain


def read_email_at(raw: object, path: str) -> str:
    """The address at a place of a request, read likewise; raises Refused."""
    try:
        return read_email(raw)
    except InvalidValue as invalid:
        raise Refused.because(invalid.code, invalid.message, path) from None
