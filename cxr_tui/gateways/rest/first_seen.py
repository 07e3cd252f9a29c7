"""Finds undocumented words in an answer, and never a value or a customer's own name.

Tables of documented words make this safe. A member name counts only in an object with a documented member, a status,
type or code only in its own member, and all only in their usual spelling; times become patterns. Records of people,
names of columns, lists and jobs, and free text are not read. A word that also occurs elsewhere in the answer or in the
call is a customer's name and is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from urllib.parse import unquote

from cxr_tui.docs import page
from cxr_tui.domain.answers import leaves
from cxr_tui.domain.errors import MalformedError
from cxr_tui.domain.responsys_data import FirstSeen, WordKind, bare
from cxr_tui.gateways.rest.http_client import HttpAnswer
from cxr_tui.gateways.rest.response_models import anything, decode

MOST_WORDS = 20
"""Most words from one answer, as a server could send any number."""
_MOST_BYTES = 1024 * 1024
"""A larger answer is not searched, because that would block the screen."""

_ANSWERS = {
    "POST /auth/token": "authToken issuedAt endPoint",
    "GET /user/info": "accountName userName userEmail userLocale accountDisplayName accountTimeZone createdDate",
    "GET /lists": "name folderName fields fieldName fieldType",
    "GET /lists/*/members": "recordData mergeRule links rel href method",
    "GET /lists/*/members/count": "count",
    "GET /suppData": "name folderName",
    "GET /campaigns": (
        "appName attachmentPaths autoCloseOption autoCloseValue bccEmail campaigns campaignStatus campaignVariables "
        "closedCampaignURL description destinationMessageCenter enableExternalTracking enableLinkTracking "
        "externalCampaignCode externalTrackingParams filterPaths folderName fromEmail fromName htmlMessagePath id "
        "linkTablePath listName locale marketingProgram marketingStrategy name proofListPath purpose "
        "refiningDataSourcePath replyToEmail salesForceCampaignId seedListPath segmentPaths segmentTrackingColumnName "
        "sendTextIfHTMLUnknown subject supplementaryCampaignDataSourcePaths supplementaryProofDataSourcePaths "
        "supplementarySeedDataSourcePaths suppressionListPaths textMessagePath trackConversions trackHTMLOpens type "
        "unsubscribeFormName unsubscribeOption useUTF8"
    ),
    "GET /folders": (
        "folders id name subType objSource accountId status createdBy modifiedBy createdDate modifiedDate objectType "
        "new"
    ),
    "GET /filters": (
        "id name folderName folderId listName listId createdDate modifiedDate description filterType filterSubType "
        "filterSource"
    ),
    "GET /attributes/organizations": "attributes organizations attributeValues id name lineage children",
    "GET /connectJobs": "jobId jobName active running jobType scheduleType nextJobRun lastJobRun",
    "GET /connectJobs/*/jobRuns": "jobRunId jobName durationInSeconds jobRunStatus jobStartTime",
    "GET /connectJobs/*/jobRuns/*/status": (
        "errrorMessage errorMessage recordsProcessed recordsAdded recordsRejected recordsUpdated durationInSeconds "
        "jobRunStatus"
    ),
    "GET /connectJobs/*/jobRuns/*/logs": "logLevel logMessage logTime",
    "PUT /connectJobs/*/trigger": "jobRunId errorMessage success",
    "any list": "items links hasMore count limit offset totalResults",
    "any error": "type title detail errorDetails errorCode",
}
"""Every call of the program, with the documented members of its answer (facts A.5, A.7, A.9, C.1)."""
_MEMBERS = frozenset(" ".join(_ANSWERS.values()).split())
_PATH_PARTS = frozenset(re.findall(r"/(\w+)", " ".join(_ANSWERS)))

_OPENED = (
    "items",
    "campaigns",
    "folders",
    "fields",
    "links",
    "attributes",
    "organizations",
    "attributeValues",
    "children",
)
"""The members whose objects are read too."""

_TIME = (WordKind.FORMAT, "9{10}|9{13}|9999-99-99")
"""Epoch seconds and milliseconds (facts A.2; observed), and the day of a user's creation (facts A.7; documented)."""

_WORDS = {
    # facts A.9; documented
    "jobRunStatus": (WordKind.STATUS, "running|failed|succeeded|aborted"),
    # names of the Connect page (facts B.5; documented); in this answer inferred
    "jobType": (WordKind.TYPE, "export data|import profile data|import custom table data"),
    # inferred and used by the sandbox; not documented
    "scheduleType": (WordKind.TYPE, "none|once|daily"),
    # facts B.11; documented
    "fieldType": (WordKind.TYPE, r"char|str\d+|integer|number|timestamp"),
    # facts A.7; documented as in `Asia/Calcutta`
    "accountTimeZone": (WordKind.TIME_ZONE, r"[a-z]+(?:/[\w+-]+)+|utc|gmt"),
    **dict.fromkeys(("createdDate", "nextJobRun", "lastJobRun", "jobStartTime", "logTime"), _TIME),
}
"""The members that hold one of a few words or a time, and those that are documented."""

_CODE = re.compile(r"\b[A-Z]{2,}(?:_[A-Z0-9]+)+\b")
_SPELLING = {
    WordKind.FIELD: re.compile(r"[a-z]{2,}(?:[A-Z][a-z]*)*"),
    WordKind.ERROR_CODE: _CODE,
    WordKind.STATUS: re.compile(r"[A-Za-z]{2,}(?:[ _-][A-Za-z]{2,}){0,3}"),
    WordKind.TYPE: re.compile(r"[A-Za-z]{2,}(?:[ _-][A-Za-z]{2,}){0,3}9{0,4}"),
    WordKind.TIME_ZONE: re.compile(r"[A-Z]{2,5}(?:[+-]9{1,2}(?::?99)?)?"),
    WordKind.FORMAT: re.compile(r"[9aTZ:./, +-]*9[9aTZ:./, +-]*"),
}
_LETTERS = re.compile(r"[^\W\d_]+")
_MARKS = ("T", "Z")
"""Letters that ISO 8601 uses in times; all others are masked like digits."""


@cache
def documented_codes() -> frozenset[str]:
    """Return the codes in the facts, among them all documented and observed error codes (A.5, A.9)."""
    return frozenset(_CODE.findall(page("facts")))


def first_seen(
    product: str, method: str, path: str, query: Mapping[str, str] | None, answer: HttpAnswer
) -> list[FirstSeen]:
    """Return the undocumented words of an answer or an error; none if it is not JSON."""
    if len(answer.body) > _MOST_BYTES:
        return []
    call = "/".join(part if part in _PATH_PARTS else "*" for part in path.lstrip("/").split("/"))
    at = f"{product} {method} /{call}" if 200 <= answer.status < 300 else f"{product} {method} /{call} {answer.status}"
    try:
        walked = list(_walk(decode(answer.body, anything, ""), at))
    except (MalformedError, RecursionError):
        return []
    found = list(dict.fromkeys(one for one in walked if isinstance(one, FirstSeen)))[:MOST_WORDS]
    if not found:
        return []
    names = {bare(one) for one in walked if isinstance(one, str)}
    names |= {bare(one) for one in (*unquote(path).split("/"), *(query or {}).values())}
    return [one for one in found if bare(one.word) not in names]


def _walk(value: object, at: str) -> Iterator[FirstSeen | str]:
    """Yield undocumented words, and every text that is not read."""
    if isinstance(value, list):
        for one in value:
            yield from _walk(one, at)
    elif isinstance(value, dict) and value.keys() & _MEMBERS:
        for name, inner in value.items():
            if name not in _MEMBERS:
                yield from _spelt(WordKind.FIELD, name, at)
            if name == "errorCode" or name in _WORDS:
                yield from _word(name, inner.get("value") if isinstance(inner, dict) else inner, f"{at} {name}")
            elif name in _OPENED:
                yield from _walk(inner, f"{at} {name}")
            else:
                yield from leaves(inner)
    else:
        yield from leaves(value)


def _word(member: str, value: object, at: str) -> Iterator[FirstSeen]:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return
    text = str(value)[:100].strip()
    if member == "errorCode":
        if text.upper() not in documented_codes():
            yield from _spelt(WordKind.ERROR_CODE, text, at)
        return
    kind, known = _WORDS[member]
    if kind is WordKind.FORMAT:
        text = _LETTERS.sub(lambda found: found[0] if found[0] in _MARKS else "a" * len(found[0]), text)
    if kind is not WordKind.STATUS:
        text = re.sub(r"\d", "9", text)
    if not re.fullmatch(known, text, re.IGNORECASE):
        yield from _spelt(kind, text, at)


def _spelt(kind: WordKind, word: str, at: str) -> Iterator[FirstSeen]:
    longest = 60 if kind is WordKind.ERROR_CODE else 40
    if len(word) <= longest and _SPELLING[kind].fullmatch(word):
        yield FirstSeen(at, kind, word)
