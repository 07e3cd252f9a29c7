"""Field rules: small functions that say what is wrong with a value and what would be right.

A rule looks at one value, and at earlier ones where it has to. It never looks at the world; checks do that. Plain rules
are used as they are (`email_address`), the others are made (`one_line(40)`, `must_be(True, "...")`).
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from urllib.parse import urlsplit

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.text import quoted, visible
from cxr_tui.guide.definition import Rule
from cxr_tui.guide.forms.server_address import server_address

JOB_NAME_LIMIT = 100
"""Longest name of a Connect job in characters (facts B.5; documented)."""
FILE_NAME_LIMIT = 200
"""Longest file name accepted here, in characters; no limit is documented, file systems end at 255 bytes."""

_JOB_NAME_CHARACTER = re.compile(r"[A-Za-z0-9 !\-=@_\[\]{}]")
_FILE_NAME_CHARACTER = re.compile(r"[A-Za-z0-9 ._\-]")
_ADDRESS = re.compile(
    r"[^\s@<>()\",;:\\\[\]]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]+"
)
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_NOT_PRINTED = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_NOT_TEXT = "This must be text."


def hidden_character(text: str) -> str:
    """Return the first character that cannot be seen (control, direction, line break), `` where there is none."""
    return next((char for char in text if unicodedata.category(char) in _NOT_PRINTED), "")


def one_line(limit: int = 255) -> Rule:
    """Return the rule for one line of text: something is there, nothing invisible, at most `limit` characters."""

    def rule(value: Value, _: Known) -> str | None:
        if not isinstance(value, str):
            return _NOT_TEXT
        if not value.strip():
            return "This is empty. Enter at least one character."
        if value != value.strip():
            return f"{quoted(value)} begins or ends with a space. Enter it without."
        hidden = hidden_character(value)
        if hidden:
            place = value.index(hidden) + 1
            return f"Character {place} is invisible ({visible(hidden)}). Type the text instead of pasting it."
        if len(value) > limit:
            return f"This has {len(value)} characters. Enter at most {limit}."
        return None

    return rule


def email_address(value: Value, known: Known) -> str | None:
    """Accept one plain address such as `jane@example.com`."""
    problem = one_line(254)(value, known)
    if problem:
        return problem
    text = str(value)
    if text.count("@") > 1:
        return f"{quoted(text)} has more than one @. Enter exactly one address, such as jane@example.com."
    if not _ADDRESS.fullmatch(text):
        return f"{quoted(text)} is no email address. Enter one such as jane@example.com."
    return None


def https_url(value: Value, known: Known) -> str | None:
    """Accept `https://host[:port]` without path, user or query; http only where the host is this machine.

    Login names and passwords travel to this address, so it is never anything but TLS (facts A.1; documented).
    """
    problem = one_line(300)(value, known)
    if problem:
        return problem
    text = str(value)
    example = "Enter one such as https://login5.responsys.net."
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return f"{quoted(text)} is no web address. {example}"
    if parts.scheme not in ("https", "http") or not re.fullmatch(r"[A-Za-z0-9.:\-]+", host):
        return f"{quoted(text)} is no web address. {example}"
    if parts.username is not None or parts.password is not None:
        return "A user name or password stands in this address. Enter the address alone; they are asked for elsewhere."
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        right = visible(f"{parts.scheme}://{parts.netloc}", 100)
        return f"Only the host is wanted, without a path. Enter {right}."
    if parts.scheme == "http" and not loopback(text):
        return f"{quoted(text)} is not encrypted. Enter it with https:// in front."
    return None


def host_of(url: str) -> str:
    """Return the host of a URL, `` where there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def loopback(url: str) -> bool:
    """Say whether a URL points at this machine."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def must_be(value: Value, why: str) -> Rule:
    """Return the rule that allows one value only; `why` is a sentence."""

    def rule(given: Value, _: Known) -> str | None:
        if given == value and isinstance(given, bool) == isinstance(value, bool):
            return None
        if value is True:
            return f"This has to be ticked. {why}"
        if value is False:
            return f"This has to stay unticked. {why}"
        return f"This is {quoted(given)} and has to be {quoted(value)}. {why}"

    return rule


def iso_date(value: Value, _: Known) -> str | None:
    """Accept a day as `YYYY-MM-DD`."""
    if not isinstance(value, str):
        return _NOT_TEXT
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            date.fromisoformat(value)
        except ValueError:
            return f"{quoted(value)} is no day of the calendar. Enter one such as 2026-03-31."
        return None
    return f"{quoted(value)} is no date. Enter year, month and day as in 2026-03-31."


def time_of_day(value: Value, _: Known) -> str | None:
    """Accept `HH:MM`."""
    if not isinstance(value, str):
        return _NOT_TEXT
    if _TIME.fullmatch(value) is None:
        return f"{quoted(value)} is no time. Enter hours and minutes as in 02:15."
    return None


def server(value: Value, known: Known) -> str | None:
    """Accept a host with or without a port, such as `files.responsys.net`."""
    problem = one_line(255)(value, known)
    if problem:
        return problem
    if server_address(str(value)) is None:
        return (
            f"{quoted(value)} is no address of a server. Enter one such as files.responsys.net, and :PORT behind it "
            "only where the screen shows one."
        )
    return None


def job_name(value: Value, _: Known) -> str | None:
    """Accept a name that a Connect job may have, else name the offending character (facts B.5; documented)."""
    if not isinstance(value, str):
        return _NOT_TEXT
    if not value.strip():
        return "A job needs a name. Enter at least one letter or digit."
    wrong = next((char for char in value if not _JOB_NAME_CHARACTER.fullmatch(char)), "")
    if wrong:
        return (
            f"The character {quoted(wrong)} (number {value.index(wrong) + 1}) is not allowed in a job name. "
            "Use A-Z, a-z, 0-9, space and ! - = @ _ [ ] { }."
        )
    if len(value) > JOB_NAME_LIMIT:
        return f"This name has {len(value)} characters. Connect takes at most {JOB_NAME_LIMIT}."
    return None


def file_name(value: Value, known: Known) -> str | None:
    """Accept a plain file name: no folder, nothing that a file server or a shell could take for something else."""
    problem = one_line(FILE_NAME_LIMIT)(value, known)
    if problem:
        return problem
    text = str(value)
    if "/" in text or "\\" in text:
        return "A folder stands in this name. Enter the file name alone; the folder has a field of its own."
    if text.startswith(".") or text.strip(".") == "":
        return f"{quoted(text)} begins with a dot and would be hidden. Begin with a letter or digit."
    wrong = next((char for char in text if not _FILE_NAME_CHARACTER.fullmatch(char)), "")
    if wrong:
        return f"The character {quoted(wrong)} makes trouble in file names. Use letters, digits, space, and . _ - only."
    return None


def remote_path(value: Value, known: Known) -> str | None:
    """Accept a folder on the file server such as `download` or `download/daily`, without steps upwards."""
    problem = one_line(255)(value, known)
    if problem:
        return problem
    text = str(value)
    if "\\" in text:
        return "Folders are separated by / on the file server. Enter it as in download/daily."
    if ".." in text.split("/"):
        return f"{quoted(text)} leads upwards. Enter the folder as the screen shows it, such as download."
    return None


def list_of_lines(each: Rule | None = None) -> Rule:
    """Return the rule for several lines: each one holds `each` (plain text by default), and none stands there twice."""
    rule_of_line = each or one_line()

    def rule(value: Value, known: Known) -> str | None:
        if not isinstance(value, list):
            return "This must be a list of lines. Enter one value a line."
        for number, line in enumerate(value, 1):
            problem = rule_of_line(line, known)
            if problem:
                return f"Line {number}: {problem}"
        twice = next((line for line in value if value.count(line) > 1), None)
        return None if twice is None else f"{quoted(twice)} stands there more than once. Keep it once."

    return rule


def exactly(values: Sequence[str], why: str) -> Rule:
    """Return the rule for a check list in which these and no others are ticked; `why` is a sentence."""

    def rule(value: Value, _: Known) -> str | None:
        if not isinstance(value, list):
            return f"This must be a list. Tick {' and '.join(values)}."
        missing = [one for one in values if one not in value]
        extra = [visible(one, 60) for one in value if one not in values]
        said = []
        if missing:
            said.append(f"Tick {' and '.join(missing)} too.")
        if extra:
            said.append(f"Untick {', '.join(extra[:5])}{' and more' if len(extra) > 5 else ''}.")
        return f"{' '.join(said)} {why}" if said else None

    return rule
