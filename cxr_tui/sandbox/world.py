"""The assembled sandbox: both twins, the people in them, the sites around them, on one clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from cxr_tui.domain.instruction import Site
from cxr_tui.sandbox.audience.product import AudienceTwin
from cxr_tui.sandbox.client import Account
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.people import populate
from cxr_tui.sandbox.responsys.account import OUTLET, Urls
from cxr_tui.sandbox.responsys.product import ResponsysTwin
from cxr_tui.sandbox.services.colleague import Colleague
from cxr_tui.sandbox.services.mailbox import Mailbox
from cxr_tui.sandbox.services.support_portal import SupportPortal
from cxr_tui.sandbox.services.time_travel import TimeTravel

ACCOUNT_NAME = "acmeretail"
POINT_OF_CONTACT = "jordan.rivera@acmeretail.example"


class Sandbox:
    """Everything that one sandbox consists of; scenarios change it before the first visit."""

    def __init__(
        self,
        directory: Path,
        *,
        people: int,
        seed: int,
        urls: Callable[[], Urls],
        audience_url: Callable[[], str],
        bare: bool = False,
    ) -> None:
        """Build everything under `directory`; the URLs are asked for when they are needed."""
        self.directory = directory
        self.clock = clock = Clock()
        self.mailbox = Mailbox()
        self.keyring: dict[tuple[str, str], str] = {}
        """The throwaway keyring's memory by service and user."""
        self.population = populate(people, seed)
        own = directory / "responsys"
        own.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.responsys = responsys = ResponsysTwin(
            clock=clock,
            mailbox=self.mailbox,
            directory=own,
            lists={"CUSTOMERS": self.population.customers, "LOYALTY": self.population.loyalty},
            supplemental={"ORDERS": self.population.orders},
            seed=seed,
            urls=urls,
            scopes={"LOYALTY": OUTLET},
            account_name=ACCOUNT_NAME,
        )
        self.audience = audience = AudienceTwin(
            clock=clock,
            mailbox=self.mailbox,
            lists={"CUSTOMER_PROFILES": self.population.customer_profiles},
            seed=seed,
            responsys=responsys,
            api_url=audience_url,
            account_name=ACCOUNT_NAME,
        )

        def enable_designer() -> None:
            responsys.account.audience_designer = True

        permit = audience.permit_external_server
        self.portal = SupportPortal(clock, enable_designer=enable_designer, permit_server=permit)
        self.accounts = (
            Account("CX Audience API user", audience.api_user_name, audience.api_password.reveal()),
            Account("Responsys Connect API user", responsys.connect_user_name, responsys.connect_password.reveal()),
        )
        """API users that exist from the start."""
        self.colleague = Colleague(
            accounts=self.accounts,
            private_key=responsys.administrator_key,
            fingerprint=lambda: responsys.file_server.fingerprint,
            point_of_contact=POINT_OF_CONTACT,
            bare=bare,
        )
        calendar = TimeTravel(
            clock,
            answer_due=self.portal.answer_due,
            key_ready=responsys.ssh2_keys.ready_at,
            next_run={"Responsys": responsys.jobs.next_run, "CX Audience": audience.jobs.next_run},
        )
        self.sites = {
            Site.RESPONSYS.value: responsys.pages,
            Site.AUDIENCE.value: audience.pages,
            Site.SUPPORT.value: self.portal.pages,
            Site.MAILBOX.value: self.mailbox.pages,
            Site.COLLEAGUE.value: self.colleague.pages,
            Site.COMPUTER.value: self.colleague.computer,
            Site.CALENDAR.value: calendar.pages,
        }
        """The screens by site."""

    async def close(self) -> None:
        """End what the twins have running."""
        await asyncio.gather(self.responsys.close(), self.audience.close())
