"""The outside world of the jobs' tests without sockets: the real REST gateways on the twins' own apps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
from starlette.types import ASGIApp

from cxr_tui.domain.answers import Value
from cxr_tui.domain.errors import Reach, RemotePathError, UnreachableError
from cxr_tui.domain.instruction import Site, Visit, VisitRefusedError
from cxr_tui.domain.ports import Credentials
from cxr_tui.domain.responsys_data import HostAnswer, MessageInfo, RemoteFile
from cxr_tui.gateways.openpgp.message import read_message
from cxr_tui.gateways.rest.audience import AudienceGateway
from cxr_tui.gateways.rest.http_client import HttpClient
from cxr_tui.gateways.rest.proxies import Proxy
from cxr_tui.gateways.rest.responsys import ResponsysGateway
from cxr_tui.gateways.rest.server_clock import ServerClock
from cxr_tui.guide.checks.common import AUDIENCE_API_PASSWORD, CONNECT_API_PASSWORD, RESPONSYS_PASSWORD
from cxr_tui.sandbox.shared.screens import PageError, Pages

if TYPE_CHECKING:
    from support.worlds.jobs_setting import JobsStage

INTEGRATION_USER = "CXAudienceIntegrationacmeretail"


class DirectHttp(HttpClient):
    """The real HTTP client, with the twins' apps at the other end of the line instead of sockets."""

    def __init__(self, clock: ServerClock, apps: Mapping[str, ASGIApp]) -> None:
        super().__init__(clock)
        mounts = {url: httpx.ASGITransport(app) for url, app in apps.items()}
        self._direct = httpx.AsyncClient(mounts=mounts, trust_env=False, headers={"Accept": "application/json"})

    def _client(self, url: str, where: str) -> tuple[httpx.AsyncClient, Proxy | None]:
        return self._direct, None


@dataclass
class LocalFiles:
    """The file server's folder, read without SSH."""

    home: Path

    async def listing(self, folder: str) -> tuple[RemoteFile, ...]:
        place = self.home / folder
        if not place.is_dir():
            raise RemotePathError(folder)
        return tuple(self._file(one, f"{folder}/{one.name}") for one in sorted(place.iterdir()))

    async def read(self, path: str, limit: int) -> bytes:
        return (self.home / path).read_bytes()[:limit]

    def _file(self, path: Path, shown: str) -> RemoteFile:
        found = path.stat()
        return RemoteFile(path.name, shown, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC), path.is_dir())


class PagesOperator:
    """An operator that looks at the twins' pages directly."""

    def __init__(self, sites: Mapping[Site, Pages]) -> None:
        self._sites = sites

    async def look(self, site: Site, path: Sequence[str]) -> Mapping[str, Value]:
        try:
            return (await self._sites[site].visit(path)).values
        except PageError as refused:
            raise VisitRefusedError(Visit(site, tuple(path)), str(refused)) from None


class _OpenPgp:
    async def read_message(self, head: bytes) -> MessageInfo:
        return read_message(head)


class DirectWorld:
    """The outside world without sockets: the real gateways over the twins' apps."""

    def __init__(self, stage: JobsStage) -> None:
        self.clock = ServerClock(sandboxed=True)
        self.credentials: Credentials = stage.credentials
        self.openpgp = _OpenPgp()
        self.operator = self.screens = PagesOperator(stage.sites) if stage.screens else None
        http = DirectHttp(self.clock, stage.apps)
        login, api = stage.urls.login, stage.audience_url
        self._responsys = ResponsysGateway(
            login, INTEGRATION_USER, stage.secret(RESPONSYS_PASSWORD), self.clock, http=http, sleep=_no_sleep
        )
        self._connect = ResponsysGateway(
            login, "connect.api", stage.secret(CONNECT_API_PASSWORD), self.clock, http=http, sleep=_no_sleep
        )
        self._audience = AudienceGateway(
            api, "audience.api", stage.secret(AUDIENCE_API_PASSWORD), self.clock, http=http, sleep=_no_sleep
        )
        self._files = LocalFiles(stage.responsys.file_server.home)

    def now(self) -> datetime:
        return self.clock.now()

    def own_time(self) -> datetime:
        return self.clock.own()

    def clock_difference(self) -> timedelta | None:
        return self.clock.difference

    def responsys(self) -> ResponsysGateway:
        return self._responsys

    def connect(self) -> ResponsysGateway:
        return self._connect

    def audience(self) -> AudienceGateway:
        return self._audience

    def file_server(self) -> LocalFiles:
        return self._files

    async def probe_host(self, url: str) -> HostAnswer:
        raise UnreachableError(Reach.REFUSED, url)


async def _no_sleep(_: float) -> None:
    return
