"""A stage for tests of the CX Audience twin: a small Responsys over a real socket, a real file server, real gpg."""

from __future__ import annotations

import asyncio
import base64
import io
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import gnupg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from cxr_tui.sandbox.audience.feed import BehaviourEvent
from cxr_tui.sandbox.audience.product import AudienceTwin, build_audience
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.http_servers import bind, serving
from cxr_tui.sandbox.lists import SYSTEM_COLUMNS, ListTable
from cxr_tui.sandbox.services.mailbox import Mailbox
from cxr_tui.sandbox.sftp_server import FileServer

START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""10:00 in New York."""

CUSTOM = (("FIRST_NAME", "STR25"), ("LOYALTY_TIER", "STR25"), ("LIFETIME_VALUE", "NUMBER"))


@dataclass(frozen=True)
class Event:
    channel: str
    kind: str
    list_name: str
    riid: str
    at: datetime


@dataclass
class ToyResponsys:
    """Just enough of Responsys: one user, one token, and what CX Audience learns behind the scenes."""

    lists: dict[str, ListTable]
    integration_enabled: bool = True
    audience_designer: bool = True
    password: str = "Right-One1"
    account_name: str = "acmeretail"
    logins: list[str] = field(default_factory=list)
    redirects: bool = False
    end_point: str = ""
    events: list[Event] = field(default_factory=list)
    published: dict[str, tuple[str, list[str]]] = field(default_factory=dict)

    def publish(self, audience_name: str, list_name: str, riids: Sequence[str]) -> None:
        self.published[audience_name] = (list_name, list(riids))

    def behaviour_events(self) -> Iterable[BehaviourEvent]:
        return self.events

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/rest/api/v1.3/auth/token", self._token, methods=["POST"]),
                Route("/rest/api/v1.3/user/info", self._info),
            ]
        )

    async def _token(self, request: Request) -> Response:
        if self.redirects:
            return RedirectResponse(self.end_point + "/elsewhere")
        form = parse_qs((await request.body()).decode())
        self.logins.append(form["user_name"][0])
        if form["password"][0] != self.password:
            body = {"errorCode": "INVALID_USER_NAME_PASSWORD", "title": "Invalid username or password", "detail": ""}
            return JSONResponse(body, 400)
        return JSONResponse({"authToken": "t" * 54, "issuedAt": 1, "endPoint": self.end_point})

    async def _info(self, request: Request) -> Response:
        if request.headers["authorization"] != "t" * 54:
            return JSONResponse({"errorCode": "INVALID_TOKEN"}, 401)
        return JSONResponse({"accountName": self.account_name, "userName": "cxa", "userEmail": "cxa@acme.example"})


@dataclass
class Stage:
    """Everything a test touches."""

    clock: Clock
    mailbox: Mailbox
    twin: AudienceTwin
    responsys: ToyResponsys
    responsys_url: str
    api_url: str
    profiles: ListTable
    directory: Path

    async def visit(self, path: str, /, press: str = "", **entries: object) -> Any:  # noqa: ANN401 - whatever it shows
        """Visit a page by its path written with ` > `, buttons with commas."""
        parts = tuple(part.strip() for part in path.split(">"))
        buttons = tuple(one.strip() for one in press.split(",") if one)
        return await self.twin.pages.visit(parts, entries, buttons)

    async def save_settings(self, **other: object) -> Any:  # noqa: ANN401 - what the page shows
        entries: dict[str, object] = {
            "Account Name": "acmeretail",
            "Account URL": self.responsys_url,
            "Username for Responsys integration": "CXAudienceIntegrationacmeretail",
            "Username email": "cxa@acme.example",
            "Password": self.responsys.password,
            "Profile List in CX Audience that Responsys behavioral data should be available in": "CUSTOMER_PROFILES",
            "Select a column from Responsys that will be used to match records to the CX Audience customer list": (
                "CUSTOMER_ID_"
            ),
        }
        return await self.visit("Account > Integration settings > Responsys", press="Save", **{**entries, **other})


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    clock, mailbox = Clock(START), Mailbox()
    directory = Path(tempfile.mkdtemp(prefix="cxt-"))
    profiles = ListTable("CUSTOMER_PROFILES", "Lists", (*SYSTEM_COLUMNS, *CUSTOM), first_riid=900_000_001)
    responsys = ToyResponsys(
        {
            name: ListTable(name, "Lists", (*SYSTEM_COLUMNS, *CUSTOM, ("AGE_RANGE", "STR25")), first_riid=first)
            for name, first in (("CUSTOMERS", 410_000_001), ("LOYALTY", 520_000_001))
        }
    )
    with bind() as responsys_socket, bind() as api_socket:
        responsys_url, api_url = (f"http://127.0.0.1:{s.getsockname()[1]}" for s in (responsys_socket, api_socket))
        responsys.end_point = responsys_url
        twin = build_audience(
            clock=clock,
            mailbox=mailbox,
            directory=directory / "audience",
            lists={profiles.name: profiles},
            seed=7,
            feed=responsys,
            api_url=lambda: api_url,
        )
        apps = {"responsys": responsys.app(), "audience": twin.api_app}
        async with serving(apps, {"responsys": responsys_socket, "audience": api_socket}, clock):
            try:
                yield Stage(clock, mailbox, twin, responsys, responsys_url, api_url, profiles, directory)
            finally:
                await twin.close()
                shutil.rmtree(directory)


@asynccontextmanager
async def file_server(directory: Path, authorized: Callable[[], list[bytes]]) -> AsyncIterator[FileServer]:
    server = FileServer("acmeretail_scp", directory / "sftp", authorized, lambda: datetime.now(UTC))
    await asyncio.to_thread(server.start)
    try:
        yield server
    finally:
        await asyncio.to_thread(server.stop)


def ssh_blob(rfc4716: bytes) -> bytes:
    """Read the mailed SSH2 key with OpenSSH's own reader and return the key's wire form."""
    with tempfile.NamedTemporaryFile(suffix=".pub") as file:
        file.write(rfc4716)
        file.flush()
        line = subprocess.run(
            ["ssh-keygen", "-i", "-m", "RFC4716", "-f", file.name], check=True, capture_output=True, text=True
        ).stdout
    return base64.b64decode(line.split()[1])


def encrypt(content: bytes, armour: str, home: Path) -> bytes:
    """Encrypt as the export does: OpenPGP's own compression, one recipient."""
    home.mkdir(mode=0o700, exist_ok=True)
    gpg = gnupg.GPG(gnupghome=str(home), options=["--batch"])
    try:
        fingerprint = gpg.import_keys(armour).fingerprints[0]
        result = gpg.encrypt_file(io.BytesIO(content), [fingerprint], always_trust=True, armor=False)
        assert result.ok, result.stderr
        return bytes(result.data)
    finally:
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False, capture_output=True)


def tomorrow(moment: datetime) -> str:
    return f"{moment + timedelta(days=1):%Y-%m-%d}"
