"""Which addresses may be called."""

import pytest

from app.filters.problems import Refused
from app.queries.webhooks.urls import is_public, read_url


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001:81b::200e"])
def test_public_addresses_may_be_called(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.9.10", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1"),
        *("169.254.169.254", "168.63.129.16", "192.0.0.192", "192.88.99.1", "198.18.0.1", "203.0.113.9"),
        *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "ff0e::1"),
        *("::ffff:8.8.8.8", "::ffff:127.0.0.1", "::8.8.8.8", "64:ff9b::8.8.8.8", "64:ff9b:1::1"),
        *("2002:808:808::1", "2001:0:1::1", "2001:db8::1", "3fff::1", "100::1"),
        *("", "localhost", "127.1", "2130706433", "0x7f.1", "8.8.8.8 "),
    ],
)
def test_all_other_addresses_may_not(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/hook",
        "https://example.com:8443/a?b=c",
        "https://8.8.8.8/",
        "https://[2606:4700::1111]:9/",
    ],
)
def test_a_public_url_is_taken_as_it_is(url: str) -> None:
    assert read_url(f" {url}\n", "input.url", is_private_allowed=False) == url


@pytest.mark.parametrize(
    "url",
    [
        *("", "example.com", "//example.com", "https:", "https:///hook", "ftp://example.com/", "javascript:alert(1)"),
        *("http://example.com/", "https://a@example.com/", "https://a:b@example.com/", "https://example.com/#part"),
        *(
            "https://exa mple.com/",
            "https://exam\tple.com/",
            "https://example.com\\@127.0.0.1/",
            "https://exämple.com",
        ),
        *("https://example.com:0/", "https://example.com:70000/", "https://example.com:x/", "https://[::1/"),
        *(
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://[::1]/",
            "https://[::ffff:8.8.8.8]/",
        ),
        *("https://localhost/", "https://LOCALHOST./", "https://a.localhost/", "https://metadata.google.internal/"),
    ],
)
def test_no_other_url_is_taken(url: str) -> None:
    with pytest.raises(Refused):
        read_url(url, "input.url", is_private_allowed=False)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/", "https://[::1]/", "http://localhost/", "http://pilah.internal/"]
)
def test_private_urls_are_taken_where_they_are_allowed(url: str) -> None:
    assert read_url(url, "input.url", is_private_allowed=True) == url
    with pytest.raises(Refused):
        read_url(url.replace("//", "//user@"), "input.url", is_private_allowed=True)
