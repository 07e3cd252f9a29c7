"""Erasing: no byte of what was erased stays under the data folder, and all that reads the journal goes on after it."""

from __future__ import annotations

import asyncio
import getpass
import json
import os
import signal
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.domain.answers import digest
from cxr_tui.domain.secret import Secret
from cxr_tui.guide.definition import Personal
from cxr_tui.guide.registry import GUIDE
from cxr_tui.guided.overview import build_overview
from cxr_tui.guided.step_view import build_step_view
from cxr_tui.integration import erase as erasing
from cxr_tui.integration.erase import Scope
from cxr_tui.integration.form import missing
from cxr_tui.integration.integration import Integration
from cxr_tui.integration.rotation_state import IntegrationState, Stage, stage_entry
from cxr_tui.jobs.service import JobsService
from cxr_tui.journal import erase as in_journal
from cxr_tui.journal.events import LoginEnd, answer_entry, note_entry, refusal_entry
from cxr_tui.journal.gate import State
from cxr_tui.journal.lock import rotation_lock
from cxr_tui.journal.store import Entry, Journal, JournalError, Record, RecordKind, read_records
from cxr_tui.journal.undo import last_saved
from cxr_tui.preflight.service import PreflightService
from cxr_tui.reports.handover import handover
from cxr_tui.reports.handover_formats import handover_html, handover_markdown
from cxr_tui.reports.messages import texts
from cxr_tui.reports.review import review
from support.drivers.plain_driver import plain_driven
from support.drivers.raw_terminal import raw_terminal
from support.drivers.wizard_driver import SMALL, driven
from support.processes.preloaded_python import cxr_tui
from support.servers.real_parts import with_secret_service
from support.worlds.demo_guide import Dials, demo_guide
from support.worlds.recorded_journals import records
from support.worlds.toy_guide import MemoryCredentials

NAME = "acme"
MEMBER = "canary-member-4711"
EMAIL = "canary.person@example.org"
PASSWORD = "Canary-Passw0rd!"
RIVERA = "jordan.rivera"
"""Whose address the recorded integration uses everywhere."""
CANARIES = {
    Scope.RECORDS: (MEMBER,),
    Scope.ANSWERS: (MEMBER, EMAIL, PASSWORD, RIVERA),
    Scope.ALL: (MEMBER, EMAIL, PASSWORD, RIVERA, "acmeretail", "CUSTOMER_PROFILES"),
}
MEMBERS = "integration-settings.known_members"
PEOPLE = GUIDE.personal(Personal.RECORDS)


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the journal of a whole integration into which canaries were typed."""
    path = tmp_path_factory.mktemp("journal") / "journal.db"
    journal = Journal(path)
    first, last = records("whole")[0][0], records("whole")[-1][0]
    journal.append(first, [answer_entry("audience-designer", "sr_number", PASSWORD, "typed")])
    journal.append(first, [answer_entry("select-object", "description", f"Ask {EMAIL}", "typed")])
    for at, entry in records("whole"):
        journal.append(at, [with_canaries(entry)])
    journal.append(last, [note_entry("first-password", f"{MEMBER} {EMAIL} {PASSWORD}")])
    journal.append(last, [Entry(RecordKind.PREFLIGHT, "", {"what": "answer", "file": MEMBER, "answer": {}})])
    journal.close()
    with closing(sqlite3.connect(path)) as db:  # leaves free pages as every SQLite does that is not told otherwise
        db.execute("PRAGMA secure_delete = OFF")
        db.execute("CREATE TABLE scrap (body TEXT)")
        db.executemany("INSERT INTO scrap VALUES (?)", [(" ".join(CANARIES[Scope.ALL]),)] * 200)
        db.commit()
        db.execute("DROP TABLE scrap")
        db.commit()
    return path.read_bytes()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, journal: bytes) -> Path:
    """Return a home with that integration, and all that lies beside a journal."""
    monkeypatch.setenv("CXR_TUI_HOME", str(tmp_path))
    path = journal_of(tmp_path)
    path.parent.mkdir(mode=0o700, parents=True)
    path.write_bytes(journal)
    folder = journal_of(tmp_path).parent
    for path in (
        folder / "journal.db.version-1",
        folder / "preflight" / "0123.part",
        folder / "journal.files" / "unused.pub",
        tmp_path / "handovers" / f"{NAME}-2026-11-28.html",
        tmp_path / "crashes" / "crash-1.txt",
    ):
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.write_text(" ".join(CANARIES[Scope.ALL]))
    return tmp_path


def journal_of(home: Path) -> Path:
    return home / "integrations" / NAME / "journal.db"


def with_canaries(entry: Entry) -> Entry:
    """Return the record with a canary in the place of each sample record, and in all that was said of them."""
    if entry.kind is RecordKind.ANSWER and f"{entry.step}.{entry.body['name']}" in PEOPLE:
        return Entry(entry.kind, entry.step, {**entry.body, "value": [MEMBER]})
    if MEMBERS not in entry.body.get("basis", {}):
        return entry
    basis = {key: digest([MEMBER]) if key in PEOPLE else was for key, was in entry.body["basis"].items()}
    body = {**entry.body, "basis": basis}
    if entry.kind is RecordKind.OUTCOME:
        outcome = body["outcome"]
        findings = [{**one, "seen": f"{MEMBER[:-2]} lives elsewhere", "why": MEMBER} for one in outcome["findings"]]
        body["outcome"] = {**outcome, "findings": findings}
    return Entry(entry.kind, entry.step, body)


def found_in(home: Path, canaries: tuple[str, ...]) -> list[str]:
    """Return which files under a folder hold which canary, and any file at all that is named after one."""
    files = [path for path in home.rglob("*") if path.is_file()]
    return [f"{path.name}: {one}" for path in files for one in canaries if one.encode() in path.read_bytes()]


def tombstones(home: Path) -> list[dict[str, Any]]:
    kept = read_records(journal_of(home))
    return [dict(one.entry.body) for one in kept if one.entry.kind is RecordKind.ERASURE]


def erase(home: Path, scope: Scope) -> erasing.Erased:
    return erasing.erase(GUIDE, journal_of(home), NAME, scope)


# What goes


@pytest.mark.parametrize("scope", Scope)
def test_no_byte_under_the_data_folder_holds_what_was_erased(home: Path, scope: Scope) -> None:
    assert {one.partition(": ")[2] for one in found_in(home, CANARIES[scope])} == set(CANARIES[scope])
    erased = erase(home, scope)
    assert found_in(home, CANARIES[scope]) == []
    assert erased.left == ()


def test_a_wider_scope_erases_what_a_narrower_one_does(home: Path) -> None:
    narrow, middle = (
        erasing.examine(GUIDE, journal_of(home), NAME, one).fields for one in (Scope.RECORDS, Scope.ANSWERS)
    )
    assert {MEMBERS, "imported-profiles.log"} <= narrow < middle
    assert {"add-user.email", "select-object.description", "audience-designer.sr_number"} <= middle


def test_erasing_answers_keeps_those_in_use_that_are_nobodys(home: Path) -> None:
    erase(home, Scope.ANSWERS)
    values = known(home).values
    assert values["account.account_name"] == "acmeretail"
    assert values["audience-designer.sr_number"]
    assert values["export-schedule.time"]
    assert values["first-password.exists"] == values["add-user.login_name"]  # the display name was the same
    assert "add-user.email" not in values
    assert "first-password.email" not in values


def test_digests_of_what_was_erased_go_too(home: Path) -> None:
    assert found_in(home, (digest([MEMBER]),)) != []
    erase(home, Scope.RECORDS)
    assert found_in(home, (digest([MEMBER]),)) == []


def test_the_tombstone_says_what_kind_when_and_who_and_no_value(home: Path) -> None:
    before = datetime.now(UTC)
    erased = erase(home, Scope.ANSWERS)
    (told,) = tombstones(home)
    assert told["scope"] == "answers"
    assert told["by"] == getpass.getuser()
    assert MEMBERS in told["fields"]
    assert told["counts"] == erased.counts
    assert erased.at is not None
    assert erased.at >= before
    assert not any(one in json.dumps(told) for one in CANARIES[Scope.ALL])


def test_the_journal_is_append_only_again(home: Path) -> None:
    erase(home, Scope.RECORDS)
    with closing(sqlite3.connect(journal_of(home))) as db:
        for statement in ("UPDATE records SET body = '{}'", "DELETE FROM records"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                db.execute(statement)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def known(home: Path) -> IntegrationState:
    journal = IntegrationState()
    journal.apply(read_records(journal_of(home)))
    return journal


# What it must not cost


def test_refused_logins_of_the_last_hour_stay_counted(home: Path) -> None:
    journal = Journal(journal_of(home))
    journal.append(datetime.now(UTC), [refusal_entry("", "responsys-password", LoginEnd.REFUSED)])
    journal.close()
    erase(home, Scope.ALL)
    assert known(home).refusals == {"responsys-password": 1}


@pytest.mark.parametrize("scope", Scope)
def test_an_open_rotation_is_not_forgotten(home: Path, scope: Scope) -> None:
    journal = Journal(journal_of(home))
    journal.append(datetime.now(UTC), [stage_entry("responsys-password", 9, Stage.PREPARED)])
    journal.close()
    if scope is Scope.ALL:
        with pytest.raises(erasing.UnderWayError, match="rotate --resume or --abort"):
            erase(home, scope)
        assert tombstones(home) == []
    else:
        erase(home, scope)
    assert known(home).rotations["responsys-password"].open


def test_a_secret_is_not_exchanged_while_the_journal_forgets_which_ones_there_are(home: Path) -> None:
    with rotation_lock(journal_of(home)):
        with pytest.raises(erasing.UnderWayError, match="another cxr-tui is rotating"):
            erase(home, Scope.ALL)
        assert tombstones(home) == []
        erase(home, Scope.ANSWERS)
    erase(home, Scope.ALL)


def test_a_journal_of_a_newer_program_is_left_alone(home: Path) -> None:
    with closing(sqlite3.connect(journal_of(home))) as db:
        db.execute("PRAGMA user_version = 99")
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    with pytest.raises(JournalError, match="newer"):
        erase(home, Scope.RECORDS)
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before


def test_a_rehearsal_pair_has_to_end_first_for_its_key_carries_an_address(home: Path) -> None:
    (journal_of(home).parent / "preflight" / "rehearsal-public.asc").write_text(EMAIL)
    with pytest.raises(erasing.UnderWayError, match="--rehearsal remove"):
        erase(home, Scope.ANSWERS)
    assert tombstones(home) == []


# Killed, or together with others


class Death:
    """Counts the moments of an erasure, and kills the process at one of them."""

    def __init__(self, at: int) -> None:
        self._left = at
        self._before = ""

    def moment(self) -> int:
        self._left -= 1
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0

    def removal(self, event: str) -> None:
        if event == "os.remove":
            self.moment()

    def statement(self, sql: str) -> None:
        verb = sql.partition(" ")[0]
        if verb != self._before:  # the first of many
            self.moment()
        self._before = verb


def erase_and_die(home: Path, scope: Scope, kill_at: int) -> bool:
    """Erase in a fork that dies at a moment; return whether it died.

    The moments are every removal of a file, every kind of statement to the database, and some within one.
    """
    child = os.fork()
    if child == 0:
        code = 70
        try:
            death, connect = Death(kill_at), sqlite3.connect

            def watched(*args: Any, **kwargs: Any) -> sqlite3.Connection:  # noqa: ANN401 - as sqlite3 takes them
                db: sqlite3.Connection = connect(*args, **kwargs)
                db.set_trace_callback(death.statement)
                db.set_progress_handler(death.moment, 20_000)
                return db

            sqlite3.connect = watched  # type: ignore[assignment]  # watched while it works
            sys.addaudithook(lambda event, _: death.removal(event))
            erase(home, scope)
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, -signal.SIGKILL)
    return code != 0


@pytest.mark.sampled(1)
@pytest.mark.parametrize("scope", [Scope.ANSWERS, Scope.ALL])
def test_an_erasure_killed_at_any_moment_leaves_a_journal_that_opens_and_can_be_repeated(
    home: Path, scope: Scope
) -> None:
    whole = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    kill_at = 1
    while erase_and_die(home, scope, kill_at):
        with closing(sqlite3.connect(journal_of(home))) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert db.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'").fetchone() == (2,)
        known(home)
        erase(home, scope)
        assert found_in(home, CANARIES[scope]) == [], f"killed at {kill_at}"
        for path in home.rglob("journal.db-*"):
            path.unlink()
        for path, content in whole.items():
            path.write_bytes(content)
        kill_at += 1
    assert kill_at > 10


def test_a_journal_that_another_process_reads_says_that_it_is_not_done(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_journal, "WAIT_SECONDS", 0)
    with closing(sqlite3.connect(journal_of(home), isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM records").fetchone()
        with pytest.raises(JournalError, match="Erase again to finish"):
            erase(home, Scope.RECORDS)
    erase(home, Scope.RECORDS)
    assert found_in(home, CANARIES[Scope.RECORDS]) == []


# Those that read the journal


def opened(home: Path) -> Integration:
    return Integration(GUIDE, Journal(journal_of(home)), MemoryCredentials(), None, NAME)


def held(integration: Integration) -> str:
    """Return all that an open integration knows."""
    return repr((integration.journal_state(), integration.states(), integration.records()))


@pytest.mark.parametrize("scope", Scope)
async def test_a_wizard_that_is_open_meanwhile_forgets_it_too(home: Path, scope: Scope) -> None:
    integration = opened(home)
    assert all(one in held(integration) for one in CANARIES[scope])
    erase(home, scope)
    assert not any(one in held(integration) for one in CANARIES[scope])
    await integration.save("account", {"account_name": "acmeagain"})
    assert integration.journal_state().values["account.account_name"] == "acmeagain"
    await integration.close()


@pytest.mark.parametrize(
    ("scope", "changed", "unchanged"),
    [
        (Scope.RECORDS, {"integration-settings", "destination-specification", "imported-profiles"}, "add-user"),
        (Scope.ANSWERS, {"add-user", "first-password", "integration-settings", "generate-key"}, "account"),
    ],
)
async def test_steps_that_rested_on_an_erased_answer_are_stale_and_no_others(
    home: Path, scope: Scope, changed: set[str], unchanged: str
) -> None:
    integration = opened(home)
    before = integration.states()
    erase(home, scope)
    after = integration.states()
    assert {after[step].state for step in changed} == {State.STALE}
    assert after[unchanged].state is before[unchanged].state is State.VERIFIED
    assert all(MEMBERS in after[step].changed for step in changed) or scope is Scope.ANSWERS
    await integration.close()


def test_another_process_that_is_open_meanwhile_goes_on_and_shows_nothing_of_it(home: Path) -> None:
    with raw_terminal(home, "--plain", "-i", NAME) as other:
        other.wait_for("Step 26, next")
        other.press(b"go 8\r")
        other.wait_for("Step 8, next")
        assert MEMBER in other.text
        assert cxr_tui("-i", NAME, "erase", "--records", "--yes", home=home).code == Exit.OK
        seen = len(other.text)
        other.press(b"show\r")
        other.wait_for("Was done.")
        other.press(b"review all\r")
        other.wait_for("Column mapping")
        other.press(b"quit\r")
        assert other.end() == Exit.OK
    assert MEMBER not in other.text[seen:]
    assert found_in(home, CANARIES[Scope.RECORDS]) == []


async def test_an_erased_answer_that_is_needed_is_asked_for_again(home: Path) -> None:
    erase(home, Scope.ANSWERS)
    integration = opened(home)
    asked = [one.name for one in missing(GUIDE.step("add-user"), integration.journal_state())]
    assert asked == ["email", "display_name"]
    outcome = await integration.check("add-user", lambda _: None)
    assert [one.code for one in outcome.findings] == ["not-filled-in"]
    assert await integration.save("add-user", {"email": "new@example.org"}) == {}
    assert integration.journal_state().values["add-user.email"] == "new@example.org"
    await integration.close()


@pytest.mark.parametrize("scope", Scope)
async def test_everything_that_shows_an_integration_shows_an_erased_one(home: Path, scope: Scope) -> None:
    erase(home, scope)
    integration = opened(home)
    document = handover(integration)
    shown = [
        handover_markdown(document),
        handover_html(document),
        repr(review(integration)),
        repr(texts(integration)),
        repr(build_overview(integration)),
        repr(JobsService(integration).remembered()),
        repr(PreflightService(integration).remembered()),
        *(repr(build_step_view(integration, step.id, {})) for step in GUIDE.steps),
    ]
    assert not [one for one in shown if any(canary in one for canary in CANARIES[scope])]
    await integration.close()


@pytest.mark.parametrize("scope", Scope)
async def test_undoing_takes_back_what_is_left_and_brings_nothing_back(home: Path, scope: Scope) -> None:
    erase(home, scope)
    integration = opened(home)
    undone = 0
    while (wanted := integration.last_saved()) is not None:
        integration.note(wanted.entries())
        undone += 1
    assert undone > 20 or scope is Scope.ALL
    assert not any(canary in held(integration) for canary in CANARIES[scope])
    await integration.close()


def test_an_undoing_of_an_erased_answer_still_takes_that_one_off() -> None:
    def at(minute: int, name: str, value: str | None, source: str, **more: bool) -> Record:
        entry = Entry(RecordKind.ANSWER, "account", {"name": name, "value": value, "source": source, **more})
        return Record(minute, datetime(2026, 3, 1, 12, minute, tzinfo=UTC), entry)

    kept, erased = at(1, "login_url", "https://a", "typed"), at(2, "account_name", None, "typed", erased=True)
    last = last_saved([kept, erased])
    assert last is not None
    assert last.now == {"login_url": "https://a"}
    last = last_saved([kept, erased, at(3, "account_name", None, "undo")])
    assert last is not None
    assert last.now == {"login_url": "https://a"}


async def test_a_check_that_ends_after_its_values_were_erased_writes_nothing_of_them(tmp_path: Path) -> None:
    dials = Dials()
    guide = demo_guide(dials)
    journal = Journal(tmp_path / "journal.db")
    integration = Integration(guide, journal, MemoryCredentials(), None, NAME)
    await integration.save("account", {"account_name": PASSWORD, "login_host": "interact5"})
    dials.host.clear()
    asked = asyncio.Event()
    checking = asyncio.ensure_future(integration.check("account", lambda _: asked.set()))
    await asked.wait()
    await integration.save("account", {"account_name": "acmeretail"})
    erasing.erase(guide, journal.path, NAME, Scope.ANSWERS)
    dials.host.set()
    assert PASSWORD in (await checking).findings[0].seen
    await integration.close()
    assert found_in(tmp_path, (PASSWORD,)) == []
    assert digest(PASSWORD) not in repr(read_records(journal.path))


# Secrets in answers


@pytest.mark.parametrize("value", [PASSWORD, f"my password: {PASSWORD}", "https://user:" + PASSWORD + "@example.org"])
async def test_a_secret_that_is_known_gets_into_no_answer(home: Path, value: str) -> None:
    integration, secret = opened(home), Secret(PASSWORD)
    problems = await integration.save("account", {"account_name": value})
    assert "contains a secret" in problems["account_name"]
    entry = answer_entry("account", "account_name", value, "typed")
    assert secret.reveal() not in json.dumps(entry.body)
    await integration.close()


# The command


def test_the_command_erases_and_says_what_remains_as_a_document(home: Path) -> None:
    ended = cxr_tui("-i", NAME, "erase", "--answers", "--yes", "--json", home=home)
    assert ended.code == Exit.OK, ended.err
    told = ended.document
    assert (told["schema"], told["integration"], told["scope"], told["ok"]) == (1, NAME, "answers", True)
    assert told["by"] == getpass.getuser()
    assert told["removed"]["answers"] > 5
    assert len(told["files"]) == 5
    assert told["not_removed"] == []
    assert any(f"-i {NAME} erase --all --secrets" in one["remedy"] for one in told["remains"])
    assert found_in(home, CANARIES[Scope.ANSWERS]) == []
    again = cxr_tui("-i", NAME, "erase", "--answers", "--yes", home=home)
    assert again.code == Exit.OK
    assert len(tombstones(home)) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("erase",), "one of the arguments --records --answers --all is required"),
        (("erase", "--records", "--answers", "--yes"), "not allowed with"),
        (("-i", NAME, "erase", "--records"), "--yes"),
        (("-i", NAME, "erase", "--records", "--json"), "--yes"),
        (("-i", NAME, "erase", "--records", "--secrets", "--yes"), "--secrets has no effect without --all"),
        (("-i", "nobody", "erase", "--all", "--yes"), "There is no integration nobody"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else "",
)
def test_what_cannot_be_done_is_a_usage_error_and_erases_nothing(
    home: Path, arguments: tuple[str, ...], said: str
) -> None:
    ended = cxr_tui(*arguments, home=home)
    assert ended.code == Exit.USAGE
    assert said in ended.err
    assert tombstones(home) == []
    assert not (home / "integrations" / "nobody").exists()


def test_what_is_under_way_ends_the_command_with_a_reason(home: Path) -> None:
    journal = Journal(journal_of(home))
    journal.append(datetime.now(UTC), [stage_entry("responsys-password", 9, Stage.PREPARED)])
    journal.close()
    ended = cxr_tui("-i", NAME, "erase", "--all", "--yes", home=home)
    assert (ended.code, "A rotation is not finished" in ended.err) == (Exit.PROBLEM, True)


@pytest.mark.parametrize(("answer", "code", "count"), [(b"yes\r", Exit.OK, 1), (b"\r", Exit.PROBLEM, 0)])
def test_on_a_terminal_the_command_asks(home: Path, answer: bytes, code: Exit, count: int) -> None:
    with raw_terminal(home, "-i", NAME, "erase", "--records") as terminal:
        terminal.wait_for("This cannot be undone")
        terminal.press(answer)
        assert terminal.end() == code
    assert len(tombstones(home)) == count


def test_all_secrets_leave_the_keyring_too_where_that_is_wanted(home: Path) -> None:
    journal = Journal(journal_of(home))
    journal.append(
        datetime(2026, 3, 1, tzinfo=UTC), [stage_entry("responsys-password", 1, Stage.DONE, aside=["old.1"])]
    )
    journal.close()
    items = ("responsys-password", "responsys-password.previous", "connect-api-password", "old.1")
    script = f"""
import json, keyring, sys
from cxr_tui.cli.main import main
for item in {items}:
    keyring.set_password(f"cxr-tui/{NAME}/{{item}}", "{NAME}", "{PASSWORD}")
code = main(["-i", "{NAME}", "erase", "--all", "--secrets", "--yes", "--json"])
left = [item for item in {items} if keyring.get_password(f"cxr-tui/{NAME}/{{item}}", "{NAME}")]
print(json.dumps([int(code), left]))
"""
    *document, last = with_secret_service(home, script, unlock=True).splitlines()
    assert json.loads(last) == [0, []]
    told = json.loads("\n".join(document))
    assert sorted(told["secrets"]) == sorted(items)
    assert not any("keyring" in one["what"] for one in told["remains"])


# The wizard and plain mode


async def test_plain_mode_says_what_goes_asks_and_erases(home: Path) -> None:
    integration = opened(home)
    async with plain_driven(integration) as drive:
        await drive.type("erase")
        assert all(f"erase {scope}: removes" in drive.words for scope in Scope)
        await drive.type("erase records")
        assert "Found: " in drive.words
        await drive.type("no")
        assert "Nothing was erased." in drive.words
        await drive.type("erase records", "yes")
        assert "What remains:" in drive.words
        assert "Step 8 of 26" in drive.words
    await integration.close()
    assert found_in(home, (MEMBER,)) == []


async def test_the_wizard_offers_it_in_the_palette_asks_twice_and_says_what_remains(home: Path) -> None:
    integration = opened(home)
    async with driven(integration, SMALL) as drive:
        assert "Erase personal data" in [label for _, label in drive.screen.offered()]
        await drive.screen.go_to("integration-settings")
        await drive.screen.carry_out("erase")
        await drive.settle()
        await drive.press("enter")
        assert "Keep everything" in drive.text
        assert "in the journal, 5 files" in drive.text
        await drive.press("enter")
        assert not drive.overlaid
        assert tombstones(home) == []
        await drive.screen.carry_out("erase")
        await drive.settle()
        await drive.press("enter", "down", "enter")
        assert "What remains:" in drive.words
        await drive.press("escape")
        assert drive.screen.step_id == "integration-settings"
        assert MEMBER not in drive.text
    await integration.close()
    assert found_in(home, (MEMBER,)) == []
