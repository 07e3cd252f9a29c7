"""What is remembered of failed logins and of hosts that do not answer, and for how long."""

from __future__ import annotations

import pytest

from cxr_tui.domain.errors import (
    MOST_REFUSALS,
    MOST_UNCERTAIN,
    LoginBudgetSpentError,
    OutsideError,
    Reach,
    ServiceFaultError,
    UnreachableError,
)
from cxr_tui.domain.login_endings import one_command
from cxr_tui.domain.secret import Secret
from cxr_tui.gateways.rest import login_limit
from cxr_tui.gateways.rest.login_limit import FailedLogins, LoginLimit

HOST, USER, PASSWORD = "https://login.example", "jane", Secret("Some-Passw0rd")
DOWN = UnreachableError(Reach.REFUSED, "login.example", "the connection was refused", sent=True)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the time, in seconds, as a list of one number that a test may change."""
    now = [1000.0]
    monkeypatch.setattr(login_limit, "monotonic", lambda: now[0])
    return now


def refused(failed: FailedLogins, *, asked_by_person: bool = False, password: Secret = PASSWORD) -> bool:
    try:
        failed.require_none(HOST, USER, password, asked_by_person=asked_by_person)
    except OutsideError:
        return True
    return False


def test_in_one_command_no_login_follows_a_probe_without_an_answer() -> None:
    failed = FailedLogins()
    with one_command():
        failed.note_probe(f"{HOST}/", DOWN)
        with pytest.raises(UnreachableError) as raised:
            failed.require_none(HOST, USER, PASSWORD, asked_by_person=True)
        assert raised.value.sent is False
        failed.note_probe(HOST, None)
        assert not refused(failed)
        failed.note_probe(HOST, DOWN)
        failed.clear()
        assert not refused(failed)
        failed.note_probe(HOST, DOWN)
    with one_command():
        assert not refused(failed)


@pytest.mark.parametrize(("after", "rests"), [(0.0, True), (59.9, True), (60.0, False), (60.5, False)])
def test_without_a_person_a_failed_login_rests_for_a_minute(clock: list[float], after: float, *, rests: bool) -> None:
    failed = FailedLogins()
    failed._logins[HOST, USER] = PASSWORD, ServiceFaultError(503, "away"), login_limit.Moment(clock[0])
    clock[0] += after
    assert refused(failed) is rests
    assert not refused(failed, asked_by_person=True)
    with one_command():
        assert not refused(failed)


def test_a_failed_login_is_forgotten_after_success_for_that_user_only() -> None:
    failed = FailedLogins()
    with one_command():
        failed.note(HOST, USER, PASSWORD, ServiceFaultError(503, "away"))
        assert refused(failed, asked_by_person=True)
        assert not refused(failed, asked_by_person=True, password=Secret("Another-Passw0rd"))
        failed.forget(HOST, "john")
        assert refused(failed, asked_by_person=True)
        failed.forget(HOST, USER)
        assert not refused(failed, asked_by_person=True)


def test_once_a_problem_outside_is_fixed_everything_is_forgotten() -> None:
    failed = FailedLogins()
    with one_command():
        failed.note(HOST, USER, PASSWORD, ServiceFaultError(503, "away"))
        failed.note_probe(HOST, DOWN)
        failed.clear()
        assert not refused(failed, asked_by_person=True)


@pytest.mark.parametrize(
    ("refusals", "lost", "allowed"),
    [
        (MOST_REFUSALS - 1, 0, True),
        (MOST_REFUSALS, 0, False),
        (0, MOST_UNCERTAIN - 1, True),
        (0, MOST_UNCERTAIN, False),
        (1, MOST_UNCERTAIN - 1, False),
    ],
)
def test_no_login_follows_too_many_failures(refusals: int, lost: int, *, allowed: bool) -> None:
    limit = LoginLimit()
    for _ in range(refusals):
        limit.refused()
    for _ in range(lost):
        limit.unanswered()
    if not allowed:
        with pytest.raises(LoginBudgetSpentError):
            limit.require_left()
        limit.accepted()
    limit.require_left()
