"""The Responsys twin, assembled."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.lists import ListTable
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
from cxr_tui.sandbox.responsys.screens_export import ExportScreens
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
        lists: Mapping[str, ListTable],
        supplemental: Mapping[str, ListTable],
        seed: int,
        urls: Callable[[], Urls],
        scopes: Mapping[str, str] | None = None,
        account_name: str = "acmeretail",
        time_zone: str = "America/New_York",
    ) -> None:
        """`urls` is asked for at every use, `scopes` are organizations of objects by name (else Root)."""
        self.clock = clock
        self.urls = urls
        self.account = Account(
            account_name,
            "Acme Retail",
            time_zone,
            scopes=dict(scopes or {}),
            lists=dict(lists),
            supplemental=dict(supplemental),
            filters=[FilterObject("Newsletter subscribers", name) for name in list(lists)[:1]],
        )
        for name, roles in ((ADMINISTRATOR, []), (CONNECT_USER, [DATA_DIRECTOR, LIST_MANAGER])):
            created = clock.now() - timedelta(days=400)
            email = "admin@acmeretail.example"
            self.account.users[name] = User(name, created, email, name, roles=roles, organization=ROOT)
        self.connect_user_name = CONNECT_USER
        self.connect_password = self.account.users[CONNECT_USER].password
        self.ssh2_keys = Ssh2Keys(clock)
        self.administrator_key = directory / "administrator_rsa"
        """Private key file (OpenSSH, RSA 2048, no passphrase) that is registered for the SCP user from the start."""
        self.ssh2_keys.add_completed("administrator", make_key_pair(self.administrator_key))
        self.file_server = FileServer(f"{account_name}_scp", directory / "files", self.ssh2_keys.authorized)
        """Start with `await asyncio.to_thread(twin.file_server.start)`; `close` stops it."""
        self.keys = PublicKeys(directory / "gpg", clock.now)
        minutes = random.Random(seed)  # nosec B311  # noqa: S311 - picks minutes of a slot, no secret
        scratch = directory / "scratch"
        self.jobs = ExportJobs(self.account, self.keys, clock, self.file_server.path, scratch, minutes)
        self.access = ResponsysAccess(self.account, clock, lambda: urls().api)
        self.pages = Pages("Responsys")
        AccountScreens(self.pages, self.account, self.ssh2_keys, self.file_server.user, urls)
        UserScreens(self.pages, self.account, mailbox, self.access)
        ExportScreens(self.pages, self.account, self.jobs, self.keys, self.file_server)
        self.outages = Outages()
        """Failures of login host and end point alike."""
        # A login host issues tokens and takes none: API calls belong to the end point (facts A.2).
        self.login_app = self.outages.wrap(self.access.app(unknown="INVALID_TOKEN"))
        self.api_app = self.outages.wrap(Api(self.account, self.jobs).app(self.access))
        empty = Account("globex", "Globex", time_zone)
        self.other_pod_app = ResponsysAccess(empty, clock, lambda: urls().other_pod).app(unknown="INVALID_TOKEN")

    @property
    def lists(self) -> Mapping[str, ListTable]:
        """The profile lists by name."""
        return self.account.lists

    @property
    def integration_enabled(self) -> bool:
        """Whether the box in CX Audience settings is ticked and saved."""
        return self.account.integration_enabled

    def publish(self, audience_name: str, list_name: str) -> None:
        """Take over an audience of CX Audience, replacing that of the same name."""
        kept = [one for one in self.account.filters if not (one.origin and one.name == audience_name)]
        self.account.filters = [*kept, FilterObject(audience_name, list_name, ORIGIN)]

    def sign_in(self, url: str, user_name: str, password: Secret) -> str:
        """Log CX Audience in and return the account's name; ConnectionError (no such host), ApiError."""
        urls = self.urls()
        if url == urls.other_pod:
            raise ApiError("INVALID_USER_NAME_PASSWORD")
        if url not in (urls.login, urls.api):
            raise ConnectionError(url)
        self.access.sign_in(user_name, password)
        return self.account.name

    def file_folder(self, server: str, user_name: str, key: bytes) -> Path:
        """Return what the file server shows to a user with this SSH key; ConnectionError, PermissionError."""
        if server != self.file_server.server:
            raise ConnectionError(server)
        if user_name != self.file_server.user or key not in set(self.ssh2_keys.authorized()):
            raise PermissionError(user_name)
        return self.file_server.home

    async def close(self) -> None:
        """End the runs under way and stop the file server."""
        await self.jobs.settle()
        await asyncio.to_thread(self.file_server.stop)
