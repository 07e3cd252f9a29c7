"""The truth rules of one check: what a guess may say, and which verdict its findings allow."""

from __future__ import annotations

import pytest

from cxr_tui.domain.certainty import Basis, documented, ground_of, inferred
from cxr_tui.domain.finding import WAITS, Finding, Outcome, Report, Status, Verdict, Waiting

KNOWN = documented("B.5")
GUESS = inferred("C.7")


def finding(status: Status, code: str = "code") -> Finding:
    return Finding(code, status, "seen", "why", "remedy", ground=KNOWN)


def report(*statuses: Status) -> Report:
    made = Report()
    for status in statuses:
        made.add(finding(status))
    return made


def test_a_guess_never_fails() -> None:
    assert Finding("code", Status.FAIL, "seen", ground=GUESS).status is Status.WARN
    assert Finding("code", Status.FAIL, "seen", ground=KNOWN).status is Status.FAIL
    made = Report()
    made.fail("code", "seen", "why", "remedy", ground=GUESS)
    assert (made.failed, made.verified().verdict) == (False, Verdict.VERIFIED)


@pytest.mark.parametrize("status", [Status.PASS, Status.WARN, Status.UNKNOWN])
def test_a_guess_may_say_everything_else(status: Status) -> None:
    assert Finding("code", status, "seen", ground=GUESS).status is status


def test_a_finding_has_the_ground_of_its_code_where_none_is_given() -> None:
    made = Finding("no-expiration", Status.FAIL, "seen")
    assert made.ground == ground_of("no-expiration")
    assert (Finding("no-expiration", Status.FAIL, "seen", ground=GUESS).ground) == GUESS
    assert (finding(Status.PASS).basis, finding(Status.PASS).source) == (Basis.DOCUMENTED, "B.5")


@pytest.mark.parametrize(
    ("statuses", "verified", "confirmable"),
    [
        ((), Verdict.VERIFIED, Verdict.CONFIRMABLE),
        ((Status.PASS, Status.WARN), Verdict.VERIFIED, Verdict.CONFIRMABLE),
        ((Status.PASS, Status.UNKNOWN), Verdict.UNKNOWN, Verdict.CONFIRMABLE),
        ((Status.UNKNOWN, Status.FAIL), Verdict.FAILED, Verdict.FAILED),
    ],
)
def test_findings_decide_how_far_a_check_gets(
    statuses: tuple[Status, ...], verified: Verdict, confirmable: Verdict
) -> None:
    assert report(*statuses).verified().verdict is verified
    assert report(*statuses).confirmable().verdict is confirmable


def test_a_wait_says_for_whom_unless_something_is_wrong() -> None:
    waiting = Waiting("Oracle Support", "some days")
    assert report(Status.UNKNOWN).waiting(waiting) == Outcome(
        Verdict.WAITING, (finding(Status.UNKNOWN),), waiting=waiting
    )
    assert report(Status.FAIL).waiting(waiting).verdict is Verdict.FAILED


def test_only_what_keeps_a_step_from_being_done_speaks_against_it() -> None:
    every = (Status.PASS, Status.WARN, Status.UNKNOWN, Status.FAIL)
    assert report(*every).verified().against == (finding(Status.FAIL),)
    assert report(Status.PASS, Status.UNKNOWN).verified().against == (finding(Status.UNKNOWN),)
    assert report(Status.PASS, Status.WARN).verified().against == ()
    assert report(Status.UNKNOWN).confirmable().against == ()
    assert report().waiting(Waiting("someone", "a while")).against == (WAITS,)


def test_only_a_failure_is_a_hard_stop() -> None:
    made = Report()
    made.fail("code", "seen", "why", "remedy", hard_stop=True, ground=KNOWN)
    assert made.verified().hard_stop is True
    guessed = Report()
    guessed.fail("code", "seen", "why", "remedy", hard_stop=True, ground=GUESS)
    assert guessed.verified().hard_stop is False
    assert report(Status.FAIL).verified().hard_stop is False


def test_a_report_knows_what_failed_so_far() -> None:
    made = Report()
    assert (made.failed, made.found("code")) == (False, False)
    made.add(finding(Status.WARN))
    assert (made.failed, made.found("code")) == (False, False)
    made.add(finding(Status.FAIL, "other"))
    assert (made.failed, made.found("code"), made.found("other")) == (True, False, True)


def test_an_entry_in_order_reads_as_entered() -> None:
    made = Report()
    made.entered("code", "the list is A.", "why")
    [one] = made.verified().findings
    assert (one.status, one.seen, one.why) == (Status.PASS, "Entered: the list is A.", "why")


def test_a_copy_of_a_report_goes_on_separately() -> None:
    made = report(Status.PASS)
    made.learn("fact", 1)
    copied = made.copy()
    copied.add(finding(Status.FAIL))
    copied.learn("fact", 2)
    assert (made.failed, dict(made.verified().facts)) == (False, {"fact": 1})
    assert (copied.failed, len(copied.verified().findings), dict(copied.verified().facts)) == (True, 2, {"fact": 2})


def test_a_person_s_word_holds_while_the_finding_saw_the_same() -> None:
    assert Finding("code", Status.FAIL, "seen", ground=KNOWN).same_as == "seen"
    assert Finding("code", Status.FAIL, "seen", identity="file", ground=KNOWN).same_as == "file"
    assert Finding("code", Status.UNKNOWN, "seen", identity="file", ground=KNOWN).same_as == ""
