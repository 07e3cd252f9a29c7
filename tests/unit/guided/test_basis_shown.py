"""Where a finding asks for something, every place that shows it says how certain it is and where to read on."""

from __future__ import annotations

from cxr_tui.cli.commands.walk import steps_table
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.guide.registry import GUIDE
from cxr_tui.guided.walk import StepReport
from cxr_tui.journal.gate import State
from cxr_tui.presentation.findings import finding_lines
from cxr_tui.reports.handover_formats import evidence_basis
from cxr_tui.tui.widgets.findings import finding_blocks

GUESSED = Finding("extra-role", Status.WARN, "The user may read folders.", "It may be a hint.", "Compare the tab.")
STATED = Finding("password-expired", Status.FAIL, "PASSWORD_EXPIRED", "It has expired.", "Reset it.")
OURS = Finding("store-unusable", Status.UNKNOWN, "No keyring.", "It is needed.", "Unlock it.")
INFERRED = "inferred, so it may be wrong; cxr-tui help facts A.10"
DOCUMENTED = "documented by Oracle; cxr-tui help facts A.5"


def test_every_place_says_how_certain_a_finding_is() -> None:
    findings = (GUESSED, STATED, OURS)
    table = steps_table(GUIDE, [StepReport("role-assignment", State.FAILED, findings)])
    plain = "\n".join(finding_lines(findings))
    screen = "\n".join(
        line.plain.strip() for one in findings for block in finding_blocks(one, "F6") for line in block(76)
    )
    for shown in (table, plain, screen):
        assert INFERRED in shown
        assert DOCUMENTED in shown
        assert shown.count("help facts") == 2, "our own rules have no source"


def test_the_basis_is_wrapped_and_not_cut_on_a_narrow_screen() -> None:
    lines = [line.plain for block in finding_blocks(GUESSED, "F6") for line in block(40)]
    assert max(map(len, lines)) <= 40
    assert INFERRED in " ".join(line.strip() for line in lines)


def test_a_report_says_so_of_findings_that_ask_for_something_and_of_guesses() -> None:
    def basis(finding: Finding, status: Status) -> str:
        document = {"status": status.value, "basis": finding.basis.value, "source": finding.source}
        return evidence_basis(document)

    assert basis(GUESSED, Status.WARN) == basis(GUESSED, Status.PASS) == INFERRED
    assert (basis(STATED, Status.FAIL), basis(STATED, Status.PASS), basis(OURS, Status.FAIL)) == (DOCUMENTED, "", "")
