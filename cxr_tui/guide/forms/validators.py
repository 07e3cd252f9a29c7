"""Field rules: small functions that return what is wrong with a value and how to correct it.

A rule reads one value, and earlier values where needed; only checks look at the world. Some are rules themselves
(`email_address`), others return a rule (`one_line(40)`, `must_be(True, "...")`).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence
from datetime import date

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.text import is_hidden, quoted, visible
from cxr_tui.domain.url_policy import is_loopback, split
from cxr_tui.guide.definition import Rule

JOB_NAME_LIMIT = 100
"""Longest name of a Connect job in characters (facts B.5; documented)."""
FILE_NAME_LIMIT = 200
"""Longest file name accepted here, in characters; no limit is documented, file systems end at 255 bytes."""

SSH_PORT = 22
MOST_PORT = 65_535
_HOST = re.compile(r"(?!-)(?=.{1,253}\Z)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?")
_PORT = re.compile(r"[0-9]{1,5}")
_JOB_NAME_CHARACTER = re.compile(r"[A-Za-z0-9 !\-=@_\[\]{}]")
_FILE_NAME_CHARACTER = re.compile(r"[A-Za-z0-9 ._\-]")
_ADDRESS = re.compile(
    r"[^\s@<>()\",;:\\\[\]]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]+"
)
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_NOT_TEXT = "This must be text."


def one_line(limit: int = 255) -> Rule:
    """Return the rule for one line of text: not blank, nothing invisible, at most `limit` characters."""

    def rule(value: Value, _: Known) -> str | None:
        if not isinstance(value, str):
            return _NOT_TEXT
        if not value.strip():
            return "Enter at least one character."
        if value != value.strip():
            return f"{quoted(value)} begins or ends with a space. Remove the space."
        hidden = next(filter(is_hidden, value), "")
        if hidden:
            place = value.index(hidden) + 1
            return f"Character {place} is invisible ({visible(hidden)}). Type the text instead of pasting it."
        if len(value) > limit:
            return f"This has {len(value)} characters. Enter at most {limit}."
        return None

    return rule


def rule_of_line(limit: int) -> Callable[[Callable[[str], str | None]], Rule]:
    """Make a rule of a function that judges one line, which `one_line` has accepted."""

    def rule_of(judge: Callable[[str], str | None]) -> Rule:
        return lambda value, known: one_line(limit)(value, known) or judge(str(value))

    return rule_of


@rule_of_line(254)
def email_address(text: str) -> str | None:
    """Accept one plain address such as `jane@example.com`."""
    if text.count("@") > 1:
        return f"{quoted(text)} has more than one @. Enter one address, for example jane@example.com."
    if not _ADDRESS.fullmatch(text):
        return f"{quoted(text)} is not an email address. Enter one, for example jane@example.com."
    return None


@rule_of_line(300)
def https_url(text: str) -> str | None:
    """Accept `https://host[:port]` without path, user or query; http only for this computer.

    Login names and passwords are sent to this address, so that TLS is required (facts A.1; documented).
    """
    example = "Enter one, for example https://login5.responsys.net."
    address = split(text)
    if address.scheme not in ("https", "http") or not address.host:
        return f"{quoted(text)} is not a web address. {example}"
    if address.user_info:
        return (
            "This address contains a user name or password. Enter the address without them; other fields ask for them."
        )
    if split(text.removesuffix("/")).more:
        return f"Enter only the host, without a path: {visible(address.base, 100)}."
    if address.scheme == "http" and not is_loopback(address.host):
        return f"{quoted(text)} is not encrypted. Enter it with https://."
    return None


def must_be(value: Value, why: str) -> Rule:
    """Return the rule that allows a single value; `why` is a sentence."""

    def rule(given: Value, _: Known) -> str | None:
        if given == value and isinstance(given, bool) == isinstance(value, bool):
            return None
        if value is True:
            return f"Select this. {why}"
        if value is False:
            return f"Leave this cleared. {why}"
        return f"This is {quoted(given)} and must be {quoted(value)}. {why}"

    return rule


def iso_date(value: Value, _: Known) -> str | None:
    """Accept a date as `YYYY-MM-DD`."""
    if not isinstance(value, str):
        return _NOT_TEXT
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            date.fromisoformat(value)
        except ValueError:
            return f"{quoted(value)} is not a date in the calendar. Enter one, for example 2026-03-31."
        return None
    return f"{quoted(value)} is not a date. Enter year, month and day, for example 2026-03-31."


def time_of_day(value: Value, _: Known) -> str | None:
    """Accept `HH:MM`."""
    if not isinstance(value, str):
        return _NOT_TEXT
    if _TIME.fullmatch(value) is None:
        return f"{quoted(value)} is not a time. Enter hours and minutes, for example 02:15."
    return None


def server_address(text: str) -> tuple[str, int] | None:
    """Return host and port, None for anything else; an IPv6 address is in brackets where a port follows it."""
    if _is_ipv6(text):
        return text, SSH_PORT
    host, colon, port = text.rpartition(":")
    if not colon or port.endswith("]"):
        host, port = text, str(SSH_PORT)
    if host.startswith("[") and host.endswith("]") and _is_ipv6(host[1:-1]):
        host = host[1:-1]
    elif not _HOST.fullmatch(host):
        return None
    if not _PORT.fullmatch(port) or not 0 < int(port) <= MOST_PORT:
        return None
    return host, int(port)


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return "%" not in text


@rule_of_line(255)
def server(text: str) -> str | None:
    """Accept a host with or without a port, such as `files.responsys.net`."""
    if server_address(text) is None:
        return (
            f"{quoted(text)} is not the address of a server. Enter one, for example files.responsys.net, with :PORT "
            "only if the screen shows a port."
        )
    return None


def job_name(value: Value, _: Known) -> str | None:
    """Accept a valid name of a Connect job, else name the invalid character (facts B.5; documented)."""
    if not isinstance(value, str):
        return _NOT_TEXT
    if not value.strip():
        return "Enter a job name with at least one letter or digit."
    wrong = next((char for char in value if not _JOB_NAME_CHARACTER.fullmatch(char)), "")
    if wrong:
        return (
            f"The character {quoted(wrong)} (number {value.index(wrong) + 1}) is not allowed in a job name. "
            "Use A-Z, a-z, 0-9, space and ! - = @ _ [ ] { }."
        )
    if len(value) > JOB_NAME_LIMIT:
        return f"This name has {len(value)} characters. Connect accepts at most {JOB_NAME_LIMIT}."
    return None


@rule_of_line(FILE_NAME_LIMIT)
def file_name(text: str) -> str | None:
    """Accept a plain file name: no folder, nothing with a special meaning for a file server or a shell."""
    if "/" in text or "\\" in text:
        return "This name contains a folder. Enter only the file name; another field asks for the folder."
    if text.startswith(".") or text.strip(".") == "":
        return f"{quoted(text)} begins with a dot and would be hidden. Start with a letter or digit."
    wrong = next((char for char in text if not _FILE_NAME_CHARACTER.fullmatch(char)), "")
    if wrong:
        return (
            f"The character {quoted(wrong)} causes problems in file names. Use only letters, digits, spaces, . - and _."
        )
    return None


@rule_of_line(255)
def remote_path(text: str) -> str | None:
    """Accept a folder on the file server such as `download` or `download/daily`, without `..`."""
    if "\\" in text:
        return "The file server separates folders by /. Enter for example download/daily."
    if ".." in text.split("/"):
        return (
            f"{quoted(text)} leads to a parent folder. Enter the folder as shown on the screen, for example download."
        )
    return None


def list_of_lines(value: Value, known: Known) -> str | None:
    """Accept several lines of text, none of them repeated."""
    if not isinstance(value, list):
        return "This must be a list of lines. Enter one value per line."
    for number, line in enumerate(value, 1):
        problem = one_line()(line, known)
        if problem:
            return f"Line {number}: {problem}"
    twice = next((line for line in value if value.count(line) > 1), None)
    return None if twice is None else f"{quoted(twice)} is repeated. Enter it once."


def exactly(values: Sequence[str], why: str) -> Rule:
    """Return the rule for a checklist with exactly these selected; `why` is a sentence."""

    def rule(value: Value, _: Known) -> str | None:
        if not isinstance(value, list):
            return f"This must be a list. Select {' and '.join(values)}."
        missing = [one for one in values if one not in value]
        extra = [visible(one, 60) for one in value if one not in values]
        orders = []
        if missing:
            orders.append(f"Select {' and '.join(missing)} too.")
        if extra:
            orders.append(f"Clear {', '.join(extra[:5])}{' and more' if len(extra) > 5 else ''}.")
        return f"{' '.join(orders)} {why}" if orders else None

    return rule
