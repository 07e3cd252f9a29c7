"""Steps 3 to 7: the integration user, from the form to the first login."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.errors import (
    LoginBudgetSpentError,
    LoginRefusedError,
    MalformedError,
    NoAccessError,
    NotFoundError,
    OutsideError,
    Reach,
    ServiceFaultError,
    StoreUnusableError,
    ThrottledError,
    UnreachableError,
)
from cxr_tui.domain.finding import Verdict
from cxr_tui.domain.instruction import Carried, SecretRef, Site
from cxr_tui.domain.responsys_data import ListSchema
from cxr_tui.guide.definition import Step
from cxr_tui.guide.steps.responsys import (
    add_user,
    cx_audience_settings,
    first_password,
    organization_assignment,
    role_assignment,
)
from support.worlds.fake_world import (
    CUSTOMERS,
    USER,
    FakeApi,
    FakeCredentials,
    FakeOperator,
    FakeWorld,
    codes,
    known_to,
    run,
)

LOGIN = "CXAudienceIntegrationacmeretail"
ANSWERS: dict[str, Value] = {
    "account.account_name": "acmeretail",
    "account.url": "https://login5.responsys.net",
    "add-user.login_name": LOGIN,
    "add-user.email": "jo@acme.example",
}
PAGE = ("Account", "User identity management", "User management", LOGIN)
NO_ROLE = NoAccessError(401, "INSUFFICIENT_ACCESS", "Insufficient access")
WRONG = LoginRefusedError(400, "INVALID_USER_NAME_PASSWORD", "Invalid username or password")
BEFORE = (add_user.STEP, role_assignment.STEP, organization_assignment.STEP)


def world_of(user: FakeApi | None = None, **parts: object) -> FakeWorld:
    """Return a world in which a password is stored; campaigns and folders are refused unless said otherwise."""
    user = user or api()
    credentials = FakeCredentials({"responsys-password": "Quiet-river.42#stones"})
    return replace(FakeWorld(user, credentials=credentials), **parts)  # type: ignore[arg-type]  # parts by name


def api(**answers: object) -> FakeApi:
    """Return a user that may do what the two roles allow, and no more, unless said otherwise."""
    allowed: dict[str, object] = {"campaigns_answer": NO_ROLE, "folders_answer": NO_ROLE}
    return replace(FakeApi(), **(allowed | answers))  # type: ignore[arg-type]  # answers by name


@pytest.mark.parametrize("step", BEFORE, ids=lambda step: str(step.id))
async def test_before_the_password_a_persons_word_counts_and_nothing_is_called(step: Step) -> None:
    world = FakeWorld()
    outcome = await run(step, world, ANSWERS)
    assert outcome.verdict is Verdict.CONFIRMABLE
    assert codes(outcome, "fail", "warn", "unknown") == []
    assert world.user.logins == 0


@pytest.mark.parametrize("step", BEFORE, ids=lambda step: str(step.id))
async def test_with_a_login_the_user_is_seen_and_roles_and_organization_are_guessed(step: Step) -> None:
    outcome = await run(step, world_of(), ANSWERS)
    assert outcome.verdict is (Verdict.VERIFIED if step is add_user.STEP else Verdict.CONFIRMABLE)
    assert outcome.facts["exists"] == LOGIN


@pytest.mark.parametrize("step", BEFORE, ids=lambda step: str(step.id))
@pytest.mark.parametrize("error", [WRONG, LoginBudgetSpentError(2)])
async def test_a_refused_login_is_left_to_the_step_of_the_password(step: Step, error: OutsideError) -> None:
    world = world_of(api(accepts=error))
    outcome = await run(step, world, ANSWERS)
    assert outcome.verdict is Verdict.CONFIRMABLE
    assert codes(outcome, "unknown") == ["login-not-accepted-yet"]
    assert world.user.logins == 0  # asking for the user lets the gateway answer from memory


@pytest.mark.parametrize("step", BEFORE, ids=lambda step: str(step.id))
def test_once_the_user_exists_the_instruction_corrects_it(step: Step) -> None:
    (first,) = step.visits(known_to(step, ANSWERS))
    (then,) = step.visits(known_to(step, ANSWERS | {f"{step.id}.exists": LOGIN}))
    assert "Add user" in first.path
    assert first.press == ()
    assert then.path[:4] == PAGE
    assert then.press == ("Save",)
    (other,) = step.visits(known_to(step, ANSWERS | {f"{step.id}.exists": "Somebody"}))
    assert other == first


def test_the_form_carries_the_address_until_it_is_known() -> None:
    unknown = {key: value for key, value in ANSWERS.items() if key != "add-user.email"}
    ask, form = add_user.STEP.visits(known_to(add_user.STEP, unknown))
    assert ask.site is Site.COLLEAGUE
    assert form.entries["Email address"] == Carried("Email address")
    (form,) = add_user.STEP.visits(known_to(add_user.STEP, ANSWERS))
    assert form.entries["Email address"] == "jo@acme.example"
    assert form.entries["User status"] == "Active"
    assert form.entries["User locale"] == "English"
    assert form.entries["Can create Programs / Campaigns without Org. Scope for targeting"] is False


async def test_an_operator_that_sees_the_user_is_enough_to_correct_it() -> None:
    world = FakeWorld(screens=FakeOperator({PAGE: {"Login name": LOGIN}}))
    assert (await run(add_user.STEP, world, ANSWERS)).facts["exists"] == LOGIN


@pytest.mark.parametrize(
    ("answers", "code", "status"),
    [
        ({"schemas": NO_ROLE}, "missing-list-role", "warn"),
        ({"tables": NO_ROLE}, "missing-table-role", "warn"),
        ({"campaigns_answer": ("Spring",)}, "extra-role", "warn"),
        ({"folders_answer": ()}, "extra-role", "warn"),
    ],
)
async def test_each_wrong_role_is_named(answers: dict[str, object], code: str, status: str) -> None:
    outcome = await run(role_assignment.STEP, world_of(api(**answers)), ANSWERS)
    assert (outcome.verdict is Verdict.FAILED) is (status == "fail")
    assert codes(outcome, "fail", "warn", "unknown") == codes(outcome, status) == [code]
    (hint,) = [one for one in outcome.findings if one.code == code]
    assert "probably" in hint.seen + hint.why
    assert "continue" in hint.remedy


@pytest.mark.parametrize("call", ["schemas", "tables", "campaigns_answer", "folders_answer"])
@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ServiceFaultError(503, "HTML"), "service-fault"),
        (ThrottledError(400, "API_LIMIT_EXCEEDED"), "throttled"),
        (UnreachableError(Reach.TIMEOUT, "host"), "service-fault"),
    ],
)
async def test_a_service_that_is_down_proves_no_role(call: str, error: OutsideError, code: str) -> None:
    outcome = await run(role_assignment.STEP, world_of(api(**{call: error})), ANSWERS)
    assert outcome.verdict is Verdict.CONFIRMABLE
    assert codes(outcome, "unknown") == [code]
    assert codes(outcome, "fail") == []


async def test_a_user_that_is_shut_out_has_not_thereby_the_right_roles() -> None:
    shut_out = NoAccessError(401, "API_DISABLED_FOR_USER")
    outcome = await run(role_assignment.STEP, world_of(api(campaigns_answer=shut_out)), ANSWERS)
    assert (codes(outcome, "fail"), codes(outcome, "unknown")) == ([], ["api-disabled"])


async def test_the_tab_shows_roles_that_no_probe_finds() -> None:
    ticked = ["List Web Services Manager", "Table Web Services Manager", "Data Director"]
    operator = FakeOperator({(*PAGE, "Role Assignment"): {"Functional roles": ticked}})
    outcome = await run(role_assignment.STEP, world_of(screens=operator), ANSWERS)
    (wrong,) = [one for one in outcome.findings if one.status == "fail"]
    assert wrong.code == "extra-role"
    assert "Data Director" in wrong.remedy


async def test_lists_that_another_user_sees_show_an_organization_below_root() -> None:
    hidden = ListSchema("PROSPECTS", ())
    world = world_of(connect_user=FakeApi(schemas=(CUSTOMERS, hidden)))
    outcome = await run(organization_assignment.STEP, world, ANSWERS)
    (wrong,) = [one for one in outcome.findings if one.status == "warn"]
    assert wrong.code == "organization-not-root"
    assert "PROSPECTS" in wrong.seen


@pytest.mark.parametrize("answers", [{"schemas": ()}, {"organizations_answer": ("Outlet",)}])
async def test_a_user_below_root_is_found_out(answers: dict[str, object]) -> None:
    outcome = await run(organization_assignment.STEP, world_of(api(**answers)), ANSWERS)
    assert codes(outcome, "fail", "warn") == codes(outcome, "warn") == ["organization-not-root"]


@pytest.mark.parametrize("error", [NO_ROLE, NotFoundError(404, "RESOURCE_NOT_FOUND")])
async def test_an_account_without_organizations_has_none_to_show(error: OutsideError) -> None:
    absent: dict[str, Value] = {"organization-assignment.tab_present": False}
    outcome = await run(organization_assignment.STEP, world_of(api(organizations_answer=error)), ANSWERS | absent)
    assert outcome.verdict is Verdict.CONFIRMABLE
    assert organization_assignment.STEP.visits(known_to(organization_assignment.STEP, ANSWERS | absent)) == ()


async def test_the_first_login_proves_and_learns() -> None:
    outcome = await run(first_password.STEP, world_of(), ANSWERS)
    assert outcome.verdict is Verdict.VERIFIED
    assert outcome.facts["account_name"] == "acmeretail"
    assert outcome.facts["time_zone"] == "America/New_York"
    assert outcome.facts["lists"] == ["CUSTOMERS"]


@pytest.mark.parametrize(
    ("info", "code", "fixes"),
    [
        (replace(USER, account_name="AcmeRetail"), "account-name-mismatch", {"account.account_name": "AcmeRetail"}),
        (replace(USER, account_name="acmeretail "), "account-name-mismatch", {"account.account_name": "acmeretail "}),
        (replace(USER, email="other@acme.example"), "user-email-mismatch", {"add-user.email": "other@acme.example"}),
        (replace(USER, user_name="somebody"), "user-name-mismatch", {"add-user.login_name": "somebody"}),
        (replace(USER, locale="de"), "user-locale", None),
    ],
)
async def test_what_responsys_says_is_held_against_the_answers(info: object, code: str, fixes: object) -> None:
    outcome = await run(first_password.STEP, world_of(api(info=info)), ANSWERS)
    (wrong,) = [one for one in outcome.findings if one.status == "fail"]
    assert wrong.code == code
    assert (wrong.fix and dict(wrong.fix.answers)) == fixes


@pytest.mark.parametrize("missing", ["account_name", "user_name", "email", "locale", "created"])
async def test_what_responsys_does_not_report_stops_nothing(missing: str) -> None:
    info = replace(USER, **{missing: ""})
    for step in (first_password.STEP, add_user.STEP):
        outcome = await run(step, world_of(api(info=info)), ANSWERS)
        assert outcome.verdict is Verdict.VERIFIED
        assert set(codes(outcome, "warn")) <= {"not-reported"}
        assert not [one for one in outcome.findings if one.fix is not None]


async def test_two_mistakes_are_both_named() -> None:
    info = replace(USER, account_name="Acme Retail", locale="fr")
    outcome = await run(first_password.STEP, world_of(api(info=info)), ANSWERS)
    assert codes(outcome, "fail") == ["account-name-mismatch", "user-locale"]


@pytest.mark.parametrize("address", ["JO@ACME.example", "jo@acme.example"])
async def test_an_address_is_the_same_in_any_case(address: str) -> None:
    outcome = await run(first_password.STEP, world_of(api(info=replace(USER, email=address))), ANSWERS)
    assert "user-email-equal" in codes(outcome, "pass")


async def test_a_zone_that_nobody_knows_is_a_warning() -> None:
    outcome = await run(first_password.STEP, world_of(api(info=replace(USER, time_zone="Mars/Phobos"))), ANSWERS)
    assert codes(outcome, "warn") == ["time-zone-unknown"]


async def test_a_password_with_a_broken_character_never_reaches_a_server() -> None:
    world = world_of(credentials=FakeCredentials({"responsys-password": "good%and+bad"}))
    outcome = await run(first_password.STEP, world, ANSWERS)
    assert codes(outcome) == ["password-characters"]
    assert world.user.logins == 0
    assert "good" not in str(outcome)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("PASSWORD_EXPIRED", "password-expired"),
        ("PASSWORD_LOCKOUT", "password-locked"),
        ("API_DISABLED_FOR_USER", "api-disabled"),
        ("IP_ADDRESS_NOT_ALLOWED", "ip-restricted"),
        ("LOGIN_BLOCKED_INVALID_IPRANGE", "ip-restricted"),
    ],
)
async def test_a_named_refusal_is_named_and_not_repeated(code: str, expected: str) -> None:
    world = world_of(api(accepts=LoginRefusedError(401, code)))
    outcome = await run(first_password.STEP, world, ANSWERS)
    # that a refusal is about the network is certain by its code alone; by its words it is a guess
    assert codes(outcome, "unknown" if code == "IP_ADDRESS_NOT_ALLOWED" else "fail") == [expected]
    assert world.user.logins == 1
    assert outcome.facts.get("exists", "") == ("" if expected == "ip-restricted" else LOGIN)


@pytest.mark.parametrize(
    "error",
    [
        LoginRefusedError(401, "MAX_CONCURRENT_SESSIONS_EXCEEDED", "Too many sessions"),
        LoginRefusedError(400, "LOGIN_BLOCKED_TEMPORARILY", "Blocked for a while"),
        LoginRefusedError(403, "NO_ERROR_CODE", "an HTML page came instead of data: Access denied"),
    ],
)
async def test_a_refusal_that_does_not_blame_the_password_keeps_its_own_words(error: LoginRefusedError) -> None:
    world = world_of(api(accepts=error), connect_user=FakeApi())
    (told,) = (await run(first_password.STEP, world, ANSWERS)).findings
    assert (told.code, told.status) == ("login-unclear", "unknown")
    assert str(error) in told.seen
    assert world.connect_user is not None
    assert world.connect_user.logins == 0


async def test_without_further_evidence_a_refusal_is_no_more_than_that() -> None:
    world = world_of(api(accepts=WRONG))
    (told,) = (await run(first_password.STEP, world, ANSWERS)).findings
    assert (told.code, told.status) == ("login-refused", "fail")
    assert "https://login.rsys9.net" in told.remedy


async def test_a_refusal_at_a_host_that_knows_no_other_user_either_is_the_pod() -> None:
    world = world_of(api(accepts=WRONG), connect_user=FakeApi(accepts=WRONG))
    outcome = await run(first_password.STEP, world, ANSWERS)
    (wrong,) = outcome.findings
    assert wrong.code == "wrong-login-host"
    assert "https://login.rsys9.net" in wrong.remedy
    assert world.user.logins == 1


async def test_a_refusal_at_the_right_host_is_the_temporary_password() -> None:
    world = world_of(api(accepts=WRONG), connect_user=FakeApi())
    outcome = await run(first_password.STEP, world, ANSWERS)
    (wrong,) = outcome.findings
    assert wrong.code == "temporary-password"
    assert "browserLoginNotAllowed" in wrong.remedy


async def test_a_password_that_was_accepted_before_is_no_longer_temporary() -> None:
    world = world_of(api(accepts=WRONG), connect_user=FakeApi())
    outcome = await run(first_password.STEP, world, ANSWERS | {"first-password.created": "2026-03-01"})
    assert codes(outcome) == ["login-refused"]


@pytest.mark.parametrize(
    ("credentials", "code"),
    [
        (FakeCredentials(), "secret-missing"),
        (FakeCredentials(broken=StoreUnusableError("locked")), "store-unusable"),
    ],
)
async def test_without_a_password_no_login_is_tried(credentials: FakeCredentials, code: str) -> None:
    world = world_of(credentials=credentials)
    assert codes(await run(first_password.STEP, world, ANSWERS)) == [code]
    assert world.user.logins == 0


def test_the_password_is_typed_from_the_keyring_and_the_temporary_one_carried() -> None:
    create, mail, change = first_password.STEP.visits(known_to(first_password.STEP, ANSWERS))
    assert create.press == ("Create",)
    assert mail.path == ("Inbox", "Welcome to Oracle Responsys")
    assert change.entries["New password"] == SecretRef("responsys-password")
    assert change.entries["Temporary password"] == Carried("Temporary password")


def test_a_user_that_exists_gets_a_reset() -> None:
    known = known_to(first_password.STEP, ANSWERS | {"first-password.exists": LOGIN})
    reset, mail, _ = first_password.STEP.visits(known)
    assert reset.path == PAGE
    assert reset.press == ("Reset password",)
    assert mail.path == ("Inbox", "Oracle Responsys password reset")


BOX = "Enable Responsys and CX Audience Integration"


@pytest.mark.parametrize(
    ("operator", "verdict"),
    [
        (None, Verdict.CONFIRMABLE),
        (FakeOperator({("Account", "CX Audience settings"): {BOX: True}}), Verdict.CONFIRMABLE),
        (FakeOperator({("Account", "CX Audience settings"): {BOX: False}}), Verdict.FAILED),
    ],
)
async def test_the_box_is_seen_by_an_operator_only(operator: FakeOperator | None, verdict: Verdict) -> None:
    outcome = await run(cx_audience_settings.STEP, FakeWorld(screens=operator), {})
    assert outcome.verdict is verdict


async def test_what_fails_after_the_login_is_not_called_the_login() -> None:
    broken = MalformedError("user/info names neither account nor user")
    outcome = await run(first_password.STEP, world_of(api(info=broken)), ANSWERS)
    (finding,) = outcome.findings
    assert finding.seen.startswith("Reading the integration user's own data: ")
    outcome = await run(first_password.STEP, world_of(api(accepts=ServiceFaultError(503, "HTML"))), ANSWERS)
    assert outcome.findings[0].seen.startswith("Logging in as the integration user: ")


@pytest.mark.parametrize("name", ["acme retail", " acme\u00a0retail "])
def test_the_login_name_that_is_proposed_holds_no_blank(name: str) -> None:
    propose = add_user.STEP.field("login_name").proposal
    assert propose(Known({"account.account_name": name})) == "CXAudienceIntegrationacmeretail"
