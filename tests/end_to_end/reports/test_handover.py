"""The handover in all three forms, and the texts for others: what stands in them, and what never does."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from cxr_tui.domain.finding import Finding, Outcome, Report, Status, Verdict, Waiting
from cxr_tui.domain.login_endings import Result
from cxr_tui.domain.secret import Secret
from cxr_tui.guide.checks.common import RESPONSYS_PASSWORD
from cxr_tui.guide.registry import GUIDE
from cxr_tui.integration.integration import Integration
from cxr_tui.integration.rotation_state import Stage, stage_entry, tried_entry, try_entry
from cxr_tui.journal.events import answer_entry, note_entry, outcome_entry
from cxr_tui.journal.store import Record, RecordKind
from cxr_tui.reports.files import save
from cxr_tui.reports.handover import handover
from cxr_tui.reports.handover_formats import handover_html, handover_markdown
from cxr_tui.reports.messages import texts, texts_of
from support.processes.preloaded_python import cxr_tui
from support.worlds.paper_integration import opened, walked, written

HOSTILE = "x\x1b[2J\u202e<script>alert(1)</script>\"'><img src=x onerror=alert(1)>|`[a](javascript:alert(1))*&amp;"
PERSON = "jo.customer@example.com"
PASSWORD = "Sentinel-9f3a-Passwort"


@pytest.fixture(scope="module")
def done() -> list[Record]:
    """Return the journal of an integration that is set up, made once."""
    return walked()


def told_in_all_forms(integration: Integration) -> tuple[dict[str, Any], str, str]:
    document = handover(integration)
    return document, handover_markdown(document), handover_html(document)


class Page(HTMLParser):
    """What a browser makes of a page: its elements, attributes and text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


OURS = {
    *("html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p", "br", "strong", "code", "span"),
    *("ul", "li", "div", "table", "thead", "tbody", "tr", "th", "td", "section", "header", "footer", "time"),
}
ATTRIBUTES = {"lang", "charset", "http-equiv", "content", "name", "class", "datetime", "scope", "aria-hidden"}


def test_what_was_set_up_and_by_which_evidence(done: list[Record]) -> None:
    document, markdown, page = told_in_all_forms(opened(done))
    assert document["summary"]["done"] == 26
    assert document["summary"]["verified"] + document["summary"]["confirmed"] == 26
    assert {one["step"] for one in document["confirmed_only"]} >= {"export-notification", "import-notification"}
    assert [one["job"] for one in document["schedules"]] == ["export", "import"]
    export = document["schedules"][0]
    assert (export["zone"], export["expires"]) == ("America/New_York", "never")
    local, utc = export["next"]["local"], export["next"]["utc"]
    assert local.endswith("04:00 to 04:15")
    assert utc.endswith(("08:00 to 08:15", "09:00 to 09:15")), "New York is four or five hours behind UTC"
    assert any("OpenPGP key" in one["what"] for one in document["fingerprints"])
    for form in (markdown, page):
        assert "Export job: Notification" in form
        assert utc in form
        assert "cannot be verified" in form
        for step in GUIDE.steps:
            assert step.title in form


def test_nothing_secret_and_nobody_stands_in_it(done: list[Record]) -> None:
    integration = opened(done)
    people = [PERSON, "4711-0815"]
    integration.note([answer_entry("integration-settings", "known_members", people, "typed")])
    integration.note([answer_entry("integration-settings", "control_members", [PERSON], "typed")])
    integration.note([answer_entry("imported-profiles", "log", [f"ERROR {PERSON} rejected"], "screen")])
    seen = f"1 known members have other values in CX Audience. {PERSON}: CITY_ is 'Ulm' in Responsys."
    report = Report()
    unnamed = "1 known members: all of them have other values in CX Audience. Their number is 1."
    report.fail("members-new", seen, f"{PERSON} is told apart.", f"Look up {PERSON}.", unnamed=unnamed)
    report.fail("members-differ", seen, "An earlier version wrote this.", "")
    integration.note([outcome_entry("imported-profiles", report.verified(), {})])
    secret = Secret(PASSWORD)
    for form in (json.dumps(handover(integration)), *told_in_all_forms(integration)[1:]):
        assert PERSON not in form
        assert "4711-0815" not in form
        assert "Ulm" not in form
        assert PASSWORD not in form
        assert "2 values, not shown" in form
        assert "(a known member)" in form
        assert unnamed in form
        assert "An earlier version recorded this" in form
    assert secret


def with_hostile_value(record: Record) -> Record:
    """Return the record of an answer with another value; dates stay, or there would be no schedules to show."""
    entry = record.entry
    if entry.kind is not RecordKind.ANSWER or not isinstance(entry.body["value"], str) or "schedule" in entry.step:
        return record
    return replace(record, entry=replace(entry, body={**entry.body, "value": HOSTILE}))


def test_hostile_values_are_text_in_every_form(done: list[Record]) -> None:
    integration = opened([with_hostile_value(one) for one in done])
    finding = Finding(HOSTILE, Status.WARN, HOSTILE, HOSTILE, HOSTILE)
    integration.note([outcome_entry("go-live", Outcome(Verdict.VERIFIED, (finding,)), {})])
    waiting = Outcome(Verdict.WAITING, (finding,), {}, Waiting(HOSTILE, HOSTILE))
    integration.note([outcome_entry("external-server", waiting, {})])
    document, markdown, page = told_in_all_forms(integration)
    parsed = Page(page)
    assert parsed.tags <= OURS, "no element came from a value"
    assert parsed.attributes <= ATTRIBUTES
    assert "<script>alert(1)</script>" in parsed.text, "it is shown as what it is"
    for form in (
        json.dumps(document, ensure_ascii=False),
        markdown,
        page,
        *(text.whole for text in texts(integration)),
    ):
        assert "\x1b" not in form
        assert "\u202e" not in form
    rendered = Page(MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown))
    assert rendered.tags <= {"h1", "h2", "p", "strong", "code", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"}
    assert "[a](javascript:alert(1))*" in rendered.text


def test_notes_are_there_only_when_they_are_asked_for(done: list[Record]) -> None:
    note = note_entry("first-password", f"The moon is full, {HOSTILE} password={PASSWORD}")
    integration = opened([*done, Record(done[-1].seq + 1, done[-1].at, note)])
    assert "moon" not in "".join(map(str, told_in_all_forms(integration)))
    document = handover(integration, notes=True)
    assert [(one["step"], one["at"]) for one in document["notes"]] == [
        ("first-password", done[-1].at.isoformat(timespec="seconds"))
    ]
    for told in (handover_markdown(document), handover_html(document)):
        assert "The moon is full" in told
        assert PASSWORD not in told
        assert "<script" not in told.replace("\\<script", "")
        assert "\x1b" not in told


def test_a_page_needs_nothing_and_fetches_nothing(done: list[Record]) -> None:
    page = told_in_all_forms(opened(done))[2]
    assert "default-src 'none'" in page
    assert "url(" not in page
    assert "@import" not in page
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page


def test_who_waits_for_whom_and_since_when(done: list[Record]) -> None:
    integration = opened(done)
    since = integration.world.now() - timedelta(days=4)
    waiting = Waiting("Oracle to add the key", "2 to 10 business days", since=since)
    outcome = Outcome(Verdict.WAITING, (), {}, waiting)
    rests_on = integration.journal_state().checks["ssh2-key"].basis
    integration.note([outcome_entry("ssh2-key", outcome, rests_on)])
    document, markdown, page = told_in_all_forms(integration)
    [wait] = document["waits"]
    assert (wait["step"], wait["on"], wait["days"]) == ("ssh2-key", "Oracle to add the key", 4)
    assert document["next"]["step"] == "ssh2-key"
    for form in (markdown, page):
        assert "2 to 10 business days" in form
        assert "Oracle to add the key" in form


def test_every_rotation_that_ever_was(done: list[Record]) -> None:
    integration = opened(done)
    item = RESPONSYS_PASSWORD
    for number, last in ((1, Stage.ABORTED), (2, Stage.IN_RESPONSYS)):
        integration.note([stage_entry(item, number, Stage.PREPARED)])
        integration.note([try_entry(item, number, f"{item}.next"), tried_entry(item, number, Result.REFUSED)])
        integration.note([stage_entry(item, number, last)])
    told = handover(integration)["rotations"]
    assert [(one["number"], one["stage"]) for one in told] == [(1, "aborted"), (2, "changed-in-responsys")]
    assert [len(one["tries"]) for one in told] == [1, 1]
    assert told[0]["ended"] is not None
    assert told[1]["ended"] is None
    assert "changed-in-responsys" in told_in_all_forms(integration)[1]


# The texts


async def test_requests_and_mails_hold_the_values_of_the_journal() -> None:
    integration = opened(walked(until="ssh2-key"))
    known = integration.journal_state().known()
    found = {one.id: one for one in texts(integration)}
    assert known.text("account.account_name") in found["audience-designer"].text
    assert "Audience Designer" in found["audience-designer"].text
    for key in ("destination-connectivity.server", "destination-connectivity.user_name"):
        assert known.text(key) in found["external-server"].text
    assert known.text("add-user.login_name") in found["welcome-mail"].text
    assert found["welcome-mail"].to == known.text("add-user.email")
    assert known.text("ssh2-key.fingerprint") in found["ssh2-key-pending"].text
    assert known.text("audience-designer.sr_number") in found["filters-change"].text


async def test_the_colleague_gets_what_is_to_do_with_labels_and_values() -> None:
    integration = opened(walked(until="export-notification"))
    found = {one.id: one for one in texts(integration)}
    body = found["colleague-responsys"].text
    assert "16. Export job: Schedule and activate" in body
    assert "Then click: Activate, then Save & Close" in body
    assert "- Expiration: Never expire" in body
    assert "Reset password" not in body, "what is done is not asked for again"
    assert "(not known yet)" not in body
    [step] = [one for one in texts_of(integration, "export-schedule") if one.id.startswith("step-")]
    assert step.to == "A colleague who can log in to Responsys"


def test_a_value_cannot_change_the_head_of_a_text() -> None:
    integration = opened(walked(until="ssh2-key"))
    integration.note([answer_entry("add-user", "email", "a@example.com\n\nSubject: \x1b[2J", "typed")])
    found = {one.id: one for one in texts(integration)}["welcome-mail"]
    assert found.to == "a@example.com␊␊Subject: ␛[2J"
    assert found.subject == "The welcome email from Responsys: please set the password"


@pytest.mark.parametrize("until", ["account", "destination-connectivity", "ssh2-key"])
def test_no_text_asks_for_a_secret_by_email(until: str) -> None:
    bodies = [one.text for one in texts(opened(walked(until=until)))]
    asked = [line for body in bodies for line in body.split("\n") if line.startswith(("- ", "   Please send me: "))]
    assert any("Password" in line for line in asked)
    for line in asked:
        assert "Private key" not in line
        assert "Password" not in line or line.endswith("(please do not send it by email)")


async def test_nothing_is_written_before_there_is_something_to_write(done: list[Record]) -> None:
    wanting = {"audience-designer", "external-server", "welcome-mail", "job-times"}
    assert not {one.id for one in texts(opened([]))} & wanting
    complete = {one.id for one in texts(opened(done))}
    assert "job-times" in complete
    assert not {"colleague-responsys", "colleague-audience"} & complete, "nothing is left to do"


# Files and the command


@contextmanager
def raises(what: str) -> Iterator[None]:
    with pytest.raises(OSError, match=what):
        yield


def test_a_file_is_whole_private_and_never_a_link(tmp_path: Path) -> None:
    path = save(tmp_path / "a.html", "one")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    save(path, "two")
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("two", 0o600)
    link = tmp_path / "link"
    link.symlink_to(path)
    with raises("symbolic link"):
        save(link, "three")
    with raises("it is not a file"):
        save(tmp_path, "three")
    with raises("No such file"):
        save(tmp_path / "nowhere" / "a.html", "three")
    assert path.read_text() == "two"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.html", "link"]


async def test_the_command_gives_each_form(tmp_path: Path, done: list[Record]) -> None:
    written(tmp_path / "home", "acme", done)
    home, out = tmp_path / "home", tmp_path / "acme.html"
    ended = cxr_tui("-i", "acme", "report", "--format", "html", "--output", str(out), home=home)
    assert (ended.code, ended.out) == (0, "")
    assert str(out) in ended.err
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert out.read_text().startswith("<!doctype html>")
    document = cxr_tui("-i", "acme", "report", "--format", "json", home=home).document
    assert (document["schema"], document["summary"]["done"]) == (2, 26)
    (tmp_path / "link").symlink_to(out)
    refused = cxr_tui("-i", "acme", "report", "--output", str(tmp_path / "link"), home=home)
    assert refused.code == 2
    assert "symbolic link" in refused.err


async def test_the_command_gives_the_texts(tmp_path: Path, done: list[Record]) -> None:
    written(tmp_path, "acme", done)
    every = cxr_tui("-i", "acme", "report", "--texts", home=tmp_path)
    assert every.code == 0
    assert "[external-server]" in every.out
    one = cxr_tui("-i", "acme", "report", "--texts", "job-times", home=tmp_path)
    assert one.out.startswith("Subject: When the jobs")
    wrong = cxr_tui("-i", "acme", "report", "--texts", "nonsense", home=tmp_path)
    assert (wrong.code, wrong.out) == (2, "")
    assert "job-times" in wrong.err
