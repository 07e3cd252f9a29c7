"""Which address belongs to which answer of the account step."""

from __future__ import annotations

import pytest

from cxr_tui.domain.answers import Known, Value
from cxr_tui.guide.forms.login_hosts import PODS, audience_url, browser_url, chosen_host, host_choice, login_url


@pytest.mark.parametrize("pod", PODS)
def test_each_pod_is_recognised_by_its_login_url(pod: object) -> None:
    assert host_choice(pod.login) == pod.id  # type: ignore[attr-defined]  # each pod has both
    assert login_url(Known({"account.login_host": pod.id})) == pod.login  # type: ignore[attr-defined]  # each pod has both


def test_the_documented_hosts_are_these() -> None:
    assert [pod.login for pod in PODS] == [
        "https://login2.responsys.net",
        "https://login5.responsys.net",
        "https://login.rsys8.net",
        "https://login.rsys9.net",
    ]


RESOLVED: list[tuple[dict[str, Value], str, str]] = [
    ({}, "", ""),
    ({"account.login_url": "https://LOGIN5.responsys.net/"}, "interact5", "https://login5.responsys.net"),
    ({"account.login_url": "http://127.0.0.1:4711"}, "other", "http://127.0.0.1:4711"),
    (
        {"account.login_url": "https://abc-api.responsys.ocs.oraclecloud.com"},
        "global",
        "https://abc-api.responsys.ocs.oraclecloud.com",
    ),
    (
        {"account.login_host": "global", "account.routing_token": "abc"},
        "global",
        "https://abc-api.responsys.ocs.oraclecloud.com",
    ),
    ({"account.login_host": "global"}, "global", ""),
    ({"account.login_host": "other"}, "other", ""),
    (
        {"account.login_host": "interact8", "account.login_url": "http://127.0.0.1:1"},
        "interact8",
        "https://login.rsys8.net",
    ),
]


@pytest.mark.parametrize(("answers", "choice", "url"), RESOLVED)
def test_answers_lead_to_one_login_url(answers: dict[str, Value], choice: str, url: str) -> None:
    known = Known({f"account.{key.removeprefix('account.')}": value for key, value in answers.items()})
    assert chosen_host(known) == choice
    assert login_url(known) == url


def test_a_token_becomes_the_host_of_cx_audience_and_a_url_stays_one() -> None:
    assert audience_url("acme") == "https://acme-api.prod.cxaudience.ocs.oraclecloud.com"
    assert audience_url("http://127.0.0.1:99/") == "http://127.0.0.1:99"
    assert audience_url(" ") == ""


def test_the_browser_goes_to_the_pod_and_nowhere_in_a_rehearsal() -> None:
    assert browser_url("https://login5.responsys.net") == "https://interact5.responsys.net"
    assert browser_url("http://127.0.0.1:99") == ""
    assert browser_url("https://abc-api.responsys.ocs.oraclecloud.com") == ""
