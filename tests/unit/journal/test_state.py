"""The folded journal: what each kind of record leaves behind, and what a later one takes back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cxr_tui.domain.answers import digest
from cxr_tui.domain.certainty import Basis, Ground
from cxr_tui.domain.finding import Finding, Outcome, Status, Verdict, Waiting
from cxr_tui.domain.responsys_data import FirstSeen, WordKind
from cxr_tui.journal.events import (
    ERASED,
    LoginEnd,
    answer_entry,
    confirmation_entry,
    erasure_entry,
    first_seen_entry,
    note_entry,
    outcome_entry,
    refusal_entry,
    run_entry,
    secret_entry,
    visit_entry,
    withdrawal_entry,
)
from cxr_tui.journal.state import JournalState
from cxr_tui.journal.store import Entry, Record

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ITEM = "some-password"


def at(number: int) -> datetime:
    """Return the time of the record with this number, counted from 1."""
    return START + timedelta(minutes=number)


def folded(*entries: Entry) -> JournalState:
    journal = JournalState()
    journal.apply([Record(number, at(number), entry) for number, entry in enumerate(entries, 1)])
    return journal


def judged(verdict: Verdict, **other: Any) -> Entry:  # noqa: ANN401 - of an outcome
    status = {Verdict.FAILED: Status.FAIL, Verdict.UNKNOWN: Status.UNKNOWN}.get(verdict, Status.PASS)
    return outcome_entry(
        "one", Outcome(verdict, (Finding("code", status, "seen", ground=Ground(Basis.OWN)),), **other), {}
    )


def typed(value: object, name: str = "word") -> Entry:
    return answer_entry("one", name, value, "typed")  # type: ignore[arg-type]  # None undoes an answer


def test_notes_and_first_seen_words_are_kept_and_erased_ones_leave_nothing() -> None:
    word = FirstSeen("runs", WordKind.STATUS, "PAUSED")
    kept = (note_entry("one", "text"), first_seen_entry(word))
    journal = folded(*kept, *(Entry(one.kind, one.step, {ERASED: 1}) for one in kept))
    assert [one.seq for one in journal.notes["one"]] == [1]
    assert journal.first_seen == {word: at(2)}


def test_an_undone_first_answer_leaves_no_value_and_lets_visits_be_made_again() -> None:
    journal = folded(typed("a"), visit_entry("one", "digest"), typed(None))
    assert (journal.values, journal.answer_sources, journal.completed_visits) == ({}, {}, {})
    assert journal.answer_history == {"one.word": [(at(1), "a"), (at(3), "")]}


def test_every_answer_is_kept_with_its_time() -> None:
    journal = folded(typed("a"), typed("b"))
    assert journal.values == {"one.word": "b"}
    assert journal.answer_sources["one.word"].at == at(2)
    assert journal.answer_history == {"one.word": [(at(1), "a"), (at(2), "b")]}


def test_visits_are_kept_until_a_check_that_does_not_wait() -> None:
    visits = (visit_entry("one", "first"), visit_entry("one", "second"))
    assert folded(*visits).completed_visits == {"one": {"first", "second"}}
    waiting = judged(Verdict.WAITING, waiting=Waiting("someone", "a while"))
    assert folded(*visits, waiting).completed_visits == {"one": {"first", "second"}}
    assert folded(*visits, judged(Verdict.FAILED)).completed_visits == {}
    assert folded(*visits, visit_entry("one", "wait:third"), waiting).completed_visits == {"one": {"first", "second"}}


def test_a_check_that_could_not_look_stands_beside_the_last_that_could() -> None:
    journal = folded(judged(Verdict.UNKNOWN))
    assert journal.checks["one"].outcome.verdict is Verdict.UNKNOWN
    assert journal.inconclusive == {}
    journal = folded(judged(Verdict.VERIFIED), judged(Verdict.UNKNOWN))
    assert journal.checks["one"].outcome.verdict is Verdict.VERIFIED
    assert journal.inconclusive["one"].at == at(2)
    journal = folded(judged(Verdict.VERIFIED), judged(Verdict.UNKNOWN), judged(Verdict.FAILED))
    assert journal.checks["one"].outcome.verdict is Verdict.FAILED
    assert journal.inconclusive == {}


def test_a_wait_counts_from_its_beginning_and_ends_with_an_answer() -> None:
    waiting = judged(Verdict.WAITING, waiting=Waiting("someone", "a while"))
    since = judged(Verdict.WAITING, waiting=Waiting("someone", "a while", since=START - timedelta(days=1)))
    assert folded(waiting, waiting).waiting_since == {"one": at(1)}
    assert folded(since).waiting_since == {"one": START - timedelta(days=1)}
    assert folded(waiting, judged(Verdict.UNKNOWN)).waiting_since == {"one": at(1)}
    assert folded(waiting, judged(Verdict.VERIFIED)).waiting_since == {}


def test_a_learned_value_that_changes_has_the_time_of_its_change() -> None:
    journal = folded(judged(Verdict.VERIFIED, facts={"zone": "A"}), judged(Verdict.VERIFIED, facts={"zone": "A"}))
    assert (journal.values, journal.changed_at) == ({"one.zone": "A"}, {})
    journal = folded(judged(Verdict.VERIFIED, facts={"zone": "A"}), judged(Verdict.VERIFIED, facts={"zone": "B"}))
    assert journal.values == {"one.zone": "B"}
    assert journal.changed_at == {"one.zone": at(2)}
    answered = folded(typed("A", "zone"), judged(Verdict.VERIFIED, facts={"zone": "B"}))
    assert answered.answer_history == {"one.zone": [(at(1), "A")]}


def test_failed_logins_count_until_one_is_accepted_or_the_secret_is_entered_again() -> None:
    failed = (
        refusal_entry("", ITEM, LoginEnd.REFUSED),
        refusal_entry("", ITEM, LoginEnd.REFUSED),
        refusal_entry("", ITEM, LoginEnd.UNANSWERED),
    )
    journal = folded(*failed)
    assert (journal.refusals, journal.unanswered, journal.wrong_logins) == ({ITEM: 2}, {ITEM: (at(3),)}, 3)
    for end in (refusal_entry("", ITEM, LoginEnd.ACCEPTED), secret_entry("one", "key", ITEM, 2, "typed")):
        journal = folded(*failed, end)
        assert (journal.refusals, journal.unanswered, journal.wrong_logins) == ({}, {}, 0)


def test_a_secret_is_pending_until_its_second_record() -> None:
    announced = secret_entry("one", "key", ITEM, 1, "typed", announced=True)
    journal = folded(refusal_entry("", ITEM, LoginEnd.REFUSED), announced)
    assert (journal.values, journal.pending_secrets, journal.answer_sources) == ({"one.key": 1}, {"one.key"}, {})
    assert journal.refusals == {ITEM: 1}
    journal = folded(announced, secret_entry("one", "key", ITEM, 1, "typed"))
    assert (journal.values, journal.pending_secrets, set(journal.answer_sources)) == (
        {"one.key": 1},
        set(),
        {"one.key"},
    )


def test_a_confirmation_lasts_until_it_is_withdrawn() -> None:
    given = confirmation_entry("one", "jane", {"one.word": "digest"})
    confirmed = folded(given).confirmed["one"]
    assert (confirmed.at, confirmed.by, dict(confirmed.basis)) == (at(1), "jane", {"one.word": "digest"})
    assert folded(given, withdrawal_entry("one", "jane")).confirmed == {}


@pytest.mark.parametrize(
    ("erased", "basis", "depends"),
    [
        ([], {"one.word": digest("old")}, False),
        (["one.word"], {"one.word": digest("old")}, True),
        (["*"], {"one.word": digest("old")}, True),
        (["one.word"], {"one.word": digest("new")}, False),
        (["one.word"], {"one.word": digest(None)}, False),
        (["one.other"], {"one.word": digest("old")}, False),
        (["one.word"], {}, False),
    ],
)
def test_a_result_depends_on_erased_values_only_where_they_were_read(
    erased: list[str], basis: Mapping[str, str], *, depends: bool
) -> None:
    journal = folded(erasure_entry("answers", "jane", erased, {}), typed("new"))
    assert journal.depends_on_erased(outcome_entry("one", Outcome(Verdict.VERIFIED, ()), basis)) is depends


def test_notes_and_runs_are_kept_by_step() -> None:
    notes = (note_entry("one", "a"), note_entry("one", "b"))
    assert [one.entry.body["text"] for one in folded(*notes).notes["one"]] == ["a", "b"]
    runs = (
        run_entry("export", "1", {"status": "running"}),
        run_entry("export", "1", {"status": "done"}),
        run_entry("export", "2", {"status": "running"}),
    )
    assert {key: run["status"] for key, run in folded(*runs).runs["export"].items()} == {"1": "done", "2": "running"}
