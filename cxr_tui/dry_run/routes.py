"""What the products' REST interfaces plausibly answer: enough for a check to go on as it would."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, unquote, urlsplit

from cxr_tui.domain.answers import Known
from cxr_tui.domain.responsys_data import MATCH_COLUMNS
from cxr_tui.domain.text import visible
from cxr_tui.dry_run.touches import Dials, Kind, Mood, Recorder, Touch
from cxr_tui.gateways.rest.http_client import Sent
from cxr_tui.gateways.rest.responsys import PAGE, STATUS_CALLS
from cxr_tui.gateways.rest.session import API, TOKEN_PATH
from cxr_tui.gateways.rest.url_policy import LOOPBACK, RESPONSYS, host_of, is_loopback, provider
from cxr_tui.guide.forms.login_hosts import audience_url, login_url
from cxr_tui.guide.steps.prepare.audience_designer import AUDIENCE_ORIGIN

NAMED = "named-by-the-login"
"""First part of the host that stands for the one which only a login's answer names."""
NAMED_HERE = "127.255.255.254"
"""The same where the login host is this machine: plain HTTP needs a loopback address. Nothing ever connects to it."""
UNKNOWN_LIST = "LIST_NOT_KNOWN_YET"
RECORDS = 1000
ZONE = "America/New_York"

NAMED_HOST = "(host named by the login)"
OF_A_LOGIN = "the host is the one that the login names; it is not known before"
_REFUSED = (403, {"errorCode": "INSUFFICIENT_ACCESS", "title": "Insufficient access", "detail": ""})


@dataclass(frozen=True)
class Asked:
    """One call, with whom it is made as and the parts of its path."""

    user: str
    parts: Mapping[str, str]
    query: Mapping[str, str]
    audience: bool
    """Whether CX Audience is asked, not Responsys."""


Answer = tuple[int, object]


@dataclass(frozen=True)
class Route:
    """A documented call: its path with names in braces, what it is for, and what is not known before."""

    method: str
    template: str
    purpose: str
    answer: Callable[[Answers, Asked], Answer]
    note: str = ""

    def match(self, method: str, path: str) -> Mapping[str, str] | None:
        """Return the parts of a path, None where it is another one."""
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.template)
        found = re.fullmatch(pattern, path) if method == self.method else None
        return None if found is None else {name: unquote(text) for name, text in found.groupdict().items()}


class Answers:
    """Stands in the place of every HTTP server: notes each call and answers from what the journal knows."""

    def __init__(
        self, known: Callable[[], Known], dials: Dials, recorder: Recorder, now: Callable[[], datetime]
    ) -> None:
        self.known = known
        self.dials = dials
        self.now = now
        self._recorder = recorder

    def __call__(self, sent: Sent) -> Answer:
        """Note a call and answer it."""
        url = urlsplit(sent.url)
        path = url.path.rstrip("/")
        query = {name: values[0] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
        for route in ROUTES:
            parts = route.match(sent.method, path)
            if parts is not None:
                user = _user(sent)
                audience = url.netloc == urlsplit(audience_url(self.known().text("account.audience_token"))).netloc
                self._note(sent, route, query, user)
                return route.answer(self, Asked(user, parts, query, audience))
        self._note(sent, Route(sent.method, path, "", _not_found), query, "")
        return _not_found(self, Asked("", {}, query, audience=False))

    def _note(self, sent: Sent, route: Route, query: Mapping[str, str], user: str) -> None:
        url = urlsplit(sent.url)
        named = host_of(sent.url) == NAMED_HERE or host_of(sent.url).startswith(NAMED)
        host = f"{url.scheme}://{NAMED_HOST if named else url.netloc}"
        # whom a look-up is about is a person's data
        told = "&".join(f"{name}={'(a known member)' if name == 'id' else value}" for name, value in query.items())
        path = re.sub(r"/jobRuns/[^/]+", "/jobRuns/(a run)", unquote(url.path))
        where = f"{host}{path}{f'?{told}' if told else ''}"
        purpose = route.purpose.format(user=user or "an API user")
        notes = "; ".join(text for text in (route.note, OF_A_LOGIN if named else "") if text)
        template = route.template or "/"
        self._recorder.note(Touch(Kind.REQUEST, sent.method, visible(where, 400), template, visible(purpose), notes))

    def integration_user(self, asked: Asked) -> bool:
        """Say whether the integration user is asking, not one of the API users."""
        return asked.user == self.known().text("add-user.login_name") and not asked.audience


def _user(sent: Sent) -> str:
    """Return who is asking: the name in a login, or the one that a token of ours carries."""
    if sent.url.endswith(TOKEN_PATH):
        return parse_qs(sent.body.decode(errors="replace")).get("user_name", [""])[0]
    return bytes.fromhex(sent.authorization).decode() if sent.authorization else ""


def _not_found(_: Answers, __: Asked) -> Answer:
    return 404, {"errorCode": "RESOURCE_NOT_FOUND", "title": "Resource not found", "detail": ""}


def _knock(_: Answers, __: Asked) -> Answer:
    return 200, {}


def _login(answers: Answers, asked: Asked) -> Answer:
    if answers.integration_user(asked) and answers.dials.turned(Mood.LOGIN_REFUSED):
        return 400, {"errorCode": "INVALID_USER_NAME_PASSWORD", "title": "Authentication failed", "detail": ""}
    token = (asked.user or "-").encode().hex()
    return 200, {"authToken": token, "endPoint": _end_point(answers.known())}


def _end_point(known: Known) -> str:
    """Return a host of the same provider as the login host, recognisable as one that is not known yet."""
    url = login_url(known)
    host = host_of(url)
    whose = provider(host)
    if whose == LOOPBACK or is_loopback(host):
        return f"http://{NAMED_HERE}"
    if whose == RESPONSYS:
        return f"https://{NAMED}.responsys.net"
    return f"https://{NAMED}.{whose}" if whose and not whose.replace(".", "").isdigit() else url


def _user_info(answers: Answers, asked: Asked) -> Answer:
    known = answers.known()
    return 200, {
        "accountName": known.text("account.account_name"),
        "userName": asked.user,
        "userEmail": known.text("add-user.email"),
        "userLocale": "en",
        "accountDisplayName": known.text("account.account_name"),
        "accountTimeZone": known.text("first-password.time_zone") or ZONE,
        "createdDate": known.text("first-password.created") or "2025-01-01",
    }


def _lists(answers: Answers, asked: Asked) -> Answer:
    known, dials = answers.known(), answers.dials
    if answers.integration_user(asked) and dials.turned(Mood.NO_ROLE):
        return _REFUSED
    if asked.audience:
        names = [*known.lines("account.audience_lists"), known.text("integration-settings.profile_list")]
        names.append(known.text("target-definition.target_list"))
    else:
        names = [*known.lines("first-password.lists"), *known.lines("organization-assignment.lists")]
        names += [known.text("integration-settings.responsys_list"), known.text("select-object.list")]
    names = list(dict.fromkeys(name for name in names if name)) or [UNKNOWN_LIST]
    if dials.turned(Mood.OTHER_LISTS):
        names = ["ANOTHER_LIST"]
    fields = [{"fieldName": name, "fieldType": "STR255"} for name in _columns(known)]
    return 200, [{"name": name, "folderName": "", "fields": fields} for name in names]


def _columns(known: Known) -> list[str]:
    """Return columns that both sides have: those that must be there, and those the journal knows of."""
    mapping = known.pairs("target-definition.mapping")
    carried = known.lines("integration-settings.carried")
    return list(dict.fromkeys(["RIID_", *MATCH_COLUMNS, *carried, *mapping, *mapping.values()]))


def _count(answers: Answers, asked: Asked) -> Answer:
    if answers.dials.turned(Mood.EMPTY_LIST):
        return 200, {"count": 0}
    return 200, {"count": answers.known().number("select-object.records") or RECORDS}


def _member(answers: Answers, asked: Asked) -> Answer:
    columns = _columns(answers.known())
    # everybody has the same text in every column, so that the two products agree on them
    return 200, {"recordData": {"fieldNames": columns, "records": [[asked.query.get("id", "")] * len(columns)]}}


def _tables(answers: Answers, asked: Asked) -> Answer:
    if answers.integration_user(asked) and answers.dials.turned(Mood.NO_ROLE):
        return _REFUSED
    return 200, {"items": []}


def _refused_to_integration(answers: Answers, asked: Asked) -> Answer:
    """Refuse what the integration user should have no role for."""
    return _REFUSED if answers.integration_user(asked) else (200, [])


def _filters(answers: Answers, asked: Asked) -> Answer:
    if answers.integration_user(asked):
        return _REFUSED
    name = answers.known().text("go-live.audience_name")
    return 200, {"items": [{"name": name, "origin": AUDIENCE_ORIGIN}] if name else []}


def _organizations(_: Answers, __: Asked) -> Answer:
    return 200, {"attributeValues": [{"name": "Root"}]}


def _no_rows(_: Answers, __: Asked) -> Answer:
    return 200, []


def _jobs(answers: Answers, _: Asked) -> Answer:
    known = answers.known()
    number = known.number("export-schedule.job_id") or 1
    return 200, [{"jobId": number, "jobName": known.text("select-object.job_name"), "active": True}]


def _runs(answers: Answers, _: Asked) -> Answer:
    status = "failed" if answers.dials.turned(Mood.RUN_FAILED) else "succeeded"
    started = answers.now().isoformat()
    return 200, [{"jobRunId": 1, "jobRunStatus": status, "jobStartTime": started, "durationInSeconds": 1}]


def _status(answers: Answers, _: Asked) -> Answer:
    status = "failed" if answers.dials.turned(Mood.RUN_FAILED) else "succeeded"
    records = answers.known().number("select-object.records") or RECORDS
    return 200, {"jobRunStatus": status, "recordsProcessed": records}


_PAGES = f"one request for every {PAGE} of them; how many there are is not known before"
_RUNS = f"one request for each run that the list names, {STATUS_CALLS} at most"

ROUTES = (
    Route("GET", "", "See whether the host answers, and what time it is there", _knock),
    Route("POST", TOKEN_PATH, "Log in as {user}, with the password from the keyring", _login),
    Route("GET", f"{API}/user/info", "Read what the account knows of {user}", _user_info),
    Route("GET", f"{API}/lists", "Read the lists and their columns as {user}", _lists),
    Route("GET", f"{API}/lists/{{list}}/members/count", "Count the records of the list", _count),
    Route("GET", f"{API}/lists/{{list}}/members", "Look up one known person as {user}", _member),
    Route("GET", f"{API}/suppData", "Try whether supplemental tables may be read, as they should", _tables),
    Route(
        "GET",
        f"{API}/campaigns",
        "Try whether campaigns are refused, as they should be",
        _refused_to_integration,
        _PAGES,
    ),
    Route(
        "GET", f"{API}/folders", "Try whether folders are refused, as they should be", _refused_to_integration, _PAGES
    ),
    Route("GET", f"{API}/filters", "Look for a published audience as {user}", _filters, _PAGES),
    Route("GET", f"{API}/attributes/organizations", "Read the organizations that {user} sees", _organizations),
    Route("GET", f"{API}/connectJobs", "Read the Connect jobs as {user}", _jobs),
    Route("GET", f"{API}/connectJobs/{{job}}/jobRuns", "Read the newest runs of the export job", _runs),
    Route("GET", f"{API}/connectJobs/{{job}}/jobRuns/{{run}}/status", "Read how a run ended", _status, _RUNS),
    Route("GET", f"{API}/connectJobs/{{job}}/jobRuns/{{run}}/logs", "Read why a run failed", _no_rows),
)
"""The calls there are (facts A.7, A.9, C.1; documented). Which of them are made is found out, not written here."""
