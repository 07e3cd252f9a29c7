"""Words of the products that no document mentions: what is taken, and that no value or customer's name ever is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.responses import JSONResponse

from cxr_tui.cli.commands.walk import steps_document
from cxr_tui.domain.errors import NoAccessError
from cxr_tui.domain.responsys_data import FirstSeen, WordKind
from cxr_tui.domain.secret import Secret
from cxr_tui.gateways.rest.first_seen import MOST_WORDS, documented_codes, first_seen
from cxr_tui.gateways.rest.http_client import HttpAnswer
from cxr_tui.gateways.rest.responsys import ResponsysGateway
from cxr_tui.gateways.rest.server_clock import ServerClock
from cxr_tui.guide.catalog.explanation import messages
from cxr_tui.integration.erase import Erasure, Scope
from cxr_tui.integration.integration import MOST_FIRST_SEEN
from cxr_tui.journal.events import answer_entry, first_seen_entry
from cxr_tui.journal.store import RecordKind
from cxr_tui.reports.handover import handover
from cxr_tui.reports.handover_formats import handover_html, handover_markdown
from support.sampling import amount
from support.servers.real_parts import Service, ok
from support.worlds.demo_guide import open_demo

BASE = "/rest/api/v1.3"
RUN = {"jobRunId": 1, "jobName": "Nightly", "jobRunStatus": {"value": "succeeded"}, "jobStartTime": 1545918187627}
JOB = {
    "jobId": 7,
    "jobName": "Nightly",
    "jobType": "Export Data",
    "nextJobRun": None,
    "scheduleType": "DAILY",
    "active": True,
}
LIST = {"name": "CONTACTS", "folderName": "Lists", "fields": [{"fieldName": "LOYALTY_TIER", "fieldType": "STR255"}]}
ERROR = {"type": "", "title": "no", "errorCode": "LIST_NOT_FOUND", "detail": "", "errorDetails": []}


def seen(path: str, body: object, status: int = 200, query: dict[str, str] | None = None) -> list[FirstSeen]:
    raw = json.dumps(body).encode()
    answer = HttpAnswer(f"https://h{path}", status, "application/json", "", None, raw)
    return first_seen("Responsys", "GET", path, query, answer)


def words(path: str, body: object, status: int = 200) -> list[tuple[str, str]]:
    return [(one.kind.value, one.word) for one in seen(path, body, status)]


@pytest.mark.parametrize(
    ("path", "body", "status", "expected"),
    [
        ("/connectJobs", [{**JOB, "jobOwner": "x"}], 200, ("field", "jobOwner")),
        ("/connectJobs", {"items": [JOB], "nextPage": "x"}, 200, ("field", "nextPage")),
        ("/connectJobs", [{**JOB, "scheduleType": "WEEKLY"}], 200, ("type", "WEEKLY")),
        ("/connectJobs", [{**JOB, "nextJobRun": "2026-11-28T06:15:00Z"}], 200, ("format", "9999-99-99T99:99:99Z")),
        ("/connectJobs", [{**JOB, "lastJobRun": "28-Nov-2026 6:15 PM"}], 200, ("format", "99-aaa-9999 9:99 aa")),
        ("/connectJobs/7/jobRuns", [{**RUN, "jobRunStatus": {"value": "Finished"}}], 200, ("status", "Finished")),
        ("/connectJobs/7/jobRuns/1/status", {"jobRunStatus": "partial success"}, 200, ("status", "partial success")),
        ("/lists", [{**LIST, "fields": [{"fieldName": "A", "fieldType": "STR8000X"}]}], 200, None),
        ("/lists", [{**LIST, "fields": [{"fieldName": "A", "fieldType": "DECIMAL10"}]}], 200, ("type", "DECIMAL99")),
        (
            "/lists",
            [{**LIST, "fields": [{"fieldName": "A", "isKey": 1}]}],
            200,
            ("field", "isKey"),
        ),
        ("/user/info", {"accountName": "acme", "createdDate": "2/8/18", "orgs": []}, 200, ("field", "orgs")),
        ("/user/info", {"accountName": "acme", "createdDate": "2/8/18"}, 200, ("format", "9/9/99")),
        ("/user/info", {"accountName": "acme", "accountTimeZone": "PST"}, 200, ("time zone", "PST")),
        ("/user/info", {"accountName": "acme", "accountTimeZone": "GMT-05:00"}, 200, ("time zone", "GMT-99:99")),
        ("/user/info", {"accountName": "acme", "accountTimeZone": "America/New_York"}, 200, None),
        (
            "/lists/CONTACTS/members",
            {**ERROR, "errorCode": "SCOPE_DENIED"},
            403,
            ("error code", "SCOPE_DENIED"),
        ),
        ("/lists", {**ERROR, "requestId": "4711"}, 500, ("field", "requestId")),
        ("/lists", {**ERROR, "errorCode": "insufficient_access"}, 401, None),
        ("/lists", {**LIST, "more": 1}, 200, ("field", "more")),
    ],
)
def test_what_no_document_mentions_is_taken(
    path: str, body: object, status: int, expected: tuple[str, str] | None
) -> None:
    assert expected is None or expected in words(path, body, status)
    assert expected is not None or words(path, body, status) == []


def test_the_place_is_the_call_as_it_is_documented() -> None:
    [one] = seen("/connectJobs/4711/jobRuns", [{**RUN, "jobRunStatus": {"value": "Finished"}}])
    assert one == FirstSeen("Responsys GET /connectJobs/*/jobRuns jobRunStatus", WordKind.STATUS, "Finished")


def test_each_documented_code_is_known_and_documented_answers_have_nothing_new() -> None:
    products = [message for message in messages() if not message.facts.startswith("I.")]
    codes = {form for message in products for form in message.phrases if form.isupper() and "_" in form}
    assert codes
    assert codes <= documented_codes()
    assert words("/lists", [LIST]) == words("/connectJobs", [JOB]) == []
    assert words("/connectJobs/7/jobRuns", {"items": [RUN], "links": []}) == []


HOSTILE = (
    "LOYALTY_TIER",
    "loyaltyTier",
    "CONTACTS",
    "contactsList",
    "Nightly export",
    "jane.doe@example.org",
    "Jane Doe",
    "+49 170 1234567",
    "4711081512345678",
    "2026-11-28",
    "P4ssw0rd!",
    "x" * 41,
    "\x1b[31mred",
    "\u202eevil",
    "<script>alert(1)</script>",
    "",
    "ACME_SECRET_PROJECT",
    "AA0",
)
"""What customers and people call things, and what nobody should."""


def _everywhere(text: str) -> list[tuple[str, object, int]]:
    """Return answers that hold a text wherever a value or a name of the customer's own can be."""
    record = {"fieldNames": [text], "records": [[text]], "mapTemplateName": text, text: text}
    return [
        ("/lists", [{"name": text, "folderName": text, "fields": [{"fieldName": text, "fieldType": "STR255"}]}], 200),
        ("/lists", {text: {"fields": [text]}}, 200),
        ("/lists", {"items": [{"name": text, "fields": [{"fieldName": text, "fieldType": text}], text: text}]}, 200),
        ("/lists/CONTACTS/members", {"recordData": record, "mergeRule": {text: text}, "links": [{"rel": text}]}, 200),
        ("/lists/CONTACTS/members/count", {"count": text}, 200),
        ("/connectJobs", [{**JOB, "jobName": text, "jobType": text, "scheduleType": text, "nextJobRun": text}], 200),
        ("/connectJobs/7/jobRuns", [{**RUN, "jobName": text, "jobRunStatus": {"value": text}, text: 1}], 200),
        ("/connectJobs/7/jobRuns/1/logs", [{"logLevel": text, "logMessage": text, "logTime": text}], 200),
        ("/filters", {"items": [{"name": text, "description": text, "filterType": text, text: text}]}, 200),
        ("/attributes/organizations", {"attributes": {"organizations": {text: [{"name": text}]}}}, 200),
        ("/attributes/organizations", {text: {"name": text}}, 200),
        ("/user/info", {"accountName": text, "accountTimeZone": text, "createdDate": text}, 200),
        ("/lists", {"title": text, "detail": text, "errorCode": text, "errorDetails": [text]}, 401),
        (f"/lists/{text}/members", {"title": "no", "errorCode": text}, 404),
        ("/nowhere", {"name": text, text: text}, 200),
    ]


def _leaks(text: str) -> list[FirstSeen]:
    return [
        one
        for path, body, status in _everywhere(text)
        for one in seen(path, body, status)
        if one.kind is not WordKind.FORMAT or any(char.isdigit() and char != "9" for char in one.word)
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_name_or_a_value_is_never_taken(text: str) -> None:
    assert _leaks(text) == []


@settings(max_examples=amount(30, 1000), deadline=None)
@given(st.one_of(st.text(max_size=50), st.from_regex(r"[A-Za-z]{1,20}([_ -][A-Za-z]{1,9}){0,2}", fullmatch=True)))
def test_no_text_at_all_is_taken_as_a_name_or_a_value(text: str) -> None:
    assert _leaks(text) == []


def test_a_time_leaves_nothing_of_what_it_held() -> None:
    [one] = seen("/connectJobs", [{**JOB, "nextJobRun": "Jane 12 Zürich 1999"}])
    assert one.word == "aaaa 99 aaaaaa 9999"
    assert seen("/connectJobs", [{**JOB, "nextJobRun": "jane@example.org 1"}]) == []


def test_a_server_cannot_flood_it() -> None:
    def name(number: int) -> str:
        return "ab" + "".join(chr(ord("a") + int(digit)) for digit in str(number))

    flood = [{**JOB, **{name(number): 1 for number in range(5000)}}]
    found = seen("/connectJobs", flood)
    assert len(found) == MOST_WORDS
    assert all(len(one.word) <= 60 for one in found)
    assert seen("/connectJobs", [{**JOB, "jobOwner": "x" * 2_000_000}]) == [], "too large to be searched"


async def test_words_reach_the_journal_the_report_and_no_further(service: Service, tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    integration.note([answer_entry("account", "account_name", "jobSecret", "typed")])
    kept: list[FirstSeen] = []
    service.answers[f"POST {BASE}/auth/token"] = {
        "authToken": "tok",
        "issuedAt": 1545918187627,
        "endPoint": service.url,
    }
    service.answers[f"GET {BASE}/connectJobs"] = lambda _: ok([{**JOB, "jobOwner": "jane", "jobSecret": 1}])
    service.answers[f"GET {BASE}/folders"] = lambda _: JSONResponse({**ERROR, "errorCode": "SCOPE_DENIED"}, 403)

    async def password() -> Secret:
        return Secret("right")

    def note(words: Sequence[FirstSeen]) -> None:
        kept.extend(words)
        integration._note_words(words)

    gateway = ResponsysGateway(service.url, "jane", password, ServerClock(), note_words=note)
    await gateway.connect_jobs()
    with pytest.raises(NoAccessError):
        await gateway.folders()
    await gateway.connect_jobs()
    await gateway.close()
    assert {one.word for one in kept} == {"jobOwner", "jobSecret", "SCOPE_DENIED"}
    expected = [
        ("Responsys GET /connectJobs", "field", "jobOwner"),
        ("Responsys GET /folders 403 errorCode", "error code", "SCOPE_DENIED"),
    ]
    document = handover(integration)
    assert [(one["at"], one["kind"], one["word"]) for one in document["first_seen"]] == expected
    assert steps_document("acme", (), integration.journal_state().first_seen, ok=True)["first_seen"] == [
        {"at": at, "kind": kind, "word": word} for at, kind, word in expected
    ]
    for text in (handover_markdown(document), handover_html(document)):
        assert "SCOPE_DENIED" in text
        assert "Undocumented words of the products" in text
    await integration.close()
    assert list(open_demo(tmp_path).journal_state().first_seen) == [
        FirstSeen(at, WordKind(k), w) for at, k, w in expected
    ]


def test_the_journal_keeps_few(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    many = [FirstSeen(f"Responsys GET /lists {number}", WordKind.FIELD, "isKey") for number in range(300)]
    integration._note_words(many)
    integration._note_words(many[::-1])
    assert sum(record.entry.kind is RecordKind.FIRST_SEEN for record in integration.records()) == MOST_FIRST_SEEN


@pytest.mark.parametrize(("scope", "kept"), [(Scope.RECORDS, 1), (Scope.ANSWERS, 1), (Scope.ALL, 0)])
def test_erasing_takes_a_word_that_is_an_erased_value(tmp_path: Path, scope: Scope, kept: int) -> None:
    integration = open_demo(tmp_path)
    found = [FirstSeen("Responsys GET /connectJobs", WordKind.FIELD, word) for word in ("jobOwner", "formerName")]
    integration.note([answer_entry("account", "account_name", name, "typed") for name in ("formerName", "acme")])
    integration.note([first_seen_entry(one) for one in found])
    records = integration.records()
    erasure = Erasure(integration.guide, scope, records)
    left = [
        one
        for one in records
        if one.entry.kind is RecordKind.FIRST_SEEN
        and one.seq not in erasure.gone
        and "formerName" not in erasure.bodies.get(one.seq, one.entry.body).values()
    ]
    assert len(left) - (scope is Scope.ANSWERS) == kept
