"""Checking again what rests on a secret, as a part of its rotation."""

from __future__ import annotations

from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.ports import Progress
from cxr_tui.journal.gate import State, StepState
from cxr_tui.rotation.port import Integration

_BY_THE_PASSWORD = frozenset(
    {
        "login-budget-spent",
        "login-refused",
        "login-unanswered",
        "password-expired",
        "password-locked",
        "password-one-sided",
        "secret-missing",
        "temporary-password",
        "wrong-login-host",
    }
)
"""Findings of the guide's checks that a rotation brings about while it is under way, and mends when it ends."""


async def check_stale(place: Integration, progress: Progress, spared: set[str]) -> tuple[Finding, ...]:
    """Check every step again that held before, or failed by the password; return what fails now.

    Steps in `spared` are left out, and those are put there at which a login went wrong: an act tries each of them once.
    """
    found: list[Finding] = []
    for step in place.guide.steps:
        if step.id not in spared and _due(place.states()[step.id]):
            progress(f"{step.title}…")
            wrong = place.journal_state().wrong_logins
            outcome = await place.check(step.id, progress)
            found += [one for one in outcome.findings if one.status is Status.FAIL]
            if place.journal_state().wrong_logins > wrong:
                spared.add(step.id)
    return tuple(found)


def _due(standing: StepState) -> bool:
    if standing.blocked_by or standing.done:
        return False
    failed = standing.outcome.findings if standing.outcome else ()
    return standing.state is State.STALE or any(one.code in _BY_THE_PASSWORD for one in failed)
