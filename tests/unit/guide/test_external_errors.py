"""How outside errors become findings: the code names the cause, the status says whether a person can mend it."""

from __future__ import annotations

import pytest

from cxr_tui.domain.answers import Known
from cxr_tui.domain.errors import (
    Flaw,
    ForeignEndpointError,
    GpgUnusableError,
    HostKeyChangedError,
    HostKeyUnconfirmedError,
    KeyFileError,
    LoginBudgetSpentError,
    LoginRefusedError,
    LoginUnansweredError,
    MalformedError,
    NoAccessError,
    NotFoundError,
    NothingStoredError,
    OpenPgpError,
    OutsideError,
    PrivateKeyFileError,
    Reach,
    RedirectedError,
    RefusedError,
    RemotePathError,
    ServiceFaultError,
    SftpLoginError,
    StoreUnusableError,
    ThrottledError,
    UnreachableError,
)
from cxr_tui.domain.finding import Finding, Report, Status, Verdict
from cxr_tui.domain.instruction import Site
from cxr_tui.guide.catalog.errors import UNREACHABLE, login_cause
from cxr_tui.guide.catalog.explanation import causes
from cxr_tui.guide.checks.common import integration_user, report_error
from cxr_tui.guide.checks.responsys_user import compare_account_name, compare_email
from cxr_tui.guide.checks.sandbox_screen import shown_on_screen
from cxr_tui.guide.definition import Check, Product
from cxr_tui.integration.integration import keep_previous_result
from cxr_tui.journal.gate import State, StepState
from support.worlds.fake_world import FakeCredentials, FakeOperator, FakeWorld

CAUSES: list[tuple[OutsideError, str, str]] = [
    (PrivateKeyFileError("a private key"), "openpgp-unusable", "unknown"),
    (UnreachableError(Reach.DNS, "h"), "host-unreachable", "fail"),
    (UnreachableError(Reach.REFUSED, "h"), "host-unreachable", "fail"),
    (UnreachableError(Reach.TLS, "h"), "host-unreachable", "fail"),
    (UnreachableError(Reach.TIMEOUT, "h"), "service-fault", "unknown"),
    (UnreachableError(Reach.CUT, "h"), "service-fault", "unknown"),
    (ServiceFaultError(503, "HTML"), "service-fault", "unknown"),
    (MalformedError("items"), "answer-malformed", "unknown"),
    (ForeignEndpointError("a", "b"), "foreign-endpoint", "fail"),
    (LoginRefusedError(400, "INVALID_USER_NAME_PASSWORD"), "login-refused", "fail"),
    (LoginRefusedError(401, "PASSWORD_EXPIRED"), "password-expired", "fail"),
    (LoginRefusedError(401, "PASSWORD_LOCKOUT"), "password-locked", "fail"),
    (LoginRefusedError(401, "API_DISABLED_FOR_USER"), "api-disabled", "fail"),
    (LoginRefusedError(401, "LOGIN_IP_RESTRICTED"), "ip-restricted", "unknown"),
    (LoginRefusedError(401, "IP_ADDRESS_NOT_ALLOWED"), "ip-restricted", "unknown"),
    (LoginRefusedError(401, "X", "No entry", "from this IP address"), "ip-restricted", "unknown"),
    (LoginRefusedError(401, "X", "Script expired", "recipient"), "login-unclear", "unknown"),
    (LoginBudgetSpentError(2), "login-budget-spent", "fail"),
    (LoginBudgetSpentError(0, 3), "login-unanswered", "unknown"),
    (LoginUnansweredError(Reach.TIMEOUT, "h"), "login-unanswered", "unknown"),
    (NoAccessError(401, "INSUFFICIENT_ACCESS"), "access-refused", "fail"),
    (NoAccessError(401, "API_DISABLED_FOR_USER"), "api-disabled", "fail"),
    (NoAccessError(401, "CONNECT_DISABLED_FOR_USER"), "connect-disabled", "fail"),
    (NotFoundError(404, "LIST_NOT_FOUND"), "not-found", "fail"),
    (ThrottledError(400, "API_LIMIT_EXCEEDED"), "throttled", "unknown"),
    (RefusedError(400, "API_BLOCKED"), "call-refused", "unknown"),
    (RedirectedError(302, "/elsewhere"), "redirected", "unknown"),
    (RefusedError(401, "IP_ADDRESS_NOT_ALLOWED"), "ip-restricted", "unknown"),
    (HostKeyUnconfirmedError("rsa", "SHA256:x"), "host-key-unconfirmed", "fail"),
    (HostKeyChangedError("SHA256:a", "SHA256:b"), "host-key-changed", "fail"),
    (KeyFileError("PuTTY"), "sftp-auth", "fail"),
    (SftpLoginError("no"), "sftp-auth", "fail"),
    (RemotePathError("no"), "remote-path", "fail"),
    (OpenPgpError("no gpg"), "openpgp-unusable", "unknown"),
    (GpgUnusableError("gpg is missing"), "openpgp-unusable", "unknown"),
    (StoreUnusableError("locked"), "store-unusable", "unknown"),
    (NothingStoredError("item"), "secret-missing", "fail"),
    (OutsideError("?"), "outside-fault", "unknown"),
]


def finding_of(error: OutsideError, product: Product = Product.RESPONSYS, *, first_contact: bool = False) -> Finding:
    report = Report()
    report_error(report, error, "Trying", product=product, first_contact=first_contact)
    (finding,) = report.verified().findings
    return finding


@pytest.mark.parametrize(("error", "code", "status"), CAUSES, ids=lambda part: str(part)[:40])
def test_each_error_has_a_cause_a_consequence_and_a_remedy(error: OutsideError, code: str, status: str) -> None:
    finding = finding_of(error)
    assert (finding.code, finding.status) == (code, status)
    assert finding.why
    assert finding.remedy
    assert finding.seen.startswith("Trying: ")


@pytest.mark.parametrize(
    "error",
    [
        ThrottledError(400, "API_LIMIT_EXCEEDED"),
        ThrottledError(429, "NO_ERROR_CODE"),
        RefusedError(400, "INTERNAL_CAPACITY_LIMIT_EXCEEDED"),
        RefusedError(400, "DUPLICATE_API_REQUEST"),
        RefusedError(400, "REQUEST_LIMIT_EXCEEDED"),
        RefusedError(401, "SERVICE_UNAVAILABLE"),
        RedirectedError(302, "https://login5.responsys.net/maintenance"),
        ServiceFaultError(503, "an HTML page came instead of data"),
        ServiceFaultError(500, "UNEXPECTED_EXCEPTION"),
    ],
)
def test_what_passes_is_unknown_and_counts_as_not_reached(error: OutsideError) -> None:
    report = Report()
    report_error(report, error, "Reading")
    outcome = report.verified()
    assert outcome.verdict is Verdict.UNKNOWN
    assert {one.code for one in outcome.findings} <= UNREACHABLE


@pytest.mark.parametrize("state", [State.VERIFIED, State.CONFIRMED])
@pytest.mark.parametrize(
    "error",
    [
        UnreachableError(Reach.DNS, "host"),
        UnreachableError(Reach.TLS, "host", flaw=Flaw.CERTIFICATE_EXPIRED),
        RedirectedError(302, "/maintenance"),
        RefusedError(400, "INTERNAL_CAPACITY_LIMIT_EXCEEDED"),
    ],
)
def test_what_was_seen_before_holds_whatever_keeps_a_later_check_from_looking(
    state: State, error: OutsideError
) -> None:
    report = Report()
    report_error(report, error, "Reading")
    outcome = keep_previous_result(StepState("step", state), report.verified())
    assert outcome.verdict is Verdict.UNKNOWN
    assert {one.status for one in outcome.findings} == {Status.UNKNOWN}


@pytest.mark.parametrize("status", [Status.UNKNOWN, Status.WARN])
def test_a_fault_of_something_optional_never_fails(status: Status) -> None:
    for error, _, _ in CAUSES:
        report = Report()
        report_error(report, error, "Reading", optional=status)
        assert {one.status for one in report.confirmable().findings} == {status}


def test_a_value_that_is_not_reported_is_not_compared() -> None:
    report = Report()
    compare_email(report, "jo@acme.example", "")
    (found,) = report.verified().findings
    assert (found.code, found.status, found.fix) == ("not-reported", Status.WARN, None)


def test_every_error_of_the_model_is_among_them() -> None:
    def below(kind: type[OutsideError]) -> set[type[OutsideError]]:
        return {kind}.union(*(below(one) for one in kind.__subclasses__()))

    of_the_model = {kind for kind in below(OutsideError) if kind.__module__ == OutsideError.__module__}
    assert of_the_model == {type(error) for error, _, _ in CAUSES}


def test_every_section_of_the_causes_has_its_error() -> None:
    types = {f"error.{type(error).__name__}" for error, _, _ in CAUSES}
    sections = {group: {one for one in causes() if one.startswith(f"{group}.")} for group in ("reach", "error")}
    assert sections["reach"] == {f"reach.{reach}" for reach in Reach}
    assert sections["error"] <= types


def test_each_way_not_to_arrive_is_told_apart() -> None:
    whys = {finding_of(UnreachableError(reach, "h"), first_contact=True).why for reach in Reach}
    assert len(whys) == len(Reach)


def test_at_first_contact_a_time_out_is_for_the_network_people() -> None:
    finding = finding_of(UnreachableError(Reach.TIMEOUT, "h"), first_contact=True)
    assert (finding.code, finding.status) == ("host-unreachable", "fail")
    assert "firewall" in finding.why


def test_what_a_server_says_cannot_steer_the_terminal() -> None:
    finding = finding_of(RefusedError(400, "X", "\x1b[2J", "\u202egnp"))
    assert "\x1b" not in finding.seen
    assert "\u202e" not in finding.seen


def test_remedies_name_the_product_that_was_asked() -> None:
    for code in ("INVALID_USER_NAME_PASSWORD", "PASSWORD_LOCKOUT", "PASSWORD_EXPIRED"):
        finding = finding_of(LoginRefusedError(400, code), Product.AUDIENCE)
        assert "CX Audience" in finding.remedy + finding.why
        assert "User identity management" not in finding.remedy


def test_a_refused_login_has_the_code_of_its_cause() -> None:
    assert login_cause(LoginRefusedError(401, "PASSWORD_LOCKOUT"), Product.RESPONSYS).code == "password-locked"
    assert login_cause(LoginRefusedError(400, "INVALID_USER_NAME_PASSWORD"), Product.RESPONSYS).code == "login-refused"


def checking(world: FakeWorld) -> Check:
    return Check(Known({}), world, lambda _: None)  # type: ignore[arg-type]  # a fake has only what is asked for


async def test_without_a_stored_password_there_is_no_user_and_nothing_is_said() -> None:
    check = checking(FakeWorld())
    assert await integration_user(check) is None
    assert check.report.verified().findings == ()


async def test_a_keyring_that_cannot_be_used_is_no_empty_one() -> None:
    world = FakeWorld(credentials=FakeCredentials(broken=StoreUnusableError("locked")))
    check = checking(world)
    assert id(await integration_user(check)) == id(world.user)  # whose first call says what is wrong
    assert check.report.verified().findings == ()


async def test_with_a_password_the_user_is_there() -> None:
    world = FakeWorld(credentials=FakeCredentials({"responsys-password": "x"}))
    assert id(await integration_user(checking(world))) == id(world.user)


async def test_looking_tells_nobody_there_from_nothing_there_from_not_seen() -> None:
    path = ("Account",)
    assert await shown_on_screen(checking(FakeWorld()), Site.RESPONSYS, path) is None
    assert await shown_on_screen(checking(FakeWorld(screens=FakeOperator())), Site.RESPONSYS, path) == {}
    operator = FakeOperator({path: {"Pod": "5"}})
    assert await shown_on_screen(checking(FakeWorld(screens=operator)), Site.RESPONSYS, path) == {"Pod": "5"}
    check = checking(FakeWorld(screens=FakeOperator({path: UnreachableError(Reach.CUT, "desk")})))
    assert await shown_on_screen(check, Site.RESPONSYS, path) is None
    assert [one.code for one in check.report.verified().findings] == ["service-fault"]


def test_a_comparison_is_a_finding_either_way() -> None:
    report = Report()
    for found in ("a", "A\x07"):
        compare_account_name(report, "a", found)
    first, second = report.verified().findings
    assert (first.code, first.status) == ("account-name-equal", "pass")
    assert (second.code, second.status) == ("account-name-mismatch", "fail")
    assert second.seen == 'Account name: "A␇" was found, "a" was entered.'


@pytest.mark.parametrize("status", [200, 401, 403, 404, 429, 500, 502, 503])
def test_only_a_fault_of_the_service_is_called_one(status: int) -> None:
    finding = finding_of(ServiceFaultError(status, "an HTML page came instead of data: Sign in"))
    assert finding.status is Status.UNKNOWN
    assert ("Oracle's side" in finding.why) == (status >= 500)
    assert "Sign in" in finding.seen
