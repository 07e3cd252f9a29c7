"""Where a person's word passes no finding: a private key, a Yes without its sentence, a refused password."""

from __future__ import annotations

import pytest

from cxr_tui.domain.errors import LoginBudgetSpentError, LoginRefusedError, OutsideError, Reach, UnreachableError
from cxr_tui.domain.finding import Report, Status
from cxr_tui.guide.checks.common import AUDIENCE_API_PASSWORD, CONNECT_API_PASSWORD, RESPONSYS_PASSWORD, report_error

OF_THE_PASSWORD = ("INVALID_USER_NAME_PASSWORD", "PASSWORD_EXPIRED", "PASSWORD_LOCKOUT")


def refused(status: int, code: str, *, item: str) -> LoginRefusedError:
    error = LoginRefusedError(status, code)
    error.item = item
    return error


def stops(error: OutsideError, optional: Status | None = None) -> bool:
    report = Report()
    report_error(report, error, "Logging in", optional=optional)
    return report.verified().hard_stop


@pytest.mark.parametrize("code", OF_THE_PASSWORD)
@pytest.mark.parametrize("item", [RESPONSYS_PASSWORD, f"{RESPONSYS_PASSWORD}.next"])
def test_a_refused_password_of_the_integration_user_stops(code: str, item: str) -> None:
    assert stops(refused(400, code, item=item))
    assert stops(LoginBudgetSpentError(2, item=item))


@pytest.mark.parametrize(
    "error",
    [
        refused(400, "", item=RESPONSYS_PASSWORD),
        refused(403, "API_DISABLED_FOR_USER", item=RESPONSYS_PASSWORD),
        refused(401, "LOGIN_BLOCKED_INVALID_IPRANGE", item=RESPONSYS_PASSWORD),
        LoginBudgetSpentError(0, 3, item=RESPONSYS_PASSWORD),
        *(refused(400, code, item=CONNECT_API_PASSWORD) for code in OF_THE_PASSWORD),
        UnreachableError(Reach.REFUSED, "login5.responsys.net"),
    ],
)
def test_whatever_else_ends_a_login_can_be_passed(error: OutsideError) -> None:
    assert not stops(error)


@pytest.mark.parametrize("item", [CONNECT_API_PASSWORD, AUDIENCE_API_PASSWORD, RESPONSYS_PASSWORD])
def test_a_user_that_nobody_has_to_provide_stops_nothing(item: str) -> None:
    assert not stops(refused(400, OF_THE_PASSWORD[0], item=item), optional=Status.WARN)
