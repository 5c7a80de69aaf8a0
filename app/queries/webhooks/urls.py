"""Addresses that may be called: of the public internet alone, unless the operator allows private ones too."""

from ipaddress import IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from app.filters.problems import Code, InvalidValue, Refused
from app.filters.values import read_text

LONGEST_URL = 2_000

# These pass for public ones: a cloud's own agent, relays and disguises of other addresses, documentation.
_BARRED = [
    ip_network(each)
    for each in ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "2001::/32", "2002::/16", "3fff::/20")
]
_UNICAST = IPv6Network("2000::/3")  # IPv4 in IPv6, NAT64 and site-local addresses lie beyond


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet; for any other text False."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if not parsed.is_global or parsed.is_multicast or parsed.is_reserved:
        return False
    if any(parsed in barred for barred in _BARRED):
        return False
    return parsed.version == 4 or parsed in _UNICAST


def read_url(raw: object, path: str, *, is_private_allowed: bool) -> str:
    """An address of https that a webhook may have; private ones and http where they are allowed. Raises Refused.

    Names are not looked up: what they lead to is checked whenever it is called.
    """
    try:
        url = read_text(raw, LONGEST_URL).strip()
    except InvalidValue as invalid:
        raise Refused.because(invalid.code, invalid.message, path) from None
    problem = _problem(url, is_private_allowed)
    if problem is not None:
        raise Refused.because(Code.NOT_ALLOWED, problem, path)
    return url


def _problem(url: str, is_private_allowed: bool) -> str | None:
    parts = _parted(url)
    if parts is None or not parts.hostname or not (url.isascii() and url.isprintable()) or " " in url or "\\" in url:
        return "write a whole address in ASCII, such as https://example.com/hook"
    if parts.scheme != "https" and not (is_private_allowed and parts.scheme == "http"):
        return f"the address has to begin with https://{' or http://' if is_private_allowed else ''}"
    if "@" in parts.netloc:
        return "leave name and password out of the address; each message is signed instead"
    if "#" in url:
        return "leave out what follows #; it would not be sent"
    if not is_private_allowed and _is_surely_private(parts.hostname):
        return "this address is a private one, which the operator of this server doesn't allow"
    return None


def _parted(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None
    except ValueError:
        return None


def _is_surely_private(host: str) -> bool:
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith((".localhost", ".local", ".internal")):
        return True
    is_number = ":" in name or name.rpartition(".")[2].isdigit()
    return is_number and not is_public(name)
