"""The CX Audience twin, assembled."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.audience.account import Account, ApiUser
from cxr_tui.sandbox.audience.api import AudienceAccess, calls
from cxr_tui.sandbox.audience.import_jobs import ImportJobs
from cxr_tui.sandbox.audience.keys import KeyPairs, SshKey
from cxr_tui.sandbox.audience.responsys_link import ResponsysLink
from cxr_tui.sandbox.audience.screens_audiences import Audiences
from cxr_tui.sandbox.audience.screens_connect import AccountScreens, ImportScreens
from cxr_tui.sandbox.audience.screens_settings import SettingsScreen
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.services.mailbox import Mailbox
from cxr_tui.sandbox.shared.screens import Pages

if TYPE_CHECKING:
    from cxr_tui.sandbox.responsys.product import ResponsysTwin


class AudienceTwin:
    """CX Audience as the rest of the sandbox sees it.

    Scenarios change `account`, `jobs` and `keys` the way an administrator, Support or time would.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        mailbox: Mailbox,
        lists: Mapping[str, ListTable],
        seed: int,
        responsys: ResponsysTwin,
        api_url: Callable[[], str],
        account_name: str = "acmeretail",
        time_zone: str = "America/New_York",
    ) -> None:
        """Build the twin; `lists` are the customer data lists by name, `api_url` is asked for at every use.

        `seed` decides the random minutes of the jobs; the API user's password is random in any case.
        """
        api_user = ApiUser("audience.api", Secret(secrets.token_urlsafe(18)))
        minutes = random.Random(seed)  # nosec B311  # noqa: S311 - the minute of a slot, no secret
        self.api_user_name, self.api_password = api_user.name, api_user.password
        self.account = Account(account_name, time_zone, dict(lists), api_user)
        self.keys = KeyPairs()
        self.ssh_key = SshKey(f"{account_name}@cxaudience")
        self.pages = Pages("CX Audience")
        self.access = AudienceAccess(self.account, clock)
        self.api_app = self.access.app(calls(self.account))
        link = ResponsysLink(self.account, responsys, clock, self.ssh_key)
        self.jobs = ImportJobs(self.account, self.keys, link, clock, minutes)
        self.audiences = Audiences(self.pages, self.account, link)
        SettingsScreen(self.pages, self.account, link)
        AccountScreens(self.pages, self.account, self.jobs, self.keys, self.ssh_key, link, mailbox, api_url)
        ImportScreens(self.pages, self.account, self.jobs, link)

    def permit_external_server(self, host: str) -> None:
        """Offer `host` (`host:port`, or the host alone for port 22) as external server, as Support does on request."""
        if host not in self.account.external_servers:
            self.account.external_servers.append(host)

    async def close(self) -> None:
        """End gpg's agent and remove its home."""
        await self.keys.close()
