"""A bench for tests of the login and of what its token pays for: a gateway against a scripted service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cxr_tui.domain.secret import Secret
from cxr_tui.gateways.rest.login_limit import FailedLogins, LoginLimit
from cxr_tui.gateways.rest.responsys import ResponsysGateway
from cxr_tui.gateways.rest.server_clock import ServerClock
from support.servers.real_parts import Fault, Service

TOKEN = "POST /rest/api/v1.3/auth/token"
LISTS = "GET /rest/api/v1.3/lists"
INFO = "GET /rest/api/v1.3/user/info"
WRONG = Fault(400, "INVALID_USER_NAME_PASSWORD", "Invalid username or password")
DEAD = Fault(401, "INVALID_TOKEN", "Not a valid token", "Not a valid authentication token")
USER = {
    "accountName": "acmeretail",
    "userName": "CXAudienceIntegrationacmeretail",
    "userEmail": "ops@acme.example",
    "userLocale": "en_US",
    "accountDisplayName": "Acme Retail",
    "accountTimeZone": "America/New_York",
    "createdDate": "2026-11-23",
}


class Bench:
    """A gateway against a scripted service, with a password that can change and a sleep that only notes."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.password = "Tr0ub4dor&3 %"
        self.refusals_told = 0
        self.slept: list[float] = []
        self.gateways: list[ResponsysGateway] = []
        self.allow(service.url)

    def allow(self, end_point: str) -> None:
        self.service.answers[TOKEN] = {"authToken": "tok-1", "issuedAt": 1545918187627, "endPoint": end_point}
        self.service.answers[INFO] = USER

    def gateway(
        self,
        refusals: int = 0,
        login_url: str = "",
        limit: LoginLimit | None = None,
        failed: FailedLogins | None = None,
    ) -> ResponsysGateway:
        async def password() -> Secret:
            return Secret(self.password)

        async def sleep(seconds: float) -> None:
            self.slept.append(seconds)

        made = ResponsysGateway(
            login_url or self.service.url,
            "jane",
            password,
            ServerClock(),
            limit or _Told(self, refusals),
            failed=failed,
            sleep=sleep,
        )
        self.gateways.append(made)
        return made

    @property
    def logins(self) -> int:
        return self.service.count(TOKEN)


class _Told(LoginLimit):
    """Begins with some refusals, and counts each further one on the bench."""

    def __init__(self, bench: Bench, refusals: int) -> None:
        super().__init__()
        for _ in range(refusals):
            super().refused()
        self.bench = bench

    def refused(self) -> None:
        super().refused()
        self.bench.refusals_told += 1


@asynccontextmanager
async def bench_at(service: Service) -> AsyncIterator[Bench]:
    """Set up a bench, and close its gateways at the end."""
    made = Bench(service)
    try:
        yield made
    finally:
        for gateway in made.gateways:
            await gateway.close()
