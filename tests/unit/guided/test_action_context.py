"""The sensible next thing, as a pure function."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cxr_tui.domain.finding import Finding, Fix, Outcome, Status, Verdict
from cxr_tui.guided.action_context import ActionContext, PrimaryAction, first_fix
from cxr_tui.journal.gate import Next, State, StepState
from cxr_tui.tui.widgets.action_buttons import fitting

FIX = Fix("Use it", {"account.account_name": "acme"})
FAILED = Outcome(Verdict.FAILED, (Finding("a", Status.FAIL, "seen", fix=FIX),))
PLAIN_FAIL = Outcome(Verdict.FAILED, (Finding("a", Status.FAIL, "seen"),))
WORD = Outcome(Verdict.CONFIRMABLE, ())


def at(state: State, outcome: Outcome | None = None, *, next_: Next = Next.NOTHING, blocked_by: str = "") -> StepState:
    return StepState("two", state, next_, blocked_by=blocked_by, outcome=outcome)


@pytest.mark.parametrize(
    ("now", "main"),
    [
        (ActionContext(at(State.READY)), PrimaryAction.CHECK),
        (ActionContext(at(State.DRAFT)), PrimaryAction.CHECK),
        (ActionContext(at(State.LOCKED, blocked_by="one")), PrimaryAction.JUMP),
        (ActionContext(at(State.VERIFIED, blocked_by="one")), PrimaryAction.JUMP),
        (ActionContext(at(State.VERIFIED)), PrimaryAction.CONTINUE),
        (ActionContext(at(State.CONFIRMED), last=True), PrimaryAction.FINISH),
        (ActionContext(at(State.VERIFIED), changed=True), PrimaryAction.CHECK),
        (ActionContext(at(State.FAILED, FAILED, next_=Next.FIX)), PrimaryAction.FIX),
        (ActionContext(at(State.FAILED, FAILED, next_=Next.FIX), changed=True), PrimaryAction.AGAIN),
        (ActionContext(at(State.FAILED, PLAIN_FAIL, next_=Next.FIX)), PrimaryAction.AGAIN),
        (ActionContext(at(State.WAITING, next_=Next.WAIT)), PrimaryAction.AGAIN),
        (ActionContext(at(State.DRAFT, WORD, next_=Next.CONFIRM)), PrimaryAction.CONFIRM),
        (ActionContext(at(State.DRAFT, WORD, next_=Next.CONFIRM), changed=True), PrimaryAction.CHECK),
        (ActionContext(at(State.DRAFT, next_=Next.RETRY)), PrimaryAction.AGAIN),
        (ActionContext(at(State.READY), sandboxed=True, has_visits=True), PrimaryAction.OPERATE),
        (ActionContext(at(State.READY), sandboxed=True), PrimaryAction.CHECK),
        (ActionContext(at(State.STALE), sandboxed=True, has_visits=True), PrimaryAction.OPERATE),
        (
            ActionContext(at(State.FAILED, PLAIN_FAIL, next_=Next.FIX), sandboxed=True, has_visits=True, operated=True),
            PrimaryAction.OPERATE,
        ),
        (
            ActionContext(at(State.WAITING, next_=Next.WAIT), sandboxed=True, has_visits=True, operated=True),
            PrimaryAction.AGAIN,
        ),
    ],
)
def test_the_main_button_is_the_sensible_next_thing(now: ActionContext, main: PrimaryAction) -> None:
    assert now.main is main


def test_the_fix_of_a_failure_comes_before_that_of_a_warning() -> None:
    other = Fix("Later", {"a.b": "c"})
    warned = Finding("w", Status.WARN, "seen", fix=other)
    assert first_fix(Outcome(Verdict.FAILED, (warned, *FAILED.findings))) is FIX
    assert first_fix(None) is None


def test_a_fix_is_not_offered_again_once_the_entries_differ_from_those_checked() -> None:
    state = replace(at(State.DRAFT, FAILED, next_=Next.CHECK), changed=("account.account_name",))
    assert ActionContext(state).fix is None
    assert ActionContext(replace(state, changed=())).fix is FIX


def test_buttons_are_shortened_before_one_is_left_out() -> None:
    offered = (("operate", "Do it for me"), ("check", "Save and check"), ("confirm", "I have done this"))
    assert fitting(offered, 100) == offered
    assert [label for _, label in fitting(offered, 48)] == ["Do it for me", "Check", "I did this"]
    assert [label for _, label in fitting(offered, 22)] == ["Do it for me"]
    assert [label for _, label in fitting((("fix", "Use the name of the Account page"),), 24)] == ["Use the name of …"]
