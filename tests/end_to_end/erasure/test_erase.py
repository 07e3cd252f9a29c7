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
from cxr_tui.domain.errors import JournalError
from cxr_tui.domain.secret import Secret
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
from cxr_tui.journal.events import LoginEnd, answer_entry, refusal_entry
from cxr_tui.journal.gate import State
from cxr_tui.journal.rotation_lock import rotation_lock
from cxr_tui.journal.store import Entry, Journal, Record, RecordKind, read_records
from cxr_tui.journal.undo import last_saved
from cxr_tui.preflight.service import PreflightService
from cxr_tui.reports.handover import handover
from cxr_tui.reports.handover_formats import handover_html, handover_markdown
from cxr_tui.reports.messages import texts
from cxr_tui.reports.review import review
from support.drivers.raw_terminal import raw_terminal
from support.erasure import (
    CANARIES,
    EMAIL,
    MEMBER,
    MEMBERS,
    NAME,
    PASSWORD,
    erase,
    found_in,
    journal_of,
    opened,
    tombstones,
)
from support.processes.preloaded_python import cxr_tui
from support.worlds.demo_guide import Dials, demo_guide
from support.worlds.toy_guide import MemoryCredentials

# What goes


@pytest.mark.parametrize("scope", Scope)
def test_no_byte_under_the_data_folder_holds_what_was_erased(home: Path, scope: Scope) -> None:
    assert {one.partition(": ")[2] for one in found_in(home, CANARIES[scope])} == set(CANARIES[scope])
    erased = erase(home, scope)
    assert found_in(home, CANARIES[scope]) == []
    assert erased.left == ()


def test_a_wider_scope_erases_what_a_narrower_one_does(home: Path) -> None:
    narrow, middle = (erasing.examine(GUIDE, journal_of(home), one).fields for one in (Scope.RECORDS, Scope.ANSWERS))
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
    erasing.erase(guide, journal.path, Scope.ANSWERS)
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
