"""The gate: what locks, what turns stale, what holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from toy_guide import TOY

from cxr_tui.journal.gate import State, basis, states
from cxr_tui.journal.ledger import Ledger, answer_entry, confirmation_entry, outcome_entry, outcome_from
from cxr_tui.journal.store import Entry, Record
from cxr_tui.model.basis import Basis
from cxr_tui.model.finding import Finding, Fix, Outcome, Status, Verdict, Waiting
from cxr_tui.model.rules import Ground, ground_of
from cxr_tui.model.values import Value

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Told:
    """A journal in memory: folds each record as it is told."""

    def __init__(self) -> None:
        self.ledger = Ledger()

    def write(self, entry: Entry) -> None:
        self.ledger.take([Record(self.ledger.seq + 1, NOW + timedelta(minutes=self.ledger.seq), entry)])

    def answer(self, step: str, value: Value, name: str = "word") -> None:
        self.write(answer_entry(step, name, value, "typed"))

    def judge(self, step: str, verdict: Verdict, facts: dict[str, Value] | None = None) -> None:
        status = Status.FAIL if verdict is Verdict.FAILED else Status.PASS
        outcome = Outcome(verdict, (Finding("code", status, "seen"),), facts or {})
        for name, value in (facts or {}).items():
            self.ledger.values[f"{step}.{name}"] = value
        self.write(outcome_entry(step, outcome, basis(TOY.step(step), self.ledger)))

    def confirm(self, step: str) -> None:
        self.write(confirmation_entry(step, "person", basis(TOY.step(step), self.ledger)))

    def states(self) -> dict[str, str]:
        return {step: standing.state.value for step, standing in states(TOY.steps, self.ledger).items()}

    def prove_all(self) -> None:
        for step in TOY.steps:
            self.answer(step.id, "good")
            self.judge(step.id, Verdict.VERIFIED, {"seen": "good"})


def test_a_fresh_journal_opens_only_the_first_step() -> None:
    told = Told()
    assert told.states() == {"one": "ready", "two": "locked", "three": "locked", "four": "locked", "five": "locked"}
    assert states(TOY.steps, told.ledger)["five"].blocked_by == "one"


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
    standing = states(TOY.steps, told.ledger)
    assert standing["three"].state is State.LOCKED
    assert standing["three"].blocked_by == "one"
    assert (standing["two"].state, standing["two"].blocked_by) == (State.STALE, "one")


def test_a_check_that_could_not_look_takes_nothing_back() -> None:
    told = Told()
    told.prove_all()
    told.judge("one", Verdict.UNKNOWN)
    assert told.states()["one"] == "verified"
    unseen = states(TOY.steps, told.ledger)["one"].unseen
    assert unseen is not None
    assert unseen.verdict is Verdict.UNKNOWN


def test_a_failed_check_takes_it_back() -> None:
    told = Told()
    told.prove_all()
    told.judge("two", Verdict.FAILED)
    standing = states(TOY.steps, told.ledger)
    assert standing["two"].state is State.FAILED
    assert (standing["three"].state, standing["three"].blocked_by) == (State.VERIFIED, "two")


def test_a_wait_remembers_when_it_began() -> None:
    told = Told()
    told.answer("one", "wait")
    waiting = Outcome(Verdict.WAITING, (), {}, Waiting("Oracle", "2 to 10 working days"))
    for _ in range(3):
        told.write(outcome_entry("one", waiting, basis(TOY.step("one"), told.ledger)))
    standing = states(TOY.steps, told.ledger)["one"]
    assert standing.state is State.WAITING
    assert standing.waiting is not None
    assert standing.waiting.since == NOW + timedelta(minutes=1)


def test_outcomes_survive_the_journal_unchanged() -> None:
    outcome = Outcome(
        Verdict.WAITING,
        (Finding("code", Status.FAIL, "seen", "why", "remedy", Fix("put right", {"one.word": ["a"]})),),
        {"fact": {"a": "b"}},
        Waiting("Oracle", "days", NOW, None),
        "four",
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
