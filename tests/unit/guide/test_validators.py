"""Field rules: what they take, what they refuse, and that their messages are safe to show."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxr_tui.domain.answers import Known, Value
from cxr_tui.guide.checks.members import sample_rule
from cxr_tui.guide.definition import Rule
from cxr_tui.guide.forms import validators
from cxr_tui.guide.steps.prepare.audience_designer import request_number
from cxr_tui.guide.steps.responsys.first_password import password_rule

NOTHING = Known({})
TEXT_RULES: dict[str, Rule] = {
    "one_line": validators.one_line(),
    "email_address": validators.email_address,
    "https_url": validators.https_url,
    "must_be": validators.must_be("Active", "Because."),
    "iso_date": validators.iso_date,
    "time_of_day": validators.time_of_day,
    "job_name": validators.job_name,
    "file_name": validators.file_name,
    "remote_path": validators.remote_path,
    "request_number": request_number,
}
LIST_RULES: dict[str, Rule] = {
    "list_of_lines": validators.list_of_lines,
    "exactly": validators.exactly(("A", "B"), "Because."),
    "sample_rule": sample_rule,
}
NASTY = st.one_of(
    st.text(),
    st.text(alphabet=st.characters(categories=["Cc", "Cf", "Zl", "Zp"]), min_size=1),
    st.sampled_from(
        [
            "x" * 10_000,
            "\u202e" * 10_000,
            "\x1b]0;title\x07\x1b[2J",
            "[bold red]markup[/]",
            "שלום עולם",
            "\u2066abc\u2069\u202e",
            "name\r\nInjected: header",
            "https://user:pw@host/\x00",
            "../../etc/passwd",
            "☃" * 5000,
        ]
    ),
)


def hidden(text: str) -> list[str]:
    return [char for char in text if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]


@pytest.mark.parametrize("name", TEXT_RULES)
@given(value=NASTY)
def test_whatever_is_typed_the_message_is_short_and_safe(name: str, value: str) -> None:
    problem = TEXT_RULES[name](value, NOTHING)
    if problem is None:
        assert not hidden(value)
    else:
        assert problem.endswith((".", ". ")), problem
        assert len(problem) < 600
        assert not hidden(problem)


@pytest.mark.parametrize("name", LIST_RULES)
@given(value=st.lists(NASTY, max_size=5))
def test_the_same_holds_for_lists(name: str, value: list[str]) -> None:
    problem = LIST_RULES[name](value, NOTHING)
    if problem is None:
        assert not hidden("".join(value))
    else:
        assert len(problem) < 900
        assert not hidden(problem)


@given(value=NASTY)
def test_a_password_never_stands_in_its_own_message(value: str) -> None:
    problem = password_rule(value, Known({"add-user.login_name": "somebody"}))
    if problem is not None and len(value) > 12:
        assert value not in problem


@pytest.mark.parametrize("name", [*TEXT_RULES, *LIST_RULES])
@pytest.mark.parametrize("value", [True, 7, {"a": "b"}])
def test_a_value_of_another_kind_is_refused_not_fatal(name: str, value: Value) -> None:
    assert (TEXT_RULES | LIST_RULES)[name](value, NOTHING)


TAKEN: list[tuple[Rule, Value]] = [
    (validators.one_line(5), "abcde"),
    (validators.email_address, "jane.o'neil+cx@mail.example.co.uk"),
    (validators.https_url, "https://login5.responsys.net"),
    (validators.https_url, "https://login5.responsys.net/"),
    (validators.https_url, "http://127.0.0.1:8080"),
    (validators.https_url, "http://[::1]:8080"),
    (validators.iso_date, "2028-02-29"),
    (validators.time_of_day, "23:45"),
    (validators.time_of_day, "04:05"),
    (validators.job_name, "Export [daily] {A} = 1-2 @ home!_"),
    (validators.job_name, "x" * 100),
    (validators.file_name, "CUSTOMERS.csv"),
    (validators.remote_path, "download/daily"),
    (validators.remote_path, "/home/cli/acme_scp/download"),
    (validators.list_of_lines, ["a", "b"]),
    (validators.exactly(("A", "B"), "Why."), ["B", "A"]),
    (validators.must_be(False, "Why."), False),
    (validators.server, "files.responsys.net"),
    (validators.server, "127.0.0.1:2222"),
    (validators.server, "[::1]:22"),
    (sample_rule, ["1", "1"]),
    (request_number, "3-38114092650"),
]


@pytest.mark.parametrize(("rule", "value"), TAKEN)
def test_what_is_right_is_taken(rule: Rule, value: Value) -> None:
    assert rule(value, NOTHING) is None


REFUSED: list[tuple[Rule, Value, str]] = [
    (validators.one_line(5), "abcdef", "6 characters. Enter at most 5"),
    (validators.one_line(), "  ", "at least one character"),
    (validators.one_line(), " a", "begins or ends with a space"),
    (validators.one_line(), "a\tb", "Character 2 is invisible (␉)"),
    (validators.email_address, "a@b@c.example", "more than one @"),
    (validators.email_address, "jane@localhost", "jane@example.com"),
    (validators.email_address, "a@b.example,c@d.example", "more than one @"),
    (validators.https_url, "http://login5.responsys.net", "with https://"),
    (validators.https_url, "http://127.0.0.1.evil.example", "with https://"),
    (validators.https_url, "https://login5.responsys.net/rest/api", "without a path: https://login5.responsys.net."),
    (validators.https_url, "https://me:secret@login5.responsys.net", "user name or password"),
    (validators.https_url, "https://host:99999", "not a web address"),
    (validators.https_url, "login5.responsys.net", "not a web address"),
    (validators.https_url, "ftp://login5.responsys.net", "not a web address"),
    (validators.iso_date, "2027-02-29", "not a date in the calendar"),
    (validators.iso_date, "1.3.2026", "2026-03-31"),
    (validators.time_of_day, "24:00", "not a time"),
    (validators.job_name, "Export / daily", 'The character "/" (number 8)'),
    (validators.job_name, "Kündigung", 'The character "ü"'),
    (validators.job_name, "x" * 101, "101 characters"),
    (validators.file_name, "a/b.csv", "another field asks for the folder"),
    (validators.file_name, ".hidden", "begins with a dot"),
    (validators.file_name, "a*.csv", 'The character "*"'),
    (validators.remote_path, "download/../upload", "leads to a parent folder"),
    (validators.remote_path, "download\\daily", "separates folders by /"),
    (validators.server, "files.responsys.net:22x", "files.responsys.net, with :PORT"),
    (validators.server, "files.responsys.net:0", "not the address of a server"),
    (validators.server, "files.responsys.net:65536", "not the address of a server"),
    (validators.server, "sftp://files.responsys.net", "not the address of a server"),
    (validators.server, "-oProxyCommand=x", "not the address of a server"),
    (validators.server, "::1:22x", "not the address of a server"),
    (validators.server, "", "at least one character"),
    (validators.list_of_lines, ["a", "a"], "is repeated"),
    (validators.list_of_lines, ["a", " x"], "Line 2:"),
    (validators.exactly(("A", "B"), "Why."), ["A", "C"], "Select B too. Clear C. Why."),
    (validators.must_be(True, "Why."), False, "Select this. Why."),
    (validators.must_be(True, "Why."), 1, "Select this. Why."),
    (validators.must_be("English", "Why."), "German", 'must be "English"'),
    (sample_rule, ["1", " "], "Line 2 is empty"),
    (request_number, "SR 3", "3-12345678901"),
]


@pytest.mark.parametrize(("rule", "value", "said"), REFUSED)
def test_what_is_wrong_is_refused_with_what_would_be_right(rule: Rule, value: Value, said: str) -> None:
    problem = rule(value, NOTHING)
    assert problem is not None
    assert said in problem


@pytest.mark.parametrize("char", "+&%")
def test_a_password_with_a_character_that_api_clients_break_is_refused_by_name(char: str) -> None:
    problem = password_rule(f"Good{char}password1x", NOTHING)
    assert problem is not None
    assert char in problem


@pytest.mark.parametrize("password", ["CXAudience", "ecneiduaxc"])
def test_a_password_is_neither_the_user_name_nor_its_reverse(password: str) -> None:
    problem = password_rule(password, Known({"add-user.login_name": "cxaudience"}))
    assert problem is not None
    assert "reverse" in problem


@pytest.mark.parametrize("password", ["short", "with space in it", "pässword1!", "x" * 129])
def test_other_impossible_passwords_are_refused(password: str) -> None:
    assert password_rule(password, NOTHING)


def test_a_good_password_is_taken() -> None:
    assert password_rule("Quiet-river.42#stones", Known({"add-user.login_name": "x"})) is None
