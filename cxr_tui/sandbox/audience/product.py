"""The CX Audience twin, assembled."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import rsa

from cxr_tui.domain.ssh_public_key import SshPublicKey
from cxr_tui.sandbox.audience.account import Account
from cxr_tui.sandbox.audience.import_jobs import ImportJobs
from cxr_tui.sandbox.audience.keys import KeyPairs
from cxr_tui.sandbox.audience.responsys_link import ResponsysLink
from cxr_tui.sandbox.audience.screens_account import AccountScreens
from cxr_tui.sandbox.audience.screens_audiences import Audiences
from cxr_tui.sandbox.audience.screens_settings import SettingsScreen
from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.responsys.ssh_keys import public_half
from cxr_tui.sandbox.services.mailbox import Mailbox
from cxr_tui.sandbox.shared.rest import Access, ApiUser, Call, list_named, list_schema, member_data
from cxr_tui.sandbox.shared.screens import Pages

if TYPE_CHECKING:
    from cxr_tui.sandbox.responsys.product import ResponsysTwin

API_USER = "audience.api"
"""Login name of the REST interface's only user."""


class AudienceTwin:
    """CX Audience as the rest of the sandbox sees it.

    Scenarios change `account`, `jobs` and `keys` the way an administrator, Support or time would.
    """

    def __init__(
        self, responsys: ResponsysTwin, mailbox: Mailbox, *, profiles: ListTable, api_url: str, seed: int
    ) -> None:
        """Build the twin; `profiles` is its customer data list, `seed` decides the minutes of the jobs' runs."""
        self.clock = clock = responsys.clock
        self.mailbox = mailbox
        self.responsys = responsys
        self.api_url = api_url
        self.account = Account(responsys.account.time_zone, {profiles.name: profiles})
        self.keys = KeyPairs()
        self.pages = Pages("CX Audience")
        self.access = Access({API_USER: ApiUser()}, clock)
        # Login, lists and members: nothing else is documented; lists are a bare array (facts C.1; documented).
        tables = self.account.lists
        self.api_app = self.access.app(
            [
                Call("/lists", lambda _: [list_schema(table) for table in tables.values()]),
                Call("/lists/{list:path}/members", lambda request: member_data(request, list_named(request, tables))),
            ]
        )
        self.link = ResponsysLink(self)
        self.jobs = ImportJobs(self, seed)
        self.audiences = Audiences(self.pages, self.account, self.link)
        SettingsScreen(self.pages, self.account, self.link)
        AccountScreens(self)

    @cached_property
    def ssh_key(self) -> SshPublicKey:
        """The one RSA key of the account, made when it is first needed; that it is always the same is inferred.

        The private half is not kept: the other twin is asked directly whether it knows the key.
        """
        key = public_half(rsa.generate_private_key(public_exponent=65537, key_size=2048))
        return replace(key, comment=f"2048-bit RSA, {self.account.name}@cxaudience")
