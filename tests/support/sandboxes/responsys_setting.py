"""A Responsys twin on real sockets, with the few moves that its tests share."""

import asyncio
import contextlib
import functools
import random
import socket
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp

from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.faults.http_faults import answering
from cxr_tui.sandbox.faults.registry import FaultController
from cxr_tui.sandbox.http_servers import bind, serving
from cxr_tui.sandbox.people import populate
from cxr_tui.sandbox.responsys.account import CONNECT_USER, Urls
from cxr_tui.sandbox.responsys.product import ResponsysTwin
from cxr_tui.sandbox.responsys.ssh_keys import make_key_pair
from cxr_tui.sandbox.services.mailbox import Mailbox
from cxr_tui.sandbox.shared.screens import PageShows, Upload

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
API = "/rest/api/v1.3"
LIST_ROLE = "List Web Services Manager"
TABLE_ROLE = "Table Web Services Manager"
USER = "CXAudienceIntegrationacmeretail"
CONTACT = "jordan.rivera@acmeretail.example"
PASSWORD = "Mz7!quiet-Harbour"
ADD_USER = ("Account", "User identity management", "Add user")
MANAGED_USER = ("Account", "User identity management", "User management", USER)


@dataclass
class Stage:
    """A running twin and a client."""

    twin: ResponsysTwin
    clock: Clock
    mailbox: Mailbox
    urls: Urls
    other_pod: str
    http: httpx.AsyncClient

    async def visit(
        self, *path: str, entries: Mapping[str, Any] | None = None, press: tuple[str, ...] = ()
    ) -> PageShows:
        return await self.twin.pages.visit(path, entries, press)

    async def create_user(
        self,
        roles: tuple[str, ...] = (LIST_ROLE, TABLE_ROLE),
        organization: str = "Root",
        form: Mapping[str, Any] | None = None,
    ) -> str:
        """Go through the form and its tabs as the procedure says; return the temporary password of the mail."""
        entries = {"Login name": USER, "Email address": CONTACT, "User display name": "CX Audience", **(form or {})}
        await self.visit(*ADD_USER, entries=entries)
        await self.visit(*ADD_USER, "Role Assignment", entries={"Functional roles": list(roles)})
        await self.visit(*ADD_USER, "Organization Assignment", entries={"Organization": organization})
        await self.visit(*ADD_USER, press=("Create",))
        mail = self.mailbox.find(CONTACT, "Welcome to Oracle Responsys")
        assert mail is not None
        return mail.secrets["Temporary password"]

    async def change_password(self, temporary: str, new: str = PASSWORD) -> PageShows:
        entries = {"User name": USER, "Temporary password": temporary, "New password": new}
        return await self.visit("Change password", entries=entries, press=("Change password",))

    async def integration_user(
        self, roles: tuple[str, ...] = (LIST_ROLE, TABLE_ROLE), organization: str = "Root"
    ) -> None:
        """Make the integration user, ready for use."""
        await self.change_password(await self.create_user(roles, organization))

    async def login(self, user: str = USER, password: str = PASSWORD, host: str = "") -> httpx.Response:
        form = {"user_name": user, "password": password, "auth_type": "password"}
        return await self.http.post((host or self.urls.login) + API + "/auth/token", data=form)

    async def token(self, user: str = USER, password: str = PASSWORD) -> str:
        answer = await self.login(user, password)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["authToken"])

    async def connect_token(self) -> str:
        return await self.token(CONNECT_USER, self.twin.account.users[CONNECT_USER].password.reveal())

    async def call(
        self,
        verb: str,
        path: str,
        token: str,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
        json: object = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        url, headers = self.urls.api + API + path, {"Authorization": token}
        return await self.http.request(verb, url, headers=headers, params=params, data=data, json=json, content=content)

    async def get(self, path: str, token: str, params: Mapping[str, str] | None = None) -> httpx.Response:
        return await self.call("GET", path, token, params)


@contextlib.asynccontextmanager
async def responsys_stage(directory: Path, people: int = 60, start: datetime = START) -> AsyncIterator[Stage]:
    clock, mailbox = Clock(start), Mailbox()
    (directory / "administrator_rsa").write_bytes(_administrator_key())
    people_of = populate(people, 7)
    with contextlib.ExitStack() as closing:
        sockets: dict[str, socket.socket] = {
            host: closing.enter_context(bind()) for host in ("login", "api", "other-pod")
        }
        url = {host: f"http://127.0.0.1:{bound.getsockname()[1]}" for host, bound in sockets.items()}
        urls = Urls(url["login"], url["api"])
        twin = ResponsysTwin(
            clock=clock,
            mailbox=mailbox,
            directory=directory,
            population=people_of,
            seed=7,
            urls=urls,
        )
        own = {"login": twin.login_app, "api": twin.api_app, "other-pod": twin.other_pod_app}
        apps = {host: dated(app, clock) for host, app in own.items()}
        await asyncio.to_thread(twin.file_server.start)
        async with serving(apps, sockets), httpx.AsyncClient(timeout=10) as http:
            try:
                yield Stage(twin, clock, mailbox, urls, url["other-pod"], http)
            finally:
                await twin.close()


def dated(app: ASGIApp, clock: Clock) -> ASGIApp:
    """Give every answer the sandbox's date, as its servers do."""
    return answering(app, "responsys-api", clock, FaultController(), random.Random(0))  # noqa: S311 - no secret


@functools.cache
def _administrator_key() -> bytes:
    """One key pair for all tests: making one takes longer than most of them."""
    with tempfile.TemporaryDirectory() as directory:
        make_key_pair(Path(directory) / "key")
        return (Path(directory) / "key").read_bytes()


def key_file(name: str, data: bytes) -> Upload:
    return Upload(name, data)


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """Return status and code of a refusal, after checking that the body has its documented shape."""
    body = answer.json()
    assert set(body) == {"type", "title", "errorCode", "detail", "errorDetails"}
    assert body["type"] == ""
    assert body["errorDetails"] == []
    assert body["title"]
    return answer.status_code, body["errorCode"]
