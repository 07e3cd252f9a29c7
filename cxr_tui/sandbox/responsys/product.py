"""Assembly of the Responsys twin."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from starlette.types import ASGIApp

from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.responsys.account import Account, FilterObject, Urls, build_account, build_other_account
from cxr_tui.sandbox.responsys.api import Access, Api
from cxr_tui.sandbox.responsys.connect_api import ConnectCalls
from cxr_tui.sandbox.responsys.export import ExportJobs
from cxr_tui.sandbox.responsys.mail import UserMail
from cxr_tui.sandbox.responsys.public_keys import KeyStore
from cxr_tui.sandbox.responsys.screens_account import AccountScreens
from cxr_tui.sandbox.responsys.screens_export import ExportScreens
from cxr_tui.sandbox.responsys.screens_users import UserScreens
from cxr_tui.sandbox.responsys.ssh_keys import Ssh2Keys, make_key_pair
from cxr_tui.sandbox.services.mailbox import Mailbox
from cxr_tui.sandbox.sftp_server import FileServer
from cxr_tui.sandbox.shared.rest import Outages, Throttle, Tokens, invalid_token, rest_host, wrong_user_or_password
from cxr_tui.sandbox.shared.screens import Pages

__all__ = ["ResponsysTwin", "Urls", "build_responsys"]

ORIGIN = "CX Audience"
"""Origin of a published audience (facts C.5; documented by analogy)."""


@dataclass
class ResponsysTwin:
    """Responsys as the rest of the sandbox sees it.

    Scenarios change `account`, `jobs`, `keys`, `ssh2_keys`, `tokens`, `outages` and `file_server` the way an
    administrator, Support or time would; the product sees their effect only.
    """

    login_app: ASGIApp
    api_app: ASGIApp
    other_pod_app: ASGIApp
    pages: Pages
    account: Account
    file_server: FileServer
    """Start with `await asyncio.to_thread(twin.file_server.start)`; `close` stops it."""
    connect_user_name: str
    connect_password: Secret
    administrator_key: Path
    """Private key file (OpenSSH, RSA 2048, no passphrase) that is registered for the SCP user from the start."""
    jobs: ExportJobs
    keys: KeyStore
    ssh2_keys: Ssh2Keys
    tokens: Tokens
    throttle: Throttle
    urls: Callable[[], Urls]
    outages: Outages
    """Failures of login host and end point alike."""
    clock: Clock
    access: Access

    @property
    def lists(self) -> Mapping[str, ListTable]:
        """The profile lists by name."""
        return self.account.lists

    @property
    def integration_enabled(self) -> bool:
        """Whether the box in CX Audience settings is ticked and saved."""
        return self.account.integration_enabled

    @property
    def audience_designer(self) -> bool:
        """Whether Support enabled the controlled feature Audience Designer."""
        return self.account.audience_designer

    @audience_designer.setter
    def audience_designer(self, enabled: bool) -> None:
        self.account.audience_designer = enabled

    @property
    def ssh2_key_delay(self) -> timedelta:
        """How long an SSH2 key that is added from now on stays Processing."""
        return self.ssh2_keys.delay

    @ssh2_key_delay.setter
    def ssh2_key_delay(self, delay: timedelta) -> None:
        self.ssh2_keys.delay = delay

    def publish(self, audience_name: str, list_name: str, riids: Sequence[str]) -> None:
        """Take over an audience published by CX Audience, in place of one of the same name; KeyError: no such list."""
        table = self.account.lists[list_name]
        kept = [one for one in self.account.filters if not (one.origin and one.name == audience_name)]
        published = FilterObject(
            audience_name,
            table.name,
            table.folder,
            self.clock.now(),
            description=f"Origin: {ORIGIN}",
            origin=ORIGIN,
            riids=tuple(riids),
        )
        self.account.filters = [*kept, published]

    def sign_in(self, url: str, user_name: str, password: Secret) -> str:
        """Log CX Audience in and return the account's name; ConnectionError (no such host), ApiError."""
        urls = self.urls()
        if url == urls.other_pod:
            raise wrong_user_or_password()
        if url not in (urls.login, urls.api):
            raise ConnectionError(url)
        self.access.sign_in(user_name, password)
        return self.account.name

    def file_folder(self, server: str, user_name: str, key: bytes | None) -> Path:
        """Return what the file server shows to a user with this SSH key; ConnectionError, PermissionError."""
        if server != self.file_server.server:
            raise ConnectionError(server)
        if user_name != self.file_server.user or key not in set(self.ssh2_keys.authorized()):
            raise PermissionError(user_name)
        return self.file_server.home

    def next_run(self, job_name: str) -> datetime | None:
        """Return when a Connect job runs next (aware, UTC); None: unknown job, or nothing scheduled."""
        job = self.jobs.named(job_name)
        return None if job is None else job.next_run

    def ssh2_key_ready_at(self, tag: str) -> datetime | None:
        """Return when the SSH2 key of this tag becomes Completed (aware, UTC); None: no such key."""
        key = self.ssh2_keys.find(tag)
        return None if key is None else key.ready

    async def close(self) -> None:
        """End the runs under way and stop the file server."""
        await self.jobs.settle()
        await asyncio.to_thread(self.file_server.stop)


def build_responsys(
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
    account_display_name: str = "Acme Retail",
    time_zone: str = "America/New_York",
    administrator_email: str = "admin@acmeretail.example",
    connect_user_name: str = "connect.api",
    ssh2_key_delay: timedelta = timedelta(days=5),
) -> ResponsysTwin:
    """Build the twin; `urls` is asked for at every use, `scopes` are organizations of objects by name (else Root)."""
    account = build_account(
        now=clock.now(),
        name=account_name,
        display_name=account_display_name,
        time_zone=time_zone,
        administrator_email=administrator_email,
        lists=lists,
        supplemental=supplemental,
        scopes=scopes or {},
        connect_user_name=connect_user_name,
    )
    pages, outages = Pages("Responsys"), Outages()
    ssh2_keys = Ssh2Keys(clock, ssh2_key_delay)
    scp_user = f"{account_name}_scp"
    file_server = FileServer(scp_user, directory / "files", ssh2_keys.authorized, clock.now)
    administrator_key = directory / "administrator_rsa"
    ssh2_keys.add_completed("administrator", make_key_pair(administrator_key))
    keys = KeyStore(directory / "gpg", clock.now)
    minutes = random.Random(seed)  # nosec B311  # noqa: S311 - picks minutes of a slot, no secret
    jobs = ExportJobs(account, keys, clock, mailbox, file_server.path, directory / "workshop", minutes)
    mail = UserMail(account, clock, mailbox)
    access = Access(account, clock, mail, lambda: urls().api)
    functions = {**Api(account).functions(), **ConnectCalls(account, jobs).functions()}
    AccountScreens(pages, account, clock, ssh2_keys, scp_user, urls)
    UserScreens(pages, account, clock, mail, access)
    ExportScreens(pages, account, jobs, keys, lambda: (file_server.server, scp_user), file_server.has_folder)
    return ResponsysTwin(
        login_app=outages.around(_login_host(access)),
        api_app=outages.around(rest_host(access.login, functions, access.admit)),
        other_pod_app=_other_pod(clock, mailbox, urls),
        pages=pages,
        account=account,
        file_server=file_server,
        connect_user_name=connect_user_name,
        connect_password=account.users[connect_user_name].password,
        administrator_key=administrator_key,
        jobs=jobs,
        keys=keys,
        ssh2_keys=ssh2_keys,
        tokens=access.tokens,
        throttle=access.throttle,
        urls=urls,
        outages=outages,
        clock=clock,
        access=access,
    )


def _login_host(access: Access) -> ASGIApp:
    """Return a host that issues tokens and takes none: API calls belong to the end point (facts A.2)."""
    return rest_host(access.login, unknown=invalid_token)


def _other_pod(clock: Clock, mailbox: Mailbox, urls: Callable[[], Urls]) -> ASGIApp:
    """Return the login host of a pod that this account does not live on."""
    account = build_other_account(clock.now())
    return _login_host(Access(account, clock, UserMail(account, clock, mailbox), lambda: urls().api))
