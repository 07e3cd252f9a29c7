"""Finds undocumented words in an answer, and never a value or a customer's own name.

The table of documented answers makes this safe. A member name counts only in an object with a documented member, a
status, type or code only in its own member, and all only in their usual spelling; times become patterns. Records of
people, names of columns, lists and jobs, and free text are not read. A word that also occurs elsewhere in the answer or
in the call is a customer's name and is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import unquote

from cxr_tui.domain.answers import leaves
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
    """A member that holds one of a few words; the value may also come as `{"value": word}`."""

    kind: WordKind
    known: re.Pattern[str]


@dataclass(frozen=True)
class Array:
    """A list, bare or under one of `wrappers`."""

    element: Shape
    wrappers: tuple[str, ...] = ("items",)


Shape: TypeAlias = "Words | Array | Mapping[str, Shape] | None"
"""The documented shape of a value; None: it is not read."""


def _object(names: str, **read: Shape) -> Mapping[str, Shape]:
    return {**dict.fromkeys(names.split()), **read}


def _words(kind: WordKind, known: str) -> Words:
    return Words(kind, re.compile(known, re.IGNORECASE))


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

_RUN_STATUS = _words(WordKind.STATUS, "running|failed|succeeded|aborted")
"""Facts A.9; documented."""
_JOB_TYPE = _words(WordKind.TYPE, "export data|import profile data|import custom table data")
"""Names of the Connect page (facts B.5; documented); in this answer inferred."""
_SCHEDULE_TYPE = _words(WordKind.TYPE, "none|once|daily")
"""Inferred and used by the sandbox; not documented."""
_COLUMN_TYPE = _words(WordKind.TYPE, r"char|str\d+|integer|number|timestamp")
"""Facts B.11; documented."""
_TIME = _words(WordKind.FORMAT, r"9{10}|9{13}|9999-99-99")
"""Epoch seconds and milliseconds (facts A.2; observed), and the day of a user's creation (facts A.7; documented)."""

_TIME_ZONE = _words(WordKind.TIME_ZONE, r"[a-z]+(?:/[\w+-]+)+|utc|gmt")
"""Facts A.7; documented as in `Asia/Calcutta`."""

_FIELDS = Array(_object("fieldName", fieldType=_COLUMN_TYPE))
_TABLES = Array(_object("name folderName", fields=_FIELDS))
_LINKS = Array(_object("rel href method"))
_ORGANIZATION: dict[str, Shape] = dict.fromkeys(["id", "name", "lineage"])
_ORGANIZATION["children"] = Array(_ORGANIZATION)
_CAMPAIGN = (
    "appName attachmentPaths autoCloseOption autoCloseValue bccEmail campaignStatus campaignVariables "
    "closedCampaignURL description destinationMessageCenter enableExternalTracking enableLinkTracking "
    "externalCampaignCode externalTrackingParams filterPaths folderName fromEmail fromName htmlMessagePath id "
    "linkTablePath listName locale marketingProgram marketingStrategy name proofListPath purpose "
    "refiningDataSourcePath replyToEmail salesForceCampaignId seedListPath segmentPaths segmentTrackingColumnName "
    "sendTextIfHTMLUnknown subject supplementaryCampaignDataSourcePaths supplementaryProofDataSourcePaths "
    "supplementarySeedDataSourcePaths suppressionListPaths textMessagePath trackConversions trackHTMLOpens type "
    "unsubscribeFormName unsubscribeOption useUTF8"
)
_FOLDER = "id name subType objSource accountId status createdBy modifiedBy createdDate modifiedDate objectType new"
_FILTER = (
    "id name folderName folderId listName listId createdDate modifiedDate description filterType filterSubType "
    "filterSource links"
)

DOCUMENTED: dict[str, Shape] = {
    "POST /auth/token": _object("authToken issuedAt endPoint"),
    "GET /user/info": _object(
        "accountName userName userEmail userLocale accountDisplayName", accountTimeZone=_TIME_ZONE, createdDate=_TIME
    ),
    "GET /lists": _TABLES,
    "GET /lists/*/members": _object("recordData mergeRule", links=_LINKS),
    "GET /lists/*/members/count": _object("count", links=_LINKS),
    "GET /suppData": _TABLES,
    "GET /campaigns": Array(_object(f"{_CAMPAIGN} links"), ("items", "campaigns")),
    "GET /folders": Array(_object(f"{_FOLDER} links"), ("folders", "items")),
    "GET /filters": Array(_object(_FILTER)),
    "GET /attributes/organizations": _object(
        "", attributes=_object("", organizations=_object("", attributeValues=Array(_ORGANIZATION)))
    ),
    "GET /connectJobs": Array(
        _object(
            "jobId jobName active running",
            jobType=_JOB_TYPE,
            scheduleType=_SCHEDULE_TYPE,
            nextJobRun=_TIME,
            lastJobRun=_TIME,
        )
    ),
    "GET /connectJobs/*/jobRuns": Array(
        _object("jobRunId jobName durationInSeconds", jobRunStatus=_RUN_STATUS, jobStartTime=_TIME)
    ),
    "GET /connectJobs/*/jobRuns/*/status": _object(
        "errrorMessage errorMessage recordsProcessed recordsAdded recordsRejected recordsUpdated durationInSeconds",
        jobRunStatus=_RUN_STATUS,
    ),
    "GET /connectJobs/*/jobRuns/*/logs": Array(_object("logLevel logMessage", logTime=_TIME)),
    "PUT /connectJobs/*/trigger": _object("jobRunId errorMessage success"),
}
"""Every call of the program, with the documented shape of its answer (facts A.7, A.9, C.1)."""
_REFUSAL = _object("type title detail errorDetails", errorCode=_words(WordKind.ERROR_CODE, "|".join(CODES.split())))
_AROUND = frozenset(["links", "hasMore", "count", "limit", "offset", "totalResults"])
"""Members that an object with a list may also have."""

_SPELLING = {
    WordKind.FIELD: re.compile(r"[a-z]{2,}(?:[A-Z][a-z]*)*"),
    WordKind.ERROR_CODE: re.compile(r"[A-Z]{2,}(?:_[A-Z0-9]+)+"),
    WordKind.STATUS: re.compile(r"[A-Za-z]{2,}(?:[ _-][A-Za-z]{2,}){0,3}"),
    WordKind.TYPE: re.compile(r"[A-Za-z]{2,}(?:[ _-][A-Za-z]{2,}){0,3}9{0,4}"),
    WordKind.TIME_ZONE: re.compile(r"[A-Z]{2,5}(?:[+-]9{1,2}(?::?99)?)?"),
    WordKind.FORMAT: re.compile(r"[9aTZ:./, +-]*9[9aTZ:./, +-]*"),
}
_LETTERS = re.compile(r"[^\W\d_]+")
_MARKS = ("T", "Z")
"""Letters that ISO 8601 uses in times; all others are masked like digits."""


def first_seen(
    product: str, method: str, path: str, query: Mapping[str, str] | None, answer: HttpAnswer
) -> list[FirstSeen]:
    """Return the undocumented words of an answer or an error; none if it is not JSON."""
    if len(answer.body) > _MOST_BYTES:
        return []
    try:
        return _first_seen(product, method, path, query, answer.status, decode(answer.body, anything, ""))
    except (MalformedError, RecursionError):
        return []


def _first_seen(
    product: str, method: str, path: str, query: Mapping[str, str] | None, status: int, body: object
) -> list[FirstSeen]:
    call = _call(method, path)
    done = 200 <= status < 300
    at = f"{product} {call}" if done else f"{product} {call} {status}"
    shape = DOCUMENTED.get(call) if done else _REFUSAL
    found: list[FirstSeen] = []
    for one in _walk(body, shape, at):
        if isinstance(one, FirstSeen) and one not in found:
            found.append(one)
            if len(found) == MOST_WORDS:
                break
    if not found:
        return []
    names = {bare(one) for one in _walk(body, shape, at) if isinstance(one, str)}
    names |= {bare(one) for one in (*unquote(path).split("/"), *(query or {}).values())}
    return [one for one in found if bare(one.word) not in names]


def _call(method: str, path: str) -> str:
    """Return the call's entry in the table, with `*` for names and ids; empty if there is none."""
    parts = path.split("/")
    for call in DOCUMENTED:
        verb, _, place = call.partition(" ")
        places = place.split("/")
        fits = verb == method and len(places) == len(parts)
        if fits and all(one in ("*", part) for one, part in zip(places, parts, strict=True)):
            return call
    return ""


def _walk(value: object, shape: Shape, at: str) -> Iterator[FirstSeen | str]:
    """Yield undocumented words, and every text that is not read."""
    match shape:
        case Words():
            inner = value.get("value") if isinstance(value, dict) else value
            yield from _word(inner, shape, at)
        case Array() if isinstance(value, dict):
            wrapper = next((name for name in shape.wrappers if isinstance(value.get(name), list)), None)
            if wrapper is None:
                yield from leaves(value)
                return
            known = dict.fromkeys((wrapper, *_AROUND))
            yield from _walk(value, {**known, wrapper: Array(shape.element)}, at)
        case Array() if isinstance(value, list):
            for one in value:
                yield from _walk(one, shape.element, at)
        case Mapping() if isinstance(value, dict) and shape.keys() & value.keys():
            for name, inner in value.items():
                if name not in shape:
                    yield from _spelt(WordKind.FIELD, name, at)
                yield from _walk(inner, shape.get(name), f"{at} {name}")
        case _:
            yield from leaves(value)


def _word(value: object, words: Words, at: str) -> Iterator[FirstSeen]:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return
    text = str(value)[:100].strip()
    if words.kind is WordKind.FORMAT:
        text = _LETTERS.sub(lambda found: found[0] if found[0] in _MARKS else "a" * len(found[0]), text)
    if words.kind in (WordKind.FORMAT, WordKind.TYPE, WordKind.TIME_ZONE):
        text = re.sub(r"\d", "9", text)
    if not words.known.fullmatch(text):
        yield from _spelt(words.kind, text, at)


def _spelt(kind: WordKind, word: str, at: str) -> Iterator[FirstSeen]:
    longest = 60 if kind is WordKind.ERROR_CODE else 40
    if len(word) <= longest and _SPELLING[kind].fullmatch(word):
        yield FirstSeen(at, kind, word)
