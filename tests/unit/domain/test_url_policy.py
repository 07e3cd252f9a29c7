"""Which hosts belong together, and which parts of a URL decide where a call goes."""

from __future__ import annotations

import pytest

from cxr_tui.domain.url_policy import LOOPBACK, RESPONSYS, Address, host_of, is_loopback, provider, split


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", LOOPBACK),
        ("127.8.9.10", LOOPBACK),
        ("::1", LOOPBACK),
        ("login5.responsys.net", RESPONSYS),
        ("responsys.net", RESPONSYS),
        ("a.b.rsys8.net", RESPONSYS),
        ("xresponsys.net", "xresponsys.net"),
        ("responsys.net.example.org", "example.org"),
        ("10.1.2.3", "10.1.2.3"),
        ("2001:db8::1", "2001:db8::1"),
        ("a.b.example.com", "example.com"),
        ("example.com", "example.com"),
        ("shop.example.co.uk", "example.co.uk"),
        ("shop.example.com.au", "example.com.au"),
        ("example.co.uk", "example.co.uk"),
        ("co.uk", "co.uk"),
        ("www.beispiel.de", "beispiel.de"),
        ("shop.abcd.uk", "abcd.uk"),
        ("shop.example.abc.net", "abc.net"),
        ("localhost.example", "localhost.example"),
    ],
)
def test_a_host_belongs_to_its_provider(host: str, expected: str) -> None:
    assert provider(host) == expected


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.255.255.254", "::1"])
def test_this_machine_is_loopback(host: str) -> None:
    assert is_loopback(host) is True


@pytest.mark.parametrize("host", ["", "a.localhost", "128.0.0.1", "::2", "example.com", "10.0.0.1"])
def test_other_hosts_are_not_loopback(host: str) -> None:
    assert is_loopback(host) is False


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTPS://Login5.Responsys.net", Address("https", "login5.responsys.net", None, user_info=False, more=False)),
        ("https://a.example.:8443/", Address("https", "a.example", 8443, user_info=False, more=True)),
        ("https://u:p@a.example", Address("https", "a.example", None, user_info=True, more=False)),
        ("https://a.example?q", Address("https", "a.example", None, user_info=False, more=True)),
        ("https://a.example#f", Address("https", "a.example", None, user_info=False, more=True)),
        ("https://10.1.2.3", Address("https", "10.1.2.3", None, user_info=False, more=False)),
        ("https://[2001:db8::1]:99", Address("https", "2001:db8::1", 99, user_info=False, more=False)),
        ("https://a_b.example", Address("https", "", None, user_info=False, more=False)),
        ("https://-a.example", Address("https", "", None, user_info=False, more=False)),
        ("https://a.example:port", Address("", "", None, user_info=False, more=False)),
    ],
)
def test_a_url_is_split_into_what_decides_where_it_goes(url: str, expected: Address) -> None:
    assert split(url) == expected


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://a.example/x?y", "https://a.example"),
        ("https://a.example:8443/x", "https://a.example:8443"),
        ("http://[::1]:80", "http://[::1]:80"),
        ("https://10.1.2.3/", "https://10.1.2.3"),
    ],
)
def test_the_base_of_a_url_is_scheme_host_and_port(url: str, base: str) -> None:
    assert split(url).base == base


@pytest.mark.parametrize(
    ("url", "host"), [("https://A.Example.:1/x", "a.example"), ("no url", ""), ("https://[half", "")]
)
def test_the_host_of_a_url_is_lower_case_without_port(url: str, host: str) -> None:
    assert host_of(url) == host
