"""The Responsys twin, assembled."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.people import Population
from cxr_tui.sandbox.responsys.account import (
    ADMINISTRATOR,
    CONNECT_USER,
    DATA_DIRECTOR,
    LIST_MANAGER,
    ROOT,
    Account,
    FilterObject,
    Urls,
    User,
)
from cxr_tui.sandbox.responsys.api import Api, ResponsysAccess
from cxr_tui.sandbox.responsys.export import ExportJobs
from cxr_tui.sandbox.responsys.public_keys import PublicKeys
from cxr_tui.sandbox.responsys.screens_account import AccountScreens
from cxr_tui.sandbox.responsys.screens_users import UserScreens
from cxr_tui.sandbox.responsys.ssh_keys import Ssh2Keys, make_key_pair
from cxr_tui.sandbox.services.mailbox import Mailbox
from cxr_tui.sandbox.sftp_server import FileServer
from cxr_tui.sandbox.shared.rest import ApiError, Outages
from cxr_tui.sandbox.shared.screens import Pages

ORIGIN = "CX Audience"
"""Origin of a published audience (facts C.5; documented by analogy)."""


class ResponsysTwin:
    """Responsys as the rest of the sandbox sees it.

    Scenarios change `account`, `access`, `jobs`, `keys`, `ssh2_keys`, `outages` and `file_server` the way an
    administrator, Support or time would; the product sees their effect only.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        mailbox: Mailbox,
        directory: Path,
        population: Population,
        seed: int,
        urls: Urls,
        time_zone: str = "America/New_York",
    ) -> None:
        self.clock = clock
        self.urls = urls
        self.account = Account(
            time_zone=time_zone,
            lists={table.name: table for table in (population.customers, population.loyalty)},
            filters=[FilterObject("Newsletter subscribers", population.customers.name)],
        )
        for name, roles in ((ADMINISTRATOR, []), (CONNECT_USER, [DATA_DIRECTOR, LIST_MANAGER])):
            self.account.users[name] = User(
                login_name=name,
                created=clock.now() - timedelta(days=400),
                email="admin@acmeretail.example",
                display_name=name,
                roles=roles,
                organization=ROOT,
            )
        self.ssh2_keys = Ssh2Keys(clock)
        self.administrator_key = directory / "administrator_rsa"
        """Private key file (OpenSSH, RSA 2048, no passphrase) that is registered for the SCP user from the start."""
        self.ssh2_keys.add_completed("administrator", make_key_pair(self.administrator_key))
        self.file_server = FileServer(f"{self.account.name}_scp", directory / "files", self.ssh2_keys.authorized)
        """Start with `await asyncio.to_thread(twin.file_server.start)`; `close` stops it."""
        self.keys = PublicKeys(directory / "gpg", clock.now)
        self.pages = Pages("Responsys")
        self.jobs = ExportJobs(self, directory / "scratch", seed)
        self.access = ResponsysAccess(self.account, clock, urls.api)
        AccountScreens(self)
        UserScreens(self.pages, self.account, mailbox, self.access)
        self.outages = Outages()
        """Failures of login host and end point alike."""
        # A login host issues tokens and takes none: API calls belong to the end point (facts A.2).
        self.login_app = self.outages.wrap(self.access.app(unknown="INVALID_TOKEN"))
        self.api_app = self.outages.wrap(Api(self.account, self.jobs).app(self.access))
        empty = Account("globex", "Globex")
        self.other_pod_app = ResponsysAccess(empty, clock, urls.other_pod).app(unknown="INVALID_TOKEN")

    def publish(self, audience_name: str, list_name: str) -> None:
        """Take over an audience of CX Audience, replacing that of the same name."""
        kept = [one for one in self.account.filters if not (one.origin and one.name == audience_name)]
        self.account.filters = [*kept, FilterObject(audience_name, list_name, ORIGIN)]

    def sign_in(self, url: str, user_name: str, password: Secret) -> str:
        """Log CX Audience in and return the account's name; ConnectionError (no such host), ApiError."""
        if url == self.urls.other_pod:
            raise ApiError("INVALID_USER_NAME_PASSWORD")
        if url not in (self.urls.login, self.urls.api):
            raise ConnectionError(url)
        self.access.sign_in(user_name, password)
        return self.account.name

    def files_for(self, server: str, user_name: str, key: bytes) -> FileServer:
        """Return the file server, if it lets a user with this SSH key in; ConnectionError, PermissionError."""
        if server != self.file_server.server:
            raise ConnectionError(server)
        if not self.file_server.authorizes(user_name, key):
            raise PermissionError(user_name)
        return self.file_server

    async def close(self) -> None:
        """End the runs under way and stop the file server."""
        await self.jobs.settle()
        await asyncio.to_thread(self.file_server.stop)
