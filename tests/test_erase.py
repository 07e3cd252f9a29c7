"""Erasing: no byte of what was erased stays under the data folder, and all that reads the journal goes on after it."""

from __future__ import annotations

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
from recorded import records

from cxr_tui.guide.order import GUIDE
from cxr_tui.guide.step import Personal
from cxr_tui.journal import erasing as in_journal
from cxr_tui.journal.ledger import Ledger, LoginEnd, answer_entry, refusal_entry
from cxr_tui.journal.rotations import Stage, stage_entry
from cxr_tui.journal.store import Entry, Journal, JournalError, RecordKind, read_records
from cxr_tui.setup import erasing
from cxr_tui.setup.erasure import Scope

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


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home with a whole integration into which canaries were typed, and all that lies beside a journal."""
    monkeypatch.setenv("CXR_TUI_HOME", str(tmp_path))
    journal = Journal(journal_of(tmp_path))
    for at, entry in records("whole"):
        journal.append(at, [with_canaries(entry)])
    late = records("whole")[-1][0]
    wrong = [answer_entry("audience-designer", "sr_number", PASSWORD, "typed")]
    right = [answer_entry("audience-designer", "sr_number", "3-1", "typed")]
    for entries in (wrong, right, [answer_entry("select-object", "description", f"Ask {EMAIL}", "typed")]):
        journal.append(late, entries)
    journal.append(late, [Entry(RecordKind.PREFLIGHT, "", {"what": "answer", "file": MEMBER, "answer": {}})])
    journal.close()
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
    if entry.kind is RecordKind.ANSWER and f"{entry.step}.{entry.body['name']}" in GUIDE.personal(Personal.RECORDS):
        return Entry(entry.kind, entry.step, {**entry.body, "value": [MEMBER]})
    if entry.kind is RecordKind.OUTCOME and MEMBERS in entry.body["basis"]:
        outcome = entry.body["outcome"]
        findings = [{**one, "seen": f"{MEMBER[:-2]} lives elsewhere", "why": MEMBER} for one in outcome["findings"]]
        basis = {**entry.body["basis"], MEMBERS: "0123456789abcdef"}
        return Entry(entry.kind, entry.step, {"outcome": {**outcome, "findings": findings}, "basis": basis})
    return entry


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
    assert values["audience-designer.sr_number"] == "3-1"
    assert values["export-schedule.time"]
    assert "add-user.email" not in values
    assert "first-password.email" not in values


def test_digests_of_what_was_erased_go_too(home: Path) -> None:
    erase(home, Scope.RECORDS)
    assert found_in(home, ("0123456789abcdef",)) == []


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


def known(home: Path) -> Ledger:
    ledger = Ledger()
    ledger.take(read_records(journal_of(home)))
    return ledger


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


@pytest.mark.parametrize("scope", Scope)
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
