"""What could not be looked at is no evidence against what was seen before."""

from __future__ import annotations

from dataclasses import replace

from cxr_tui.domain.finding import Finding, Outcome, Status, Verdict
from cxr_tui.guide.catalog.anomalies import UNREACHABLE
from cxr_tui.journal.gate import State, StepState


def keep_previous_result(before: StepState, outcome: Outcome) -> Outcome:
    """Return the outcome of a check, as `unknown` where it only failed to see what an earlier one has seen.

    A step that held goes on holding then, and says that the newest look saw nothing: an evening without a network must
    not cost the evidence of weeks.
    """
    if not before.done or outcome.verdict in (Verdict.VERIFIED, Verdict.UNKNOWN):
        return outcome
    if before.state is State.CONFIRMED and outcome.verdict is Verdict.CONFIRMABLE:
        return outcome
    against = [one for one in outcome.findings if one.status is Status.FAIL and one.code not in UNREACHABLE]
    blind = [one for one in outcome.findings if one.status is Status.UNKNOWN or one.code in UNREACHABLE]
    if against or not blind:
        return outcome
    findings = tuple(_softened(one) for one in outcome.findings)
    return replace(outcome, verdict=Verdict.UNKNOWN, findings=findings, waiting=None)


def _softened(finding: Finding) -> Finding:
    """Say `unknown` of a host that is not reached: for a first look a person has to act, for a later one it passes."""
    failed = finding.status is Status.FAIL and finding.code in UNREACHABLE
    return replace(finding, status=Status.UNKNOWN) if failed else finding
