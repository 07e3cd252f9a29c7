"""All ways in which a login can end, through set-up, check, status, rotation and `status --watch`.

The server counts the logins: one command makes one login of a user that does not succeed, whatever the answer, and
what is reported quotes the server's own words.
"""

from __future__ import annotations

import asyncio
import shutil
from argparse import Namespace
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from cxr_tui.cli.commands import status as status_command
from cxr_tui.domain.finding import Finding
from cxr_tui.domain.login_endings import Result
from cxr_tui.domain.secret import Secret
from cxr_tui.gateways.rest import http_client, login_limit
from cxr_tui.gateways.rest.http_client import Limits
from cxr_tui.gateways.rest.login_limit import FailedLogins
from cxr_tui.guide.checks.common import AUDIENCE_API_PASSWORD, CONNECT_API_PASSWORD, RESPONSYS_PASSWORD
from cxr_tui.guide.registry import GUIDE
from cxr_tui.integration.integration import Integration
from cxr_tui.integration.rotation_state import Stage
from cxr_tui.jobs.status import look
from cxr_tui.journal.gate import basis
from cxr_tui.journal.state import JournalState
from cxr_tui.journal.store import Entry, Journal, Record, RecordKind
from cxr_tui.presentation.jobs import status_lines
from cxr_tui.rotation.managed_secrets import managed_secret
from cxr_tui.rotation.service import RotationService
from support.servers.real_parts import Fault, Service, http_service, ok
from support.worlds.recorded_journals import records
from support.worlds.toy_guide import MemoryCredentials

TOKEN = "POST /rest/api/v1.3/auth/token"
USER = "CXAudienceIntegrationacmeretail"
OLD, NEW = "old-Harbour.17-ok", "new-Harbour.17-ok"
SLOW_SECONDS = 0.3


@dataclass(frozen=True)
class Ending:
    """One way in which a login can end."""

    answer: object
    code: str
    """Of the finding at the password's step."""
    words: str
    """What the server says, or what is said of an answer that has no words."""
    result: Result
    logins: int = 1
    """How many one command may make of each user."""


def fault(status: int, code: str, finding: str, result: Result, *, logins: int = 1) -> Ending:
    """Return an ending in the documented form, with words of its own."""
    return Ending(Fault(status, code, f"said {code.lower()}"), finding, f"{code} - said {code.lower()}", result, logins)


def page(status: int, title: str) -> Response:
    """Return a page as proxies and gateways show it."""
    return HTMLResponse(f"<!doctype html><title>{title}</title>", status)


def cut() -> Response:
    """Return an answer that announces more than it sends, so that the line ends in its middle."""
    return Response(b'{"authToken":', 200, {"content-length": "1000"}, "application/json")


async def slow(_: Request) -> Response:
    """Answer after everybody has given up."""
    await asyncio.sleep(SLOW_SECONDS * 1.5)
    return ok({})


def token(**changed: object) -> JSONResponse:
    """Return a login's answer that lacks something, or names another host."""
    body = {"authToken": "tok", "issuedAt": 1, "endPoint": "https://evil.example"} | changed
    return JSONResponse({name: value for name, value in body.items() if value is not None})


ENDINGS = {
    "wrong password": fault(400, "INVALID_USER_NAME_PASSWORD", "wrong-login-host", Result.REFUSED),
    "expired": fault(401, "PASSWORD_EXPIRED", "password-expired", Result.EXPIRED),
    "locked": fault(401, "PASSWORD_LOCKOUT", "password-locked", Result.LOCKED),
    "API disabled": fault(401, "API_DISABLED_FOR_USER", "api-disabled", Result.BLOCKED),
    "no access": fault(401, "INSUFFICIENT_ACCESS", "login-unclear", Result.BLOCKED),
    "API blocked": fault(400, "API_BLOCKED", "login-unclear", Result.BLOCKED),
    "same request in flight": fault(400, "DUPLICATE_API_REQUEST", "login-unclear", Result.BLOCKED),
    "capacity": fault(400, "INTERNAL_CAPACITY_LIMIT_EXCEEDED", "login-unclear", Result.BLOCKED),
    "throttled": fault(400, "API_LIMIT_EXCEEDED", "throttled", Result.NOT_ASKED, logins=2),
    "throttled by another": fault(429, "TOO_MANY_REQUESTS", "throttled", Result.NOT_ASKED),
    "account suspended": fault(401, "ACCOUNT_SUSPENDED", "account-suspended", Result.BLOCKED),
    "group disabled": fault(401, "WS_ARG_DISABLED", "login-unclear", Result.BLOCKED),
    "IP range": fault(401, "LOGIN_BLOCKED_INVALID_IPRANGE", "ip-restricted", Result.BLOCKED),
    "network refused": fault(401, "IP_ADDRESS_NOT_ALLOWED", "ip-restricted", Result.OPEN),
    "sessions": fault(401, "MAX_CONCURRENT_SESSIONS_EXCEEDED", "login-unclear", Result.OPEN),
    "blocked for a while": fault(401, "LOGIN_BLOCKED_TEMPORARILY", "login-unclear", Result.OPEN),
    "dead token": fault(401, "INVALID_TOKEN", "login-unclear", Result.OPEN),
    "not found": fault(404, "RESOURCE_NOT_FOUND", "login-unclear", Result.BLOCKED),
    "unexpected": fault(500, "UNEXPECTED_EXCEPTION", "service-fault", Result.NOT_ASKED),
    "token in a 500": Ending(
        Fault(500, "UNEXPECTED_EXCEPTION", "", "Not a valid authentication token"),
        "service-fault",
        "Not a valid authentication token",
        Result.NOT_ASKED,
    ),
    "bare 400": Ending(Response(status_code=400), "login-unclear", "400", Result.OPEN),
    "bare 401": Ending(Response(status_code=401), "login-unclear", "401", Result.OPEN),
    "401 page": Ending(page(401, "Sign in first"), "login-unclear", "Sign in first", Result.OPEN),
    "bare 403": Ending(Response(status_code=403), "login-unclear", "403", Result.OPEN),
    "403 page": Ending(page(403, "Access Denied"), "login-unclear", "Access Denied", Result.OPEN),
    "bare 404": Ending(Response(status_code=404), "login-unclear", "404", Result.BLOCKED),
    "bare 429": Ending(Response(status_code=429), "login-unclear", "429", Result.BLOCKED),
    "429 text": Ending(Response("slow down, please", 429), "login-unclear", "slow down, please", Result.BLOCKED),
    "maintenance": Ending(page(503, "Back at noon"), "service-fault", "Back at noon", Result.NOT_ASKED),
    "sign-in page": Ending(page(200, "Company sign-in"), "service-fault", "Company sign-in", Result.NOT_ASKED),
    "redirect": Ending(RedirectResponse("/maintenance"), "redirected", "/maintenance", Result.NOT_ASKED),
    "redirect away": Ending(RedirectResponse("https://sso.example/"), "redirected", "sso.example", Result.NOT_ASKED),
    "empty": Ending(Response(media_type="application/json"), "answer-malformed", "JSON", Result.OPEN),
    "malformed": Ending(Response(b"{nonsense", 200, None, "application/json"), "answer-malformed", "JSON", Result.OPEN),
    "no token": Ending(token(authToken=None), "answer-malformed", "authToken", Result.OPEN),
    "foreign endPoint": Ending(token(), "foreign-endpoint", "evil.example", Result.NOT_ASKED),
    "cut": Ending(cut(), "login-unanswered", "cut", Result.OPEN),
    "slow": Ending(slow, "login-unanswered", "no answer in time", Result.OPEN),
}


@dataclass
class Counted:
    """The server, with a count of the logins by user and password."""

    service: Service
    ending: object = None
    logins: Counter[tuple[str, str]] = field(default_factory=Counter)

    async def answer(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        self.logins[form["user_name"], form["password"]] += 1
        if self.ending is slow:
            return await slow(request)
        if isinstance(self.ending, Fault):
            return self.ending.response()
        assert isinstance(self.ending, Response)
        return self.ending

    def passwords(self, user: str = USER) -> list[str]:
        """Return the passwords that a user was logged in with, once for each login, in the order of their first."""
        return [password for (name, password), count in self.logins.items() for _ in range(count) if name == user]


async def no_pause(_: float) -> None:
    """Let a minute pass at once."""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a silent server up soon."""
    limits = Limits(silent=SLOW_SECONDS)
    monkeypatch.setattr(http_client, "Limits", lambda: limits)
    monkeypatch.setattr(http_client, "PROBE_LIMITS", limits)


@pytest.fixture(scope="module")
def server() -> Iterator[Counted]:
    """Return one server for the whole table."""
    with http_service(date_header=False) as service:
        counted = Counted(service)
        service.answers[TOKEN] = counted.answer
        yield counted


@pytest.fixture(scope="module")
def template(server: Counted, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the journal of a finished integration whose products are the server."""
    path = tmp_path_factory.mktemp("template") / "journal.db"
    store, journal = Journal(path), JournalState()
    places = {"http://127.0.0.1:40001": server.service.url, "http://127.0.0.1:40002": server.service.url}
    with store.exclusive():
        for number, (at, recorded) in enumerate(records("whole"), 1):
            body = dict(recorded.body)
            if recorded.kind is RecordKind.ANSWER:
                body["value"] = places.get(str(body["value"]), body["value"])
            if recorded.kind is RecordKind.OUTCOME and "url" in body["outcome"]["facts"]:
                facts = body["outcome"]["facts"]
                body["outcome"] = body["outcome"] | {"facts": facts | {"url": server.service.url}}
            if "basis" in body:
                body["basis"] = basis(GUIDE.step(recorded.step), journal)
            entry = Entry(recorded.kind, recorded.step, body)
            store.append(at, [entry])
            journal.apply([Record(number, at, entry)])
    store.close()
    return path


Open = Callable[[Ending], AbstractAsyncContextManager[Integration]]


@pytest.fixture
def opened(server: Counted, template: Path, tmp_path: Path) -> Open:
    """Return how to open a copy of the finished integration, of which every login ends in the same way."""

    @asynccontextmanager
    async def finished(ending: Ending) -> AsyncIterator[Integration]:
        copy = Path(shutil.copy(template, tmp_path / "journal.db"))
        credentials = MemoryCredentials()
        for item in (RESPONSYS_PASSWORD, CONNECT_API_PASSWORD, AUDIENCE_API_PASSWORD):
            credentials.kept[item] = Secret(OLD)
        server.ending = ending.answer
        server.logins.clear()
        server.service.answers["GET /"] = ok({})
        integration = Integration(GUIDE, Journal(copy), credentials, None, "acme", pause=no_pause)
        try:
            yield integration
        finally:
            await integration.close()

    return finished


def quiet(_: str) -> None:
    """Say nothing."""


MISLEADING = {"temporary-password", "wrong-login-host", "login-refused", "missing-list-role", "missing-table-role"}


def require_honest(found: list[Finding], ending: Ending) -> None:
    """Require that the server's words are quoted, and that only a refusal of the password is blamed on it."""
    assert any(ending.words in one.seen for one in found), [(one.code, one.seen) for one in found]
    if ending.result is not Result.REFUSED:
        assert not MISLEADING & {one.code for one in found}


@pytest.mark.parametrize("name", ENDINGS)
async def test_set_up(server: Counted, opened: Open, name: str) -> None:
    ending = ENDINGS[name]
    async with opened(ending) as integration:
        assert integration.states()["first-password"].done
        outcome = await integration.check("first-password", quiet)
        assert [one.code for one in outcome.findings][:1] == [ending.code]
        require_honest(list(outcome.findings), ending)
        assert server.passwords() == [OLD] * ending.logins
        assert max(server.logins.values()) == ending.logins
        counts = integration.journal_state()
        refused, unclear = ending.result in (Result.REFUSED, Result.LOCKED), ending.result is Result.OPEN
        assert counts.refusals.get(RESPONSYS_PASSWORD, 0) == int(refused)
        assert len(counts.unanswered.get(RESPONSYS_PASSWORD, ())) == int(unclear)


@pytest.mark.sampled(12)
@pytest.mark.parametrize("name", ENDINGS)
async def test_check(server: Counted, opened: Open, name: str) -> None:
    ending = ENDINGS[name]
    async with opened(ending) as integration:
        found = await integration.recheck(GUIDE.steps, quiet)
        assert len(found) == len(GUIDE.steps)
        require_honest([one for outcome in found.values() for one in outcome.findings], ending)
        assert set(server.logins.values()) == {ending.logins}
        assert {user for user, _ in server.logins} == {USER, "connect.api", "audience.api"}


@pytest.mark.sampled(8)
@pytest.mark.parametrize("name", ENDINGS)
async def test_status_and_watch(server: Counted, opened: Open, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ending = ENDINGS[name]
    async with opened(ending) as integration:
        for _ in range(3):  # rounds that come sooner than the account's minute is over
            assert ending.words in "\n".join(status_lines(await look(integration)))
        assert set(server.logins.values()) == {ending.logins}
        monkeypatch.setattr(login_limit, "FAULT_REST_SECONDS", 0.0)
        for _ in range(5):
            await look(integration)
        most = {Result.REFUSED: 1, Result.LOCKED: 1, Result.OPEN: 3}.get(ending.result, 6 * ending.logins)
        assert max(server.logins.values()) <= most


class WatchedEnoughError(Exception):
    """Ends a watch, which has no end of its own."""


@pytest.mark.parametrize("name", ["unexpected", "bare 401", "wrong password"])
async def test_a_watch_over_all_integrations_remembers_what_failed_in_its_earlier_rounds(
    server: Counted, opened: Open, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending, rounds = ENDINGS[name], 0

    def printed(*_: object) -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 3:
            raise WatchedEnoughError

    async with opened(ending) as integration:

        def open_again(_: str, failed: FailedLogins | None = None) -> Integration:
            credentials = integration.world.credentials
            return Integration(
                GUIDE, Journal(integration.place), credentials, None, "acme", failed=failed, pause=no_pause
            )

        monkeypatch.setattr("cxr_tui.cli.open_integration.open_real", open_again)
        monkeypatch.setattr(status_command, "integration_names", lambda _: ["acme"])
        monkeypatch.setattr(status_command, "_print", printed)
        with pytest.raises(WatchedEnoughError):
            await status_command.status(Namespace(all=True, at=None, sandbox=False, watch=0.0))
        assert set(server.logins.values()) == {ending.logins}


@pytest.mark.parametrize("name", ENDINGS)
async def test_rotation(server: Counted, opened: Open, name: str) -> None:
    ending = ENDINGS[name]
    async with opened(ending) as integration:
        service = RotationService(integration, managed_secret(RESPONSYS_PASSWORD))
        await service.begin(Secret(NEW))
        told = await service.resume()
        assert service.rotation is not None
        assert service.rotation.stage is Stage.PREPARED
        if ending.result is Result.REFUSED:
            assert [one.code for one in told.findings] == ["neither-works"]
            assert server.passwords() == [NEW, OLD]
            return
        require_honest(list(told.findings), ending)
        assert "neither-works" not in [one.code for one in told.findings]
        assert server.passwords() == [NEW] * ending.logins
        assert service.rotation.refused == int(ending.result.counts)


async def test_no_password_goes_to_a_host_whose_probe_just_failed(server: Counted, opened: Open) -> None:
    async with opened(ENDINGS["wrong password"]) as integration:
        server.service.answers["GET /"] = slow
        outcome = await integration.check("first-password", quiet)
        assert [one.code for one in outcome.findings] == ["service-fault"]
        await integration.recheck(GUIDE.steps, quiet)
        await RotationService(integration, managed_secret(RESPONSYS_PASSWORD)).begin(Secret(NEW))
        await RotationService(integration, managed_secret(RESPONSYS_PASSWORD)).resume()
        assert not server.logins
        server.service.answers["GET /"] = ok({})
        await integration.check("first-password", quiet)
        assert server.passwords() == [OLD]


async def test_two_refusals_stop_everything_whatever_time_the_server_says(server: Counted, opened: Open) -> None:
    async with opened(ENDINGS["wrong password"]) as integration:
        server.service.answers["GET /"] = Response(headers={"Date": "Fri, 01 Jan 2100 00:00:00 GMT"})
        before = len(integration.records())
        for code in ("wrong-login-host", "wrong-login-host", "login-budget-spent", "login-budget-spent"):
            outcome = await integration.check("first-password", quiet)
            assert [one.code for one in outcome.findings] == [code]
        await integration.recheck(GUIDE.steps, quiet)
        assert server.passwords() == [OLD, OLD]
        assert {record.at.year for record in integration.records()[before:]} == {datetime.now(UTC).year}


async def test_a_clock_that_cannot_be_right_is_said_and_makes_nothing_late(server: Counted, opened: Open) -> None:
    async with opened(ENDINGS["maintenance"]) as integration:
        right = await integration.recheck(GUIDE.steps, quiet), await look(integration)
        server.service.answers["GET /"] = Response(headers={"Date": "Fri, 01 Jan 2100 00:00:00 GMT"})
        wrong = await integration.recheck(GUIDE.steps, quiet), await look(integration)
        said = {step_id for step_id, outcome in wrong[0].items() if "clock-differs" in codes_of(outcome.findings)}
        assert said == {"account", "export-schedule", "exported-file", "imported-profiles"}
        for step_id, outcome in wrong[0].items():
            assert codes_of(outcome.findings) - {"clock-differs"} == codes_of(right[0][step_id].findings)
        assert "clock-differs" in codes_of(wrong[1].findings)
        assert "2100-01-01" in "\n".join(status_lines(wrong[1]))
        assert [job.state for job in wrong[1].jobs] == [job.state for job in right[1].jobs]


def codes_of(found: Sequence[Finding]) -> set[str]:
    """Return the codes of findings."""
    return {one.code for one in found}
