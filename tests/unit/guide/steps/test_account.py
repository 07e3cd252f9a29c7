"""Steps 1 and 2: hosts that answer or not, optional users, the service request."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.errors import (
    Flaw,
    LoginRefusedError,
    MalformedError,
    NoAccessError,
    NothingStoredError,
    OutsideError,
    Reach,
    RedirectedError,
    ServiceFaultError,
    ThrottledError,
    UnreachableError,
)
from cxr_tui.domain.finding import Status, Verdict
from cxr_tui.domain.instruction import Site
from cxr_tui.domain.responsys_data import Filter
from cxr_tui.domain.url_policy import host_of
from cxr_tui.guide.forms.login_hosts import PODS
from cxr_tui.guide.steps.prepare import account, audience_designer
from support.worlds.fake_world import (
    NOW,
    PROFILES,
    FakeApi,
    FakeCredentials,
    FakeOperator,
    FakeWorld,
    codes,
    known_to,
    run,
)

POD5 = "https://login5.responsys.net"
CXA = "https://acme-api.prod.cxaudience.ocs.oraclecloud.com"
ANSWERS: dict[str, Value] = {
    "account.account_name": "acmeretail",
    "account.login_host": "interact5",
    "account.audience_token": "acme",
}
ADD_USER = ("Account", "User identity management", "Add user")


async def test_two_hosts_that_answer_prove_the_step() -> None:
    world = FakeWorld()
    outcome = await run(account.STEP, world, ANSWERS)
    assert outcome.verdict is Verdict.VERIFIED
    assert codes(outcome) == ["login-host-answers", "audience-host-answers"]
    assert outcome.facts == {"url": POD5}
    assert world.knocked == [POD5, CXA]


@pytest.mark.parametrize("reach", [Reach.DNS, Reach.REFUSED, Reach.TLS, Reach.TIMEOUT])
async def test_a_login_host_that_cannot_be_reached_stops(reach: Reach) -> None:
    outcome = await run(account.STEP, FakeWorld(hosts={POD5: UnreachableError(reach, POD5)}), ANSWERS)
    assert outcome.verdict is Verdict.FAILED
    assert codes(outcome, "fail") == ["host-unreachable"]


@pytest.mark.parametrize("trouble", [UnreachableError(Reach.DNS, CXA), UnreachableError(Reach.TIMEOUT, CXA), 503])
async def test_the_host_of_cx_audience_is_optional(trouble: int | OutsideError) -> None:
    world = FakeWorld(hosts={CXA: trouble}, audience_user=FakeApi(), connect_user=FakeApi())
    outcome = await run(account.STEP, world, ANSWERS)
    assert outcome.verdict is Verdict.VERIFIED
    assert codes(outcome, "warn") in (["host-unreachable"], ["service-fault"])
    assert (world.audience_user, world.connect_user) == (FakeApi(), FakeApi(logins=1))


FAULTS = (
    LoginRefusedError(400, "INVALID_USER_NAME_PASSWORD", "Invalid username or password"),
    NothingStoredError("audience-api-password"),
    NoAccessError(401, "API_DISABLED_FOR_USER"),
    NoAccessError(401, "CONNECT_DISABLED_FOR_USER"),
    ThrottledError(400, "API_LIMIT_EXCEEDED"),
    RedirectedError(302, "/maintenance"),
    ServiceFaultError(503, "HTML"),
    UnreachableError(Reach.TLS, CXA, flaw=Flaw.CERTIFICATE_EXPIRED),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
@pytest.mark.parametrize("user", ["audience_user", "connect_user"])
async def test_a_fault_of_an_optional_user_is_a_warning(user: str, fault: OutsideError) -> None:
    world = FakeWorld(**{user: FakeApi(accepts=fault)})  # type: ignore[arg-type]  # given by name
    outcome = await run(account.STEP, world, ANSWERS)
    assert outcome.verdict is Verdict.VERIFIED
    assert codes(outcome, "warn")
    assert codes(outcome, "fail", "unknown") == []


@pytest.mark.parametrize("trouble", [500, 503, UnreachableError(Reach.CUT, POD5), ServiceFaultError(503, "HTML")])
async def test_a_fault_of_the_service_is_not_held_against_the_answers(trouble: int | OutsideError) -> None:
    outcome = await run(account.STEP, FakeWorld(hosts={POD5: trouble}), ANSWERS)
    assert outcome.verdict is Verdict.UNKNOWN
    assert codes(outcome, "unknown") == ["service-fault"]


async def test_an_identity_cloud_account_is_told_what_differs_and_goes_on() -> None:
    world = FakeWorld()
    outcome = await run(account.STEP, world, ANSWERS | {"account.sign_in": "identity-cloud"})
    assert codes(outcome, "warn") == ["identity-cloud-account"]
    assert outcome.verdict is Verdict.VERIFIED
    assert world.knocked == [POD5, CXA]


async def test_the_procedure_needs_nothing_of_cx_audience_here() -> None:
    world = FakeWorld()
    answers = {key: value for key, value in ANSWERS.items() if key != "account.audience_token"}
    outcome = await run(account.STEP, world, answers)
    assert (outcome.verdict, world.knocked) == (Verdict.VERIFIED, [POD5])
    needed = {one.name for one in account.STEP.fields if not one.optional and one.shown(Known(ANSWERS))}
    assert needed == {"account_name", "sign_in", "login_host"}
    outcome = await run(account.STEP, world, answers | {"account.audience_api_user": "reader"})
    assert codes(outcome, "warn") == ["audience-token-missing"]


BROWSER = (
    "https://interact5.responsys.net",
    "https://interact5.responsys.net/interact/login",
    "interact5.responsys.net",
    "HTTPS://Interact5.Responsys.Net/",
)


@pytest.mark.parametrize("typed", BROWSER)
def test_the_address_for_the_browser_is_no_login_url(typed: str) -> None:
    rule = account.STEP.field("login_url").rule
    assert rule is not None
    assert POD5 in (rule(typed, Known({})) or "")


@pytest.mark.parametrize(
    ("typed", "proposed"),
    [
        ("https://acme.prod.cxaudience.ocs.oraclecloud.com/home", '"acme"'),
        ("acme.cxaudience.ocs.oraclecloud.com", '"acme"'),
        ("https://acme-api.prod.cxaudience.ocs.oraclecloud.com/rest", "without a path"),
        ("https://cloud.oracle.com", "first part of the address"),
        ("jane@acme.example", "not a web address"),
    ],
)
def test_an_address_for_the_browser_is_no_account_token(typed: str, proposed: str) -> None:
    rule = account.STEP.field("audience_token").rule
    assert rule is not None
    assert proposed in (rule(typed, Known({})) or "")
    assert [rule(one, Known({})) for one in ("acme", CXA, "http://127.0.0.1:4711")] == [None] * 3


def test_the_pods_show_their_hosts() -> None:
    labels = [one.label for one in account.STEP.field("login_host").offered(Known({}))]
    assert [host for pod in PODS if (host := host_of(pod.login)) not in " ".join(labels)] == []


@pytest.mark.parametrize(("screen", "expected"), [({"Users": "Identity Cloud"}, True), ({"Login name": ""}, False)])
async def test_where_an_operator_can_look_the_form_itself_tells(screen: dict[str, Value], expected: bool) -> None:
    outcome = await run(account.STEP, FakeWorld(screens=FakeOperator({ADD_USER: screen})), ANSWERS)
    assert ("identity-cloud-account" in codes(outcome)) is expected


async def test_a_look_that_fails_is_no_evidence_of_identity_cloud() -> None:
    operator = FakeOperator({ADD_USER: UnreachableError(Reach.CUT, "desk")})
    outcome = await run(account.STEP, FakeWorld(screens=operator), ANSWERS)
    assert "identity-cloud-account" not in codes(outcome)
    assert outcome.verdict is Verdict.UNKNOWN


async def test_optional_users_are_logged_in_and_lists_learned() -> None:
    world = FakeWorld(audience_user=FakeApi(schemas=(PROFILES,)), connect_user=FakeApi())
    outcome = await run(account.STEP, world, ANSWERS)
    assert outcome.verdict is Verdict.VERIFIED
    assert {"audience-user-accepted", "connect-user-accepted"} <= set(codes(outcome, "pass"))
    assert outcome.facts["audience_lists"] == ["CUSTOMER_PROFILES"]


async def test_no_login_is_tried_at_a_host_that_does_not_answer() -> None:
    world = FakeWorld(connect_user=FakeApi(), hosts={POD5: UnreachableError(Reach.TLS, POD5)})
    await run(account.STEP, world, ANSWERS)
    assert world.connect_user is not None
    assert world.connect_user.logins == 0


async def test_a_refused_connect_user_is_a_warning_for_it_is_optional() -> None:
    refused = LoginRefusedError(400, "INVALID_USER_NAME_PASSWORD", "Invalid username or password")
    outcome = await run(account.STEP, FakeWorld(connect_user=FakeApi(accepts=refused)), ANSWERS)
    assert outcome.verdict is Verdict.VERIFIED
    assert codes(outcome, "warn") == ["connect-user-refused"]


def fields_shown(answers: dict[str, Value]) -> set[str]:
    return {one.name for one in account.STEP.fields if one.shown(Known(answers))}


def test_the_url_is_asked_for_where_no_pod_is_chosen() -> None:
    assert fields_shown({}) & {"login_url", "login_host"} == {"login_host"}
    assert "login_url" not in fields_shown({"account.login_host": "interact5"})
    assert "login_url" in fields_shown({"account.login_host": "other"})
    assert "routing_token" in fields_shown({"account.login_host": "global"})
    # A URL that was read off the screen stays on the form that shows what it stands for.
    assert "login_url" in fields_shown({"account.login_url": POD5, "account.login_host": "interact5"})
    assert "login_url" not in fields_shown({"account.login_url": POD5, "account.login_host": "interact8"})


def test_a_url_read_off_the_screen_chooses_the_host() -> None:
    propose = account.STEP.field("login_host").proposal
    assert propose(Known({})) is None
    assert propose(Known({"account.login_url": "http://127.0.0.1:4711"})) == "other"
    assert propose(Known({"account.login_url": POD5})) == "interact5"


def test_the_instruction_brings_everything_and_secrets_to_the_keyring() -> None:
    brought = {target for visit in account.STEP.visits(known_to(account.STEP, {})) for target in visit.brings.values()}
    assert brought == {
        "account_name",
        "login_url",
        "audience_token",
        "audience_api_user",
        "connect_api_user",
        "secret:audience-api-password",
        "secret:connect-api-password",
    }


REQUEST: dict[str, Value] = {
    "account.account_name": "acmeretail",
    "audience-designer.sr_number": "3-38114092650",
    "audience-designer.sr_date": NOW.date().isoformat(),
    "audience-designer.acknowledged": True,
}


async def test_the_request_rests_on_a_persons_word() -> None:
    outcome = await run(audience_designer.STEP, FakeWorld(), REQUEST)
    assert outcome.verdict is Verdict.CONFIRMABLE


async def test_a_corrected_account_name_says_that_the_request_named_another_one() -> None:
    first = await run(audience_designer.STEP, FakeWorld(), REQUEST | {"account.account_name": "Acme Retail"})
    noted = {f"audience-designer.{name}": value for name, value in first.facts.items()}
    again = await run(audience_designer.STEP, FakeWorld(), REQUEST | noted | {"account.account_name": "Acme Retail"})
    assert not [one for one in again.findings if one.status is not Status.PASS]
    corrected = await run(audience_designer.STEP, FakeWorld(), REQUEST | noted)
    (warning,) = [one for one in corrected.findings if one.status is not Status.PASS]
    assert (warning.code, corrected.verdict) == ("request-names-another-account", Verdict.CONFIRMABLE)
    assert "Acme Retail" in warning.seen
    assert "add a comment: the exact account name is acmeretail" in warning.remedy
    # a new request is noted for the name as it is now
    anew = await run(audience_designer.STEP, FakeWorld(), REQUEST | noted | {"audience-designer.sr_number": "3-2"})
    assert not [one for one in anew.findings if one.status is not Status.PASS]
    assert anew.facts["requested_for"] == "acmeretail"
    # an audience that is seen has answered the question
    user = FakeApi(filters_answer=(Filter("Gold", {"filterSubType": "CX Audience"}),))
    world = FakeWorld(user, credentials=FakeCredentials({"responsys-password": "x"}))
    seen = await run(audience_designer.STEP, world, REQUEST | noted)
    assert not [one for one in seen.findings if one.status is not Status.PASS]


@pytest.mark.parametrize(("days", "verdict"), [(1, Verdict.CONFIRMABLE), (2, Verdict.FAILED)])
async def test_a_request_is_not_of_tomorrow_after_next(days: int, verdict: Verdict) -> None:
    day = (NOW + timedelta(days=days)).date().isoformat()
    outcome = await run(audience_designer.STEP, FakeWorld(), REQUEST | {"audience-designer.sr_date": day})
    assert outcome.verdict is verdict


@pytest.mark.parametrize(("origin", "verdict"), [("CX Audience", Verdict.VERIFIED), ("SIMPLE", Verdict.CONFIRMABLE)])
async def test_an_audience_seen_in_responsys_proves_the_feature(origin: str, verdict: Verdict) -> None:
    user = FakeApi(filters_answer=(Filter("Gold", {"filterSubType": origin}),))
    world = FakeWorld(user, credentials=FakeCredentials({"responsys-password": "x"}))
    assert (await run(audience_designer.STEP, world, REQUEST)).verdict is verdict


def test_the_request_names_feature_and_account() -> None:
    (visit,) = audience_designer.STEP.visits(known_to(audience_designer.STEP, REQUEST))
    assert visit.site is Site.SUPPORT
    assert "Audience Designer" in str(visit.entries["Problem summary"])
    assert "acmeretail" in str(visit.entries["Problem description"])


def test_the_consequences_are_proposed_as_known_in_a_rehearsal_only() -> None:
    propose = audience_designer.STEP.field("acknowledged").proposal
    assert propose(Known({"account.url": "http://127.0.0.1:1"})) is True
    assert propose(Known({"account.url": POD5})) is None


@pytest.mark.parametrize(
    ("parts", "doing"),
    [
        ({"audience_user": FakeApi(schemas=MalformedError("lists"))}, "Reading the lists of CX Audience: "),
        ({"connect_user": FakeApi(jobs=MalformedError("connectJobs"))}, "Reading the Connect jobs: "),
    ],
)
async def test_what_fails_after_an_optional_login_is_not_called_one(parts: dict[str, FakeApi], doing: str) -> None:
    world = replace(FakeWorld(), **parts)  # type: ignore[arg-type]  # parts by name
    outcome = await run(account.STEP, world, ANSWERS)
    assert [one.seen[: len(doing)] for one in outcome.findings if "lists" in one.seen or "jobs" in one.seen] == [doing]
