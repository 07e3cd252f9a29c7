"""The gate: what locks, what turns stale, what holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cxr_tui.domain.answers import Value, digest
from cxr_tui.domain.certainty import Basis, Ground, ground_of
from cxr_tui.domain.finding import Finding, Fix, Outcome, Status, Verdict, Waiting
from cxr_tui.guide.definition import Field
from cxr_tui.journal.events import answer_entry, confirmation_entry, outcome_entry, outcome_from, withdrawal_entry
from cxr_tui.journal.gate import Next, State, StepState, basis, states
from cxr_tui.journal.state import JournalState
from cxr_tui.journal.store import Entry, Record
from support.worlds.toy_guide import TOY

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Told:
    """A journal in memory: folds each record as it is told."""

    def __init__(self) -> None:
        self.journal_state = JournalState()

    def write(self, entry: Entry) -> None:
        self.journal_state.apply(
            [Record(self.journal_state.seq + 1, NOW + timedelta(minutes=self.journal_state.seq), entry)]
        )

    def answer(self, step: str, value: Value, name: str = "word") -> None:
        self.write(answer_entry(step, name, value, "typed"))

    def judge(self, step: str, verdict: Verdict, facts: dict[str, Value] | None = None) -> None:
        status = Status.FAIL if verdict is Verdict.FAILED else Status.PASS
        outcome = Outcome(verdict, (Finding("code", status, "seen"),), facts or {})
        for name, value in (facts or {}).items():
            self.journal_state.values[f"{step}.{name}"] = value
        self.write(outcome_entry(step, outcome, basis(TOY.step(step), self.journal_state)))

    def confirm(self, step: str) -> None:
        self.write(confirmation_entry(step, "person", basis(TOY.step(step), self.journal_state)))

    def states(self) -> dict[str, str]:
        return {step: standing.state.value for step, standing in states(TOY.steps, self.journal_state).items()}

    def prove_all(self) -> None:
        for step in TOY.steps:
            self.answer(step.id, "good")
            self.judge(step.id, Verdict.VERIFIED, {"seen": "good"})


def test_a_fresh_journal_opens_only_the_first_step() -> None:
    told = Told()
    assert told.states() == {"one": "ready", "two": "locked", "three": "locked", "four": "locked", "five": "locked"}
    assert states(TOY.steps, told.journal_state)["five"].blocked_by == "one"


def test_answers_alone_open_nothing() -> None:
    told = Told()
    told.answer("one", "good")
    assert told.states()["one"] == "draft"
    assert told.states()["two"] == "locked"


def test_evidence_opens_the_next() -> None:
    told = Told()
    told.answer("one", "good")
    told.judge("one", Verdict.VERIFIED)
    assert (told.states()["one"], told.states()["two"], told.states()["three"]) == ("verified", "ready", "locked")


def test_a_confirmable_outcome_needs_somebodys_word() -> None:
    told = Told()
    told.answer("one", "word")
    told.judge("one", Verdict.CONFIRMABLE)
    assert told.states()["one"] == "draft"
    told.confirm("one")
    assert told.states()["one"] == "confirmed"


def against(*seen: str, status: Status = Status.FAIL, hard_stop: bool = False) -> Outcome:
    """Return an outcome that findings of one code are against."""
    verdict = Verdict.FAILED if status is Status.FAIL else Verdict.UNKNOWN
    return Outcome(verdict, tuple(Finding("code", status, one, hard_stop=hard_stop) for one in seen))


def newest(told: Told, step: str, outcome: Outcome) -> StepState:
    """Judge a step and return its state."""
    told.write(outcome_entry(step, outcome, basis(TOY.step(step), told.journal_state)))
    return states(TOY.steps, told.journal_state)[step]


def overrule(told: Told, step: str, outcome: Outcome, sentence: str = "I looked at it myself") -> None:
    told.write(confirmation_entry(step, "ann", basis(TOY.step(step), told.journal_state), outcome.against, sentence))


WAITING = Outcome(Verdict.WAITING, (), waiting=Waiting("Oracle", "days"))


@pytest.mark.parametrize(
    ("outcome", "state", "next_"),
    [
        (against("this"), State.FAILED, Next.FIX),
        (against("no answer", status=Status.UNKNOWN), State.DRAFT, Next.RETRY),
        (WAITING, State.WAITING, Next.WAIT),
    ],
)
def test_a_sentence_passes_what_is_against_a_step_and_a_plain_word_does_not(
    outcome: Outcome, state: State, next_: Next
) -> None:
    told = Told()
    told.answer("one", "word")
    told.confirm("one")
    before = newest(told, "one", outcome)
    assert (before.state, before.next) == (state, next_)
    overrule(told, "one", outcome)
    after = newest(told, "one", outcome)
    assert (after.state, after.next, after.sentence) == (State.CONFIRMED, Next.NOTHING, "I looked at it myself")
    assert after.overruled == (("waiting",) if outcome is WAITING else ("code",))
    assert told.states()["two"] == "ready"
    told.write(withdrawal_entry("one", "ann"))
    assert states(TOY.steps, told.journal_state)["one"].state is state


def test_an_overruled_step_fails_again_once_its_entries_or_what_was_seen_change() -> None:
    told = Told()
    told.answer("one", "word")
    newest(told, "one", against("this", "that"))
    overrule(told, "one", against("this", "that"))
    assert newest(told, "one", against("that")).state is State.CONFIRMED, "one of two is gone"
    assert newest(told, "one", against("that", "more")).state is State.FAILED
    assert newest(told, "one", against("gone", status=Status.UNKNOWN)).state is State.FAILED, "nothing new was seen"
    assert newest(told, "one", against("this")).state is State.CONFIRMED
    assert newest(told, "one", Outcome(Verdict.CONFIRMABLE, ())).overruled == ()
    told.answer("one", "other")
    assert told.states()["one"] == "stale"
    assert newest(told, "one", against("this")).state is State.FAILED


def test_what_moves_by_itself_in_a_finding_is_no_change_where_it_has_an_identity() -> None:
    told = Told()
    early, late = (
        Outcome(Verdict.FAILED, (Finding("old", Status.FAIL, f"{hours} hours old", identity="f.csv"),))
        for hours in (1, 2)
    )
    newest(told, "one", early)
    overrule(told, "one", early)
    assert newest(told, "one", late).state is State.CONFIRMED


def test_nothing_passes_a_hard_stop() -> None:
    told = Told()
    stop = against("a private key", hard_stop=True)
    newest(told, "one", stop)
    overrule(told, "one", stop)
    assert newest(told, "one", stop).state is State.FAILED


def test_evidence_of_a_later_step_turns_a_word_into_evidence() -> None:
    steps = tuple(replace(one, verified_by={"one": "two", "two": "three"}.get(one.id, "")) for one in TOY.steps)
    told = Told()
    for step in ("one", "two"):
        told.judge(step, Verdict.CONFIRMABLE)
        told.confirm(step)
    assert states(steps, told.journal_state)["two"].state is State.CONFIRMED
    told.judge("three", Verdict.VERIFIED)
    shown = states(steps, told.journal_state)
    assert [shown[one].state.value for one in ("one", "two", "three")] == ["verified"] * 3
    assert shown["two"].evidence_step == "three"
    told.judge("two", Verdict.FAILED)
    assert states(steps, told.journal_state)["one"].state is State.CONFIRMED, "the chain is broken"
    overrule(told, "two", Outcome(Verdict.FAILED, (Finding("code", Status.FAIL, "seen"),)))
    assert states(steps, told.journal_state)["two"].state is State.CONFIRMED, "overruled is never shown as verified"


def test_evidence_seen_before_a_word_does_not_cover_it() -> None:
    steps = tuple(replace(one, verified_by="two" if one.id == "one" else "") for one in TOY.steps)
    told = Told()
    told.judge("one", Verdict.CONFIRMABLE)
    told.confirm("one")
    told.judge("two", Verdict.VERIFIED)
    told.confirm("one")
    assert states(steps, told.journal_state)["one"].state is State.CONFIRMED


def test_what_version_1_called_proven_on_entries_is_checked_again() -> None:
    told = Told()
    for step in TOY.steps:
        entry = outcome_entry(step.id, Outcome(Verdict.VERIFIED, ()), basis(step, told.journal_state))
        outcome = {**entry.body["outcome"], "verdict": "proven", "proven_later": ""}
        told.write(replace(entry, body={**entry.body, "outcome": outcome}))
    assert set(told.states().values()) == {"stale"}
    newest(told, "one", Outcome(Verdict.VERIFIED, ()))
    assert told.states()["one"] == "verified"


def test_a_word_given_before_the_check_counts_after_it() -> None:
    told = Told()
    told.answer("one", "word")
    told.confirm("one")
    assert told.states()["one"] == "draft"
    told.judge("one", Verdict.CONFIRMABLE)
    assert told.states()["one"] == "confirmed"


def test_a_changed_answer_turns_what_rests_on_it_stale_and_nothing_else() -> None:
    told = Told()
    told.prove_all()
    assert set(told.states().values()) == {"verified"}
    told.answer("one", "other")
    # `four` rests on the fact that `one` learned, which has not changed; `five` rests on every answer.
    assert told.states() == {"one": "stale", "two": "stale", "three": "verified", "four": "verified", "five": "stale"}


def test_a_learned_fact_that_changes_turns_stale_what_rests_on_it() -> None:
    told = Told()
    told.prove_all()
    told.judge("one", Verdict.VERIFIED, {"seen": "another"})
    assert told.states() == {
        "one": "verified",
        "two": "verified",
        "three": "verified",
        "four": "stale",
        "five": "verified",
    }


def test_a_field_that_a_newer_version_asks_for_takes_nothing_back_before_it_is_answered() -> None:
    told = Told()
    told.prove_all()
    newer = [replace(one, fields=(*one.fields, Field("new", "New", optional=True))) for one in TOY.steps]
    assert {one.state.value for one in states(newer, told.journal_state).values()} == {"verified"}
    told.answer("one", "now", "new")
    assert states(newer, told.journal_state)["one"].state is State.STALE
    fewer = [replace(one, fields=one.fields[:1]) for one in TOY.steps]
    assert states(fewer, told.journal_state)["two"].state is State.VERIFIED


def test_an_answer_put_back_holds_again() -> None:
    told = Told()
    told.prove_all()
    told.answer("one", "other")
    told.answer("one", "good")
    assert set(told.states().values()) == {"verified"}


def test_a_stale_step_in_the_middle_locks_what_was_never_validated() -> None:
    told = Told()
    for name in ("one", "two"):
        told.answer(name, "good")
        told.judge(name, Verdict.VERIFIED)
    told.answer("one", "other")
    standing = states(TOY.steps, told.journal_state)
    assert standing["three"].state is State.LOCKED
    assert standing["three"].blocked_by == "one"
    assert (standing["two"].state, standing["two"].blocked_by) == (State.STALE, "one")


def test_a_check_that_could_not_look_takes_nothing_back() -> None:
    told = Told()
    told.prove_all()
    told.judge("one", Verdict.UNKNOWN)
    assert told.states()["one"] == "verified"
    unseen = states(TOY.steps, told.journal_state)["one"].inconclusive
    assert unseen is not None
    assert unseen.verdict is Verdict.UNKNOWN


def test_a_failed_check_takes_it_back() -> None:
    told = Told()
    told.prove_all()
    told.judge("two", Verdict.FAILED)
    standing = states(TOY.steps, told.journal_state)
    assert standing["two"].state is State.FAILED
    assert (standing["three"].state, standing["three"].blocked_by) == (State.VERIFIED, "two")


def test_a_wait_remembers_when_it_began() -> None:
    told = Told()
    told.answer("one", "wait")
    waiting = Outcome(Verdict.WAITING, (), {}, Waiting("Oracle", "2 to 10 working days"))
    for _ in range(3):
        told.write(outcome_entry("one", waiting, basis(TOY.step("one"), told.journal_state)))
    standing = states(TOY.steps, told.journal_state)["one"]
    assert standing.state is State.WAITING
    assert standing.waiting is not None
    assert standing.waiting.since == NOW + timedelta(minutes=1)


def test_outcomes_survive_the_journal_unchanged() -> None:
    outcome = Outcome(
        Verdict.WAITING,
        (Finding("code", Status.FAIL, "seen", "why", "remedy", Fix("put right", {"one.word": ["a"]})),),
        {"fact": {"a": "b"}},
        Waiting("Oracle", "days", NOW, None),
    )
    assert outcome_from(outcome_entry("one", outcome, {}).body["outcome"]) == outcome


def test_the_ground_of_a_finding_is_kept_and_one_of_an_earlier_version_has_that_of_its_code() -> None:
    seen = Finding("job-name-invalid", Status.WARN, "seen", ground=Ground(Basis.INFERRED, "C.7"))
    body = outcome_entry("one", Outcome(Verdict.VERIFIED, (seen,)), {}).body["outcome"]
    kept = body["findings"][0]
    assert (kept["basis"], kept["source"], set(kept) & {"ground"}) == ("inferred", "C.7", set())
    assert outcome_from(body).findings == (seen,)
    earlier = {**body, "findings": [{name: kept[name] for name in kept if name not in ("basis", "source")}]}
    assert outcome_from(earlier).findings[0].ground == ground_of("job-name-invalid") == (Basis.DOCUMENTED, "B.5")


def test_a_step_that_rests_on_every_answer_notices_one_that_is_taken_back() -> None:
    told = Told()
    told.answer("one", "good")
    told.write(answer_entry("one", "word", None, "undo"))
    rested_on = basis(TOY.step("five"), told.journal_state)
    assert rested_on["one.word"] == digest(None)
    told.answer("one", "again")
    assert basis(TOY.step("five"), told.journal_state)["one.word"] == digest("again")


def test_what_a_check_found_is_not_current_for_other_values() -> None:
    told = Told()
    told.answer("one", "word")
    assert newest(told, "one", against("this")).against == ("code",)
    told.answer("one", "other")
    state = states(TOY.steps, told.journal_state)["one"]
    assert (state.current, state.against, state.changed) == (None, (), ("one.word",))
