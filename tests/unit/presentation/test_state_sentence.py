"""Why a step is in its state, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cxr_tui.domain.finding import Finding, Outcome, Status, Verdict, Waiting
from cxr_tui.guide.registry import GUIDE
from cxr_tui.journal.gate import Next, State, StepState
from cxr_tui.presentation.values import state_sentence

AT = datetime(2026, 11, 28, 12, 54, tzinfo=UTC)
WRONG = Outcome(Verdict.FAILED, (Finding("a", Status.FAIL, "seen"), Finding("b", Status.FAIL, "seen")))
HARMFUL = Outcome(Verdict.FAILED, (Finding("a", Status.FAIL, "seen", hard_stop=True),))
CONFIRMED = StepState("add-user", State.CONFIRMED, at=AT, confirmed_by="jo")


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (
            StepState("add-user", State.LOCKED, blocked_by="account"),
            "Locked. Finish step 1, Your two accounts, first.",
        ),
        (StepState("account", State.READY, Next.ENTER), "Nothing is entered yet."),
        (StepState("account", State.DRAFT, Next.CHECK), "Entered, not checked yet."),
        (
            StepState("add-user", State.DRAFT, Next.CHECK, changed=("account.account_name", "gone.key")),
            "Changed since the last check: Account name (step 1), gone.key.",
        ),
        (
            StepState("add-user", State.DRAFT, Next.CONFIRM),
            "Entries are valid. Do this part in Responsys, then confirm it.",
        ),
        (StepState("account", State.DRAFT, Next.RETRY), "The check could not be completed."),
        (
            StepState("ssh2-key", State.WAITING, Next.WAIT, waiting=Waiting("Oracle", "2 days")),
            "Waiting for Oracle (usually 2 days).",
        ),
        (StepState("account", State.FAILED, Next.FIX, outcome=WRONG, current=WRONG), "2 problems to fix."),
        (
            StepState("account", State.FAILED, Next.FIX, outcome=HARMFUL, current=HARMFUL),
            "1 problem to fix. It cannot be confirmed: going on would do harm.",
        ),
        (StepState("account", State.VERIFIED, at=AT), "Evidence seen 2026-11-28 12:54 UTC."),
        (
            StepState("add-user", State.VERIFIED, at=AT, evidence_step="first-password"),
            "Evidence seen 2026-11-28 12:54 UTC at step 6, First password.",
        ),
        (
            replace(CONFIRMED, evidence_step="first-password"),
            "Confirmed by jo, 2026-11-28 12:54 UTC. Verified later, at step 6, First password.",
        ),
        (
            replace(CONFIRMED, confirmed_by="operator"),
            "Done by the sandbox, 2026-11-28 12:54 UTC. This cannot be verified automatically.",
        ),
        (
            replace(CONFIRMED, overruled=("a",), sentence="It is known."),
            "Confirmed by jo, 2026-11-28 12:54 UTC, against a: It is known.",
        ),
        (
            StepState("add-user", State.STALE, Next.CHECK, changed=("account.account_name",)),
            "Was done. Account name (step 1) has changed since.",
        ),
        (
            StepState("add-user", State.STALE, Next.CHECK),
            "An earlier version took the entries for evidence.",
        ),
    ],
)
def test_a_state_is_explained_in_plain_words(state: StepState, sentence: str) -> None:
    assert state_sentence(GUIDE, state) == sentence
