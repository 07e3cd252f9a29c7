"""The login: one for all calls, made anew once when its token dies, and never a refused one repeated by itself."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator
from contextlib import nullcontext
from urllib.parse import parse_qs

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from cxr_tui.domain.errors import (
    ForeignEndpointError,
    LoginBudgetSpentError,
    LoginRefusedError,
    MalformedError,
    OutsideError,
    Reach,
    RedirectedError,
    RefusedError,
    ServiceFaultError,
    UnreachableError,
)
from cxr_tui.domain.login_endings import one_command
from cxr_tui.gateways.rest import login_limit
from cxr_tui.gateways.rest.login_limit import LoginCounts, LoginLimit
from cxr_tui.gateways.rest.response_models import end_point
from support.servers.real_parts import LOOPBACK, Fault, Service, free_port, http_service, ok
from support.worlds.login_setting import DEAD, INFO, LISTS, TOKEN, USER, WRONG, Bench, bench_at


@pytest.fixture
async def bench(service: Service) -> AsyncIterator[Bench]:
    async with bench_at(service) as made:
        yield made


async def test_the_documented_login(bench: Bench) -> None:
    assert (await bench.gateway().user_info()).account_name == "acmeretail"
    login, call = bench.service.headers
    assert bench.service.asked[0] == TOKEN
    assert login["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(bench.service.bodies[0].decode()) == {
        "user_name": ["jane"],
        "password": ["Tr0ub4dor&3 %"],
        "auth_type": ["password"],
    }
    assert call["authorization"] == "tok-1"
    assert call["content-type"] == "application/json"


async def test_all_further_calls_go_to_the_end_point(bench: Bench) -> None:
    with http_service() as pod:
        pod.answers[INFO] = USER
        bench.allow(pod.url + "/")
        await bench.gateway().user_info()
        assert pod.asked == [INFO]
    assert bench.service.asked == [TOKEN]


async def test_concurrent_calls_share_one_login(bench: Bench) -> None:
    gateway = bench.gateway()
    await asyncio.gather(*(gateway.user_info() for _ in range(6)), gateway.login())
    assert bench.logins == 1
    assert bench.service.count(INFO) == 6


@pytest.mark.parametrize(
    "dead",
    [
        DEAD,
        Fault(401, "TOKEN_EXPIRED", "Token expired"),
        Fault(500, "UNEXPECTED_EXCEPTION", "", "Not a valid authentication token"),
    ],
)
async def test_a_dead_token_is_replaced_once_for_all(bench: Bench, dead: Fault) -> None:
    issued = iter(range(1, 10))
    bench.service.answers[TOKEN] = lambda _: ok(
        {"authToken": f"tok-{next(issued)}", "issuedAt": 1, "endPoint": bench.service.url}
    )
    gateway = bench.gateway()
    await gateway.user_info()

    def info(request: Request) -> Response:
        return dead.response() if request.headers["authorization"] == "tok-1" else ok(USER)

    bench.service.answers[INFO] = info
    await asyncio.gather(*(gateway.user_info() for _ in range(5)))
    assert bench.logins == 2
    await gateway.user_info()
    assert bench.logins == 2


@pytest.mark.parametrize("dead", [DEAD, Fault(500, "UNEXPECTED_EXCEPTION", "", "Not a valid authentication token")])
async def test_a_fresh_token_that_is_dead_too_ends_the_command_and_is_no_refusal(bench: Bench, dead: Fault) -> None:
    bench.service.answers[INFO] = bench.service.answers[LISTS] = dead
    gateway = bench.gateway()
    with one_command():
        for ask in (gateway.user_info, gateway.lists, gateway.user_info, gateway.login):
            with pytest.raises(ServiceFaultError, match=dead.code):
                await ask()
    assert (bench.logins, bench.service.count(INFO), bench.refusals_told) == (2, 2, 0)
    bench.service.answers[INFO] = USER
    with one_command():
        await gateway.user_info()
    assert bench.logins == 3


@pytest.mark.parametrize("answer", [Response(status_code=401), HTMLResponse("<html>sign in", 401)])
async def test_a_token_that_a_bare_401_refuses_is_replaced_too(bench: Bench, answer: Response) -> None:
    bench.service.answers[INFO] = [answer, ok(USER)]
    gateway = bench.gateway()
    assert (await gateway.user_info()).account_name == "acmeretail"
    assert bench.logins == 2


async def test_a_refused_login_is_never_repeated_within_a_command(bench: Bench) -> None:
    bench.service.answers[TOKEN] = WRONG
    gateway = bench.gateway()
    outcomes: list[object] = []
    with one_command():
        asked = [*(gateway.user_info() for _ in range(5)), gateway.login()]
        outcomes += await asyncio.gather(*asked, return_exceptions=True)
        outcomes += await asyncio.gather(gateway.lists(), gateway.login(), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [LoginRefusedError] * 8
    assert {outcome.code for outcome in outcomes if isinstance(outcome, LoginRefusedError)} == {WRONG.code}
    assert (bench.logins, bench.refusals_told) == (1, 1)


async def test_a_person_may_try_the_same_password_once_more(bench: Bench) -> None:
    bench.service.answers[TOKEN] = WRONG
    gateway = bench.gateway()
    for ask, kind, logins in (
        (gateway.login, LoginRefusedError, 1),
        (gateway.user_info, LoginRefusedError, 1),  # only a check of the password itself tries it again
        (gateway.login, LoginRefusedError, 2),
        (gateway.login, LoginBudgetSpentError, 2),
    ):
        with one_command(), pytest.raises(kind):
            await ask()
        assert bench.logins == logins
    assert bench.refusals_told == 2


async def test_what_looks_without_being_asked_waits_between_two_failed_logins(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.service.answers[TOKEN] = Fault(503, "SERVICE_UNAVAILABLE")
    gateway = bench.gateway()
    for _ in range(3):
        with one_command(by_person=False), pytest.raises(ServiceFaultError):
            await gateway.user_info()
    assert bench.logins == 1
    monkeypatch.setattr(login_limit, "FAULT_REST_SECONDS", 0.0)
    with one_command(by_person=False), pytest.raises(ServiceFaultError):
        await gateway.user_info()
    with one_command(), pytest.raises(ServiceFaultError):
        await gateway.user_info()
    assert bench.logins == 3


async def test_another_password_is_tried_within_the_budget(bench: Bench) -> None:
    bench.service.answers[TOKEN] = WRONG
    gateway = bench.gateway()
    for password in ("one", "two"):
        bench.password = password
        with pytest.raises(LoginRefusedError):
            await gateway.user_info()
    bench.password = "three"
    with pytest.raises(LoginBudgetSpentError):
        await gateway.user_info()
    assert bench.logins == 2


async def test_refusals_of_earlier_runs_count(bench: Bench) -> None:
    with pytest.raises(LoginBudgetSpentError):
        await bench.gateway(refusals=2).login()
    assert bench.logins == 0
    bench.service.answers[TOKEN] = WRONG
    gateway = bench.gateway(refusals=1)
    with pytest.raises(LoginRefusedError):
        await gateway.login()
    bench.password = "other"
    with pytest.raises(LoginBudgetSpentError):
        await gateway.login()
    assert bench.logins == 1


async def test_the_right_password_after_a_refusal(bench: Bench) -> None:
    allowed = bench.service.answers[TOKEN]
    bench.service.answers[TOKEN] = WRONG
    gateway = bench.gateway()
    with pytest.raises(LoginRefusedError):
        await gateway.login()
    bench.service.answers[TOKEN], bench.password = allowed, "right"
    await gateway.login()
    assert bench.logins == 2


@pytest.mark.parametrize(
    ("code", "refused", "spent"),
    [
        ("PASSWORD_EXPIRED", 0, (0, 0)),
        ("API_DISABLED_FOR_USER", 0, (0, 0)),
        ("PASSWORD_LOCKOUT", 1, (1, 0)),
        ("INVALID_USER_NAME_PASSWORD", 1, (1, 0)),
        ("LOGIN_FROM_THIS_NETWORK_REFUSED", 0, (0, 1)),
    ],
)
async def test_which_refusals_count(bench: Bench, code: str, refused: int, spent: tuple[int, int]) -> None:
    bench.service.answers[TOKEN] = Fault(401, code, "said")
    limit = LoginLimit()
    gateway = bench.gateway(limit=limit)
    with pytest.raises(LoginRefusedError) as caught:
        await gateway.user_info()
    assert (caught.value.status, caught.value.code, caught.value.refusals) == (401, code, refused)
    assert limit.spent() == LoginCounts(*spent)


async def test_what_says_nothing_of_the_user_is_no_refusal(bench: Bench) -> None:
    expected: list[tuple[object, type[Exception]]] = [
        (Fault(503, "SERVICE_UNAVAILABLE"), ServiceFaultError),
        (HTMLResponse("<html>maintenance", 500), ServiceFaultError),
        (HTMLResponse("<html>sign in", 200), ServiceFaultError),
        (Fault(404, "RESOURCE_NOT_FOUND"), LoginRefusedError),
        (RedirectResponse("https://evil.example/"), RedirectedError),
        (RedirectResponse("/elsewhere"), RedirectedError),
    ]
    for answer, kind in expected:
        bench.service.answers[TOKEN] = answer
        limit = LoginLimit()
        gateway = bench.gateway(limit=limit)
        with one_command():
            for ask in (gateway.user_info, gateway.login):
                with pytest.raises(kind) as caught:
                    await ask()
        assert type(caught.value) is kind
        assert limit.spent() == (0, 0, 0)
    assert bench.logins == len(expected)


@pytest.mark.parametrize(
    "end_point",
    [
        "https://api5-009.responsys.net.evil.example",
        "https://evil.example",
        "http://api5-009.responsys.net",
        "ftp://127.0.0.1",
        "nonsense",
        "",
    ],
)
async def test_the_token_goes_to_no_other_provider(bench: Bench, end_point: str) -> None:
    bench.allow(end_point)
    with pytest.raises(ForeignEndpointError):
        await bench.gateway().user_info()


@pytest.mark.parametrize(("port", "usual"), [("", True), (":443", True), (":8443", False), (":444", False)])
def test_the_end_point_has_the_usual_port(port: str, usual: bool) -> None:
    named = f"https://api5-009.responsys.net{port}"
    with nullcontext() if usual else pytest.raises(ForeignEndpointError, match="at the usual port"):
        assert end_point("https://login5.responsys.net", named) == named


async def test_the_end_point_is_a_host_and_nothing_more(bench: Bench) -> None:
    for more in ("/other/path", "?x=1"):
        bench.allow(bench.service.url + more)
        with pytest.raises(MalformedError, match="endPoint"):
            await bench.gateway().user_info()
    bench.allow(bench.service.url.replace("//", "//user:pw@"))
    with pytest.raises(ForeignEndpointError, match="without a user's name"):
        await bench.gateway().user_info()


@pytest.mark.parametrize(
    ("answer", "part"),
    [
        ({"issuedAt": 1, "endPoint": "x"}, "authToken"),
        ({"authToken": 7, "endPoint": "x"}, "authToken"),
        ({"authToken": "a\r\nX-Evil: 1", "endPoint": "x"}, "authToken"),
        ({"authToken": "", "endPoint": "x"}, "authToken"),
        ({"authToken": "a", "issuedAt": 1}, "endPoint"),
        ([], "login answer"),
    ],
)
async def test_a_malformed_login_answer_names_its_part(bench: Bench, answer: object, part: str) -> None:
    bench.service.answers[TOKEN] = lambda _: ok(answer)
    with pytest.raises(MalformedError, match=part):
        await bench.gateway().user_info()


async def test_nobody_there(bench: Bench) -> None:
    with pytest.raises(UnreachableError) as caught:
        await bench.gateway(login_url=f"http://{LOOPBACK}:{free_port()}").login()
    assert caught.value.reach is Reach.REFUSED


async def test_no_error_repeats_the_password_or_the_token(bench: Bench) -> None:
    bench.password = "pa55word!"
    bench.service.answers[TOKEN] = Fault(400, "INVALID_USER_NAME_PASSWORD", "pa55word!", "wrong: pa55word!")
    with pytest.raises(LoginRefusedError) as refused:
        await bench.gateway().login()
    assert "pa55word" not in f"{refused.value!r} {refused.value.title} {refused.value.detail}"
    bench.allow(bench.service.url)
    bench.service.answers[INFO] = Fault(400, "INVALID_PARAMETER", "", "token tok-1 is odd")
    with pytest.raises(RefusedError) as error:
        await bench.gateway().user_info()
    assert "tok-1" not in str(error.value)


async def test_no_traceback_with_local_variables_shows_the_password_or_the_token(bench: Bench) -> None:
    bench.password = "pa55word!"
    closed = f"http://{LOOPBACK}:{free_port()}"
    causes: list[tuple[object, str]] = [
        (WRONG, ""),
        (Fault(503, "SERVICE_UNAVAILABLE"), ""),
        (None, closed),
        ({"authToken": "tok-1", "endPoint": closed}, ""),
        ({"authToken": "tok-1", "endPoint": "https://evil.example"}, ""),
        (Fault(400, "INVALID_USER_NAME_PASSWORD", "pa55word!", "pa55word!"), ""),
    ]
    for answer, login_url in causes:
        bench.service.answers[TOKEN] = answer
        with pytest.raises(OutsideError) as caught:
            await bench.gateway(login_url=login_url).user_info()
        frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True).stack
        told = [str(frame.locals) for frame in frames if "cxr_tui/gateways" in frame.filename]
        assert len(told) > 3
        assert not [shown for shown in told if "pa55word" in shown or "tok-1" in shown]
