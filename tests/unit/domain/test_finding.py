"""What a finding does with the texts that it is given."""

from __future__ import annotations

from cxr_tui.domain.finding import LONGEST_TEXT, Finding, Fix, Report, Status, Verdict
from cxr_tui.domain.text import is_hidden, quoted

HOSTILE = 'a\x1b]0;title\x07 file\u202etxt\u2066\x9b31m\nnext\u200b"'


def test_every_text_of_a_finding_is_safe_to_show_and_bounded() -> None:
    for text in _texts(f"There is {HOSTILE}."):
        assert text.startswith("There is a␛]0;title␇ file")
        assert not any(is_hidden(char) for char in text)
    assert [len(text) for text in _texts("x" * (LONGEST_TEXT + 1))] == [LONGEST_TEXT] * 4


def _texts(given: str) -> tuple[str, str, str, str]:
    finding = Finding("code", Status.FAIL, given, given, given, unnamed=given)
    return finding.seen, finding.why, finding.remedy, finding.unnamed


def test_a_report_and_a_fix_take_foreign_text_as_it_comes() -> None:
    report = Report()
    report.fail("code", HOSTILE, "why", "remedy", Fix(f"Use {HOSTILE}", {"step.field": HOSTILE}))
    [finding] = report.verified().findings
    assert finding.fix is not None
    assert finding.fix.answers == {"step.field": HOSTILE}
    assert not any(is_hidden(char) for char in finding.seen + finding.fix.label)


def test_one_value_is_cut_where_it_is_quoted() -> None:
    assert quoted("x" * 100, 10) == f'"{"x" * 9}…"'
    assert quoted("a\nb") == '"a␊b"'


def test_what_could_not_be_checked_keeps_a_step_open_and_says_why() -> None:
    report = Report()
    report.unknown("file-unreadable", "The file is gone.", "So nothing was checked.", "Enter its path.")
    outcome = report.verified()
    assert outcome.verdict is Verdict.UNKNOWN
    assert [one.document() for one in outcome.against] == [
        {
            "code": "file-unreadable",
            "status": "unknown",
            "basis": "own",
            "source": "",
            "seen": "The file is gone.",
            "why": "So nothing was checked.",
            "remedy": "Enter its path.",
        }
    ]
