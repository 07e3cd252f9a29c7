"""A stage for tests of the CX Audience twin: its REST interface over a real socket, real gpg, a small Responsys."""

from __future__ import annotations

import base64
import io
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import gnupg

from cxr_tui.domain.responsys_data import SYSTEM_COLUMNS
from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.audience.product import AudienceTwin
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.http_servers import bind, serving
from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.responsys.account import Account
from cxr_tui.sandbox.responsys.product import ResponsysTwin
from cxr_tui.sandbox.services.mailbox import Mailbox
from cxr_tui.sandbox.sftp_server import FileServer
from cxr_tui.sandbox.shared.rest import ApiError

START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""10:00 in New York."""

URL = "http://127.0.0.1:8001"
"""Where the small Responsys is logged in to; nothing listens there."""
FILE_SERVER = "127.0.0.1:8022"

CUSTOM = (("FIRST_NAME", "STR25"), ("LOYALTY_TIER", "STR25"), ("LIFETIME_VALUE", "NUMBER"))


@dataclass
class ToyResponsys:
    """Just enough of Responsys: one user, one file server, and the lists."""

    account: Account
    files: FileServer
    authorized: list[bytes]
    clock: Clock
    password: str = "Right-One1"
    account_name: str = "acmeretail"
    logins: list[str] = field(default_factory=list)
    published: dict[str, str] = field(default_factory=dict)

    def sign_in(self, url: str, user_name: str, password: Secret) -> str:
        if url != URL:
            raise ConnectionError(url)
        self.logins.append(user_name)
        if password.reveal() != self.password:
            raise ApiError("INVALID_USER_NAME_PASSWORD")
        return self.account_name

    def files_for(self, server: str, user_name: str, key: bytes) -> FileServer:
        if server != FILE_SERVER:
            raise ConnectionError(server)
        if user_name != "acmeretail_scp" or key not in self.authorized:
            raise PermissionError(user_name)
        return self.files

    def publish(self, audience_name: str, list_name: str) -> None:
        self.published[audience_name] = list_name


@dataclass
class Stage:
    """Everything a test touches."""

    clock: Clock
    mailbox: Mailbox
    twin: AudienceTwin
    responsys: ToyResponsys
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
            "Account URL": URL,
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
    lists = {
        name: ListTable(name, "Lists", (*SYSTEM_COLUMNS, *CUSTOM, ("AGE_RANGE", "STR25")), first_riid=first)
        for name, first in (("CUSTOMERS", 410_000_001), ("LOYALTY", 520_000_001))
    }
    authorized: list[bytes] = []
    files = FileServer("acmeretail_scp", directory, lambda: authorized)
    responsys = ToyResponsys(Account(lists=lists, integration_enabled=True), files, authorized, clock)
    with bind() as api_socket:
        api_url = f"http://127.0.0.1:{api_socket.getsockname()[1]}"
        twin = AudienceTwin(cast("ResponsysTwin", responsys), mailbox, profiles=profiles, api_url=api_url, seed=7)
        async with serving({"audience": twin.api_app}, {"audience": api_socket}):
            try:
                yield Stage(clock, mailbox, twin, responsys, api_url, profiles, directory)
            finally:
                await twin.keys.close()
                shutil.rmtree(directory)


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
