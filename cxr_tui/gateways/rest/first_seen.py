"""Finds undocumented words in an answer, and never a value or a customer's own name.

Only the members are searched that the documents fill with one of a few words, and only for words in the usual spelling;
times become patterns. Records of people are not searched. A word that also occurs elsewhere in the answer or in the
call is a customer's name and is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from cxr_tui.domain.errors import MalformedError
from cxr_tui.domain.first_seen import FirstSeen, WordKind, bare
from cxr_tui.gateways.rest.http_client import HttpAnswer
from cxr_tui.gateways.rest.response_models import anything, decode

MOST_WORDS = 20
"""Most words from one answer, as a server could send any number."""
_MOST_BYTES = 1024 * 1024
"""A larger answer is not searched, because that would block the screen."""


@dataclass(frozen=True)
class Words:
    """The documented words of a member."""

    kind: WordKind
    known: str

    def undocumented(self, value: object) -> str:
        """Return an undocumented word, empty for anything else; of times only the pattern remains."""
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            return ""
        word = str(value)[:100].strip()
        if self.kind is WordKind.FORMAT:
            word = _LETTERS.sub(lambda found: found[0] if found[0] in _MARKS else "a" * len(found[0]), word)
        if self.kind in (WordKind.FORMAT, WordKind.TYPE, WordKind.TIME_ZONE):
            word = re.sub(r"\d", "9", word)
        longest = 60 if self.kind is WordKind.ERROR_CODE else 40
        spelled = len(word) <= longest and re.fullmatch(_SPELLING[self.kind], word)
        return word if spelled and not re.fullmatch(self.known, word, re.IGNORECASE) else ""


CODES = (
    "ACCOUNT_SUSPENDED API_BLOCKED API_DISABLED_FOR_USER API_LIMIT_EXCEEDED CAMPAIGN_ALREADY_EXISTS "
    "CAMPAIGN_NOT_FOUND CLIENT_CERTIFICATE_EXPIRED CLIENT_CERTIFICATE_NOT_FOUND CLIENT_CERTIFICATE_NOT_YET_VALID "
    "CONNECT_DISABLED_FOR_USER CONNECT_JOB_INACTIVE DUPLICATE_API_REQUEST FOLDER_NOT_FOUND INACTIVE_ACCOUNT "
    "INSUFFICIENT_ACCESS INTERNAL_CAPACITY_LIMIT_EXCEEDED INVALID_AUTH_OPTION INVALID_DATE INVALID_FIELD_NAME "
    "INVALID_NUMBER INVALID_OBJECT INVALID_PARAMETER INVALID_PASSWORD INVALID_REQUEST_CONTENT INVALID_SESSION_ID "
    "INVALID_TOKEN INVALID_USER_NAME_PASSWORD LIST_ALREADY_EXISTS LIST_NOT_FOUND LOGINS_DISABLED "
    "LOGIN_BLOCKED_INVALID_IPRANGE LOGIN_BLOCKED_TEMPORARILY MAX_ATTACHMENT_SIZE_EXCEEDED "
    "MAX_CONCURRENT_SESSIONS_EXCEEDED MAX_LOGIN_FAILURES_EXCEEDED METHOD_NOT_SUPPORTED MULTIPLE_RECIPIENTS_FOUND "
    "NO_RECIPIENT_FOUND PASSWORD_EXPIRED PASSWORD_LOCKOUT PRIVATE_KEY_NOT_FOUND PROFILE_LIST_NOT_FOUND "
    "PROFILE_LIST_NOT_FOUND_IN_FOLDER RECIPIENT_LIMIT_EXCEEDED RECORD_LIMIT_EXCEEDED RECORD_NOT_FOUND "
    "REQUEST_LIMIT_EXCEEDED RESOURCE_NOT_FOUND SERVER_CERTIFICATE_EXPIRED SERVER_CERTIFICATE_NOT_FOUND "
    "SERVER_CERTIFICATE_NOT_YET_VALID SERVER_CHALLENGES_DO_NOT_MATCH SERVICE_UNAVAILABLE TOKEN_EXPIRED "
    "UNEXPECTED_EXCEPTION USER_BLOCKED WS_ARG_DISABLED"
)
"""Codes in documents and recordings (facts A.5, A.9)."""

_REFUSAL = {"errorCode": Words(WordKind.ERROR_CODE, CODES.replace(" ", "|"))}
_COLUMN_TYPE = Words(WordKind.TYPE, r"char|str\d+|integer|number|timestamp")
"""Facts B.11; documented."""
_RUN_STATUS = Words(WordKind.STATUS, "running|failed|succeeded|aborted")
"""Facts A.9; documented."""
_TIME = Words(WordKind.FORMAT, r"9{10}|9{13}|9999-99-99")
"""Epoch seconds and milliseconds (facts A.2; observed), and the day of a user's creation (facts A.7; documented)."""

_MEMBERS: Mapping[str, Mapping[str, Words]] = {
    "/user/info": {
        "accountTimeZone": Words(WordKind.TIME_ZONE, r"[a-z]+(?:/[\w+-]+)+|utc|gmt"),  # as `Asia/Calcutta` (facts A.7)
        "createdDate": _TIME,
    },
    "/lists": {"fieldType": _COLUMN_TYPE},
    "/suppData": {"fieldType": _COLUMN_TYPE},
    "/connectJobs": {
        # names of the Connect page (facts B.5; documented); in this answer inferred
        "jobType": Words(WordKind.TYPE, "export data|import profile data|import custom table data"),
        "scheduleType": Words(WordKind.TYPE, "none|once|daily"),  # inferred and used by the sandbox
        "nextJobRun": _TIME,
        "lastJobRun": _TIME,
    },
    "/connectJobs/*/jobRuns": {"jobRunStatus": _RUN_STATUS, "jobStartTime": _TIME},
    "/connectJobs/*/jobRuns/*/status": {"jobRunStatus": _RUN_STATUS},
    "/connectJobs/*/jobRuns/*/logs": {"logTime": _TIME},
}
"""The members of each call's answer that hold such words."""

_SPELLING = {
    WordKind.ERROR_CODE: r"[A-Z]{2,}(?:_[A-Z0-9]+)+",
    WordKind.STATUS: r"[A-Za-z]{2,}(?:[ _-][A-Za-z]{2,}){0,3}",
    WordKind.TYPE: r"[A-Za-z]{2,}(?:[ _-][A-Za-z]{2,}){0,3}9{0,4}",
    WordKind.TIME_ZONE: r"[A-Z]{2,5}(?:[+-]9{1,2}(?::?99)?)?",
    WordKind.FORMAT: r"[9aTZ:./, +-]*9[9aTZ:./, +-]*",
}
_LETTERS = re.compile(r"[^\W\d_]+")
_MARKS = ("T", "Z")
"""Letters that ISO 8601 uses in times; all others are masked like digits."""
_NAMES = re.compile(r"(/lists|/connectJobs|/jobRuns)/[^/]+")
"""Names and ids in a path."""


def first_seen(
    product: str, method: str, path: str, query: Mapping[str, str] | None, answer: HttpAnswer
) -> list[FirstSeen]:
    """Return the undocumented words of an answer or an error to a call of `path`; none if it is not JSON."""
    call, done = _NAMES.sub(r"\1/*", path), 200 <= answer.status < 300
    members = _MEMBERS.get(call, {}) if done else _REFUSAL
    if not members or len(answer.body) > _MOST_BYTES:
        return []
    at = f"{product} {method} {call}" if done else f"{product} {method} {call} {answer.status}"
    found: dict[FirstSeen, None] = {}
    names = {bare(one) for one in (*unquote(path).split("/"), *(query or {}).values())}
    try:
        for member, value in _leaves(decode(answer.body, anything, "")):
            words = members.get(member)
            if words is None:
                names.add(bare(value) if isinstance(value, str) else "")
            elif word := words.undocumented(value):
                found[FirstSeen(f"{at} {member}", words.kind, word)] = None
    except (MalformedError, RecursionError):
        return []
    return [one for one in found if bare(one.word) not in names][:MOST_WORDS]


def _leaves(value: object, member: str = "") -> Iterator[tuple[str, object]]:
    """Yield every value of an answer with its member, and every name of a member with an empty text.

    A word may also come as `{"value": word}`.
    """
    if isinstance(value, dict):
        for name, inner in value.items():
            yield "", name
            yield from _leaves(inner, member if name == "value" else name)
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one, member)
    else:
        yield member, value
