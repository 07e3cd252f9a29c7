"""Assembly of the CX Audience twin."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from starlette.applications import Starlette

from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.audience.account import Account, ApiUser
from cxr_tui.sandbox.audience.api import Access, Api
from cxr_tui.sandbox.audience.import_jobs import Jobs
from cxr_tui.sandbox.audience.key_pairs import KeyPairs
from cxr_tui.sandbox.audience.responsys_link import Responsys, ResponsysLink
from cxr_tui.sandbox.audience.screens_audiences import Audiences
from cxr_tui.sandbox.audience.screens_connect import ConnectScreens
from cxr_tui.sandbox.audience.screens_import import ImportScreens
from cxr_tui.sandbox.audience.screens_settings import SettingsScreen
from cxr_tui.sandbox.audience.ssh_key import SshKey
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.services.mailbox import Mailbox
from cxr_tui.sandbox.shared.rest import rest_host
from cxr_tui.sandbox.shared.screens import Pages


class AudienceTwin:
    """CX Audience as the rest of the sandbox sees it."""

    def __init__(
        self,
        account: Account,
        access: Access,
        pages: Pages,
        api_app: Starlette,
        keys: KeyPairs,
        ssh_key: SshKey,
        jobs: Jobs,
        audiences: Audiences,
    ) -> None:
        self.account = account
        """The state; scenarios change it the way an administrator or Support would."""
        self.access = access
        self.pages = pages
        self.api_app = api_app
        self.keys = keys
        self.ssh_key = ssh_key
        self.jobs = jobs
        self.audiences = audiences
        self.api_user_name = account.api_user.name
        self.api_password = account.api_user.password

    def permit_external_server(self, host: str) -> None:
        """Offer `host` (`host:port`, or the host alone for port 22) as external server, as Support does on request."""
        if host not in self.account.external_servers:
            self.account.external_servers.append(host)

    def next_run(self, job_name: str) -> datetime | None:
        """Return when a job runs next (aware, UTC); None: unknown job, or nothing scheduled."""
        return self.jobs.next_run(job_name)

    async def close(self) -> None:
        """End the gpg agent of the twin's own home and remove the home."""
        await self.keys.close()


def build_audience(
    *,
    clock: Clock,
    mailbox: Mailbox,
    directory: Path,
    lists: Mapping[str, ListTable],
    seed: int,
    responsys: Responsys,
    api_url: Callable[[], str],
    account_name: str = "acmeretail",
    time_zone: str = "America/New_York",
    api_user_name: str = "audience.api",
) -> AudienceTwin:
    """Build the twin; `lists` are CX Audience's customer data lists by name, `api_url` is asked for at every use.

    `directory` is the sandbox's own: key pairs and the twin's own file server live below it. `seed` decides the random
    minutes of the jobs; the API user's password is random in any case.
    """
    api_user = ApiUser(api_user_name, Secret(secrets.token_urlsafe(18)))
    account = Account(account_name, time_zone, dict(lists), api_user)
    access = Access(account, clock)
    keys = KeyPairs(directory)
    own_files = directory / "audience-files"
    for folder in ("upload", "download", "archive"):
        (own_files / folder).mkdir(parents=True, exist_ok=True)
    ssh_key = SshKey(f"{account_name}@cxaudience")
    link = ResponsysLink(account, responsys, clock, ssh_key, own_files)
    minutes = random.Random(seed)  # nosec B311  # noqa: S311 - the minute of a slot, no secret
    jobs = Jobs(account, keys, link, clock, mailbox, minutes)
    audiences = Audiences(account, link)
    pages = Pages("CX Audience")
    SettingsScreen(account, link).register(pages)
    ConnectScreens(account, jobs, keys, ssh_key, link, clock, mailbox, api_url).register(pages)
    ImportScreens(account, jobs, keys).register(pages)
    audiences.register(pages)
    app = rest_host(access.login, Api(account).functions(), access.admit)
    return AudienceTwin(account, access, pages, app, keys, ssh_key, jobs, audiences)
