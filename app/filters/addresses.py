"""E-mail addresses, and pieces of one, as they are compared: in one spelling of their domain."""

import re

from app.filters.folding import fold, is_storable

# What NFKC leaves of the other full stops, and of what nobody sees.
_SPELLINGS = {ord("。"): "."} | dict.fromkeys([0xAD, 0x200B, 0x2060, 0x2064, 0xFEFF, *range(0xFE00, 0xFE10)])
_ENCODED = re.compile(r"(?<![^.])xn--([a-z0-9-]{1,59})(?![^.])")


def may_be_encoded(text: str) -> bool:
    """Whether a domain in it may be in punycode."""
    return "--" in text and "xn--" in text.lower()


def fold_address(text: str) -> str:
    """`text` folded, its domain in one spelling: all behind the last `@`. A piece without one may be a domain."""
    local, at, domain = fold(text).rpartition("@")
    if at and not domain.isascii():
        domain = fold(domain.translate(_SPELLINGS))
    return f"{local}{at}{_ENCODED.sub(_spelled_out, domain)}"


def _spelled_out(label: re.Match[str]) -> str:
    try:
        text = label[1].encode().decode("punycode")
    except UnicodeError:
        return label[0]
    return label[0] if text.isascii() or not is_storable(text) else fold(text)
