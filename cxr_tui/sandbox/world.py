"""The assembled sandbox: both twins, the people in them, the sites around them, on one clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cxr_tui.domain.instruction import Site
from cxr_tui.sandbox.audience.product import AudienceTwin
from cxr_tui.sandbox.client import Account
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.people import Population, populate
from cxr_tui.sandbox.responsys.account import OUTLET, Urls
from cxr_tui.sandbox.responsys.product import ResponsysTwin
from cxr_tui.sandbox.services.colleague import Colleague
from cxr_tui.sandbox.services.mailbox import Mailbox, mailbox_pages
from cxr_tui.sandbox.services.support_portal import SupportPortal
from cxr_tui.sandbox.services.time_travel import TimeTravel
from cxr_tui.sandbox.shared.screens import Pages

ACCOUNT_NAME = "acmeretail"
POINT_OF_CONTACT = "jordan.rivera@acmeretail.example"


@dataclass(frozen=True)
class Sandbox:
    """Everything that one sandbox consists of; scenarios change it before the first visit."""

    directory: Path
    clock: Clock
    mailbox: Mailbox
    population: Population
    responsys: ResponsysTwin
    audience: AudienceTwin
    portal: SupportPortal
    time_travel: TimeTravel
    colleague: Colleague
    accounts: tuple[Account, ...]
    """API users that exist from the start."""
    keyring: dict[tuple[str, str], str] = field(default_factory=dict)
    """The throwaway keyring's memory by service and user."""

    def sites(self) -> Mapping[str, Pages]:
        """Return the screens by site."""
        return {
            Site.RESPONSYS.value: self.responsys.pages,
            Site.AUDIENCE.value: self.audience.pages,
            Site.SUPPORT.value: self.portal.pages,
            Site.MAILBOX.value: mailbox_pages(self.mailbox),
            Site.COLLEAGUE.value: self.colleague.pages,
            Site.COMPUTER.value: self.colleague.computer,
            Site.CALENDAR.value: self.time_travel.pages,
        }

    async def close(self) -> None:
        """End what the twins have running."""
        await asyncio.gather(self.responsys.close(), self.audience.close())


def build_sandbox(
    directory: Path,
    *,
    people: int,
    seed: int,
    urls: Callable[[], Urls],
    audience_url: Callable[[], str],
    bare: bool = False,
) -> Sandbox:
    """Build everything under `directory`; the URLs are asked for when they are needed."""
    clock, mailbox = Clock(), Mailbox()
    population = populate(people, seed)
    responsys = ResponsysTwin(
        clock=clock,
        mailbox=mailbox,
        directory=_own(directory / "responsys"),
        lists={"CUSTOMERS": population.customers, "LOYALTY": population.loyalty},
        supplemental={"ORDERS": population.orders},
        seed=seed,
        urls=urls,
        scopes={"LOYALTY": OUTLET},
        account_name=ACCOUNT_NAME,
    )
    audience = AudienceTwin(
        clock=clock,
        mailbox=mailbox,
        lists={"CUSTOMER_PROFILES": population.customer_profiles},
        seed=seed,
        responsys=responsys,
        api_url=audience_url,
        account_name=ACCOUNT_NAME,
    )

    def enable_designer() -> None:
        responsys.account.audience_designer = True

    portal = SupportPortal(clock, enable_designer=enable_designer, permit_server=audience.permit_external_server)
    time_travel = TimeTravel(
        clock,
        portal=portal,
        key_ready=responsys.ssh2_keys.ready_at,
        next_run={"Responsys": responsys.jobs.next_run, "CX Audience": audience.jobs.next_run},
    )
    accounts = (
        Account("CX Audience API user", audience.api_user_name, audience.api_password.reveal()),
        Account("Responsys Connect API user", responsys.connect_user_name, responsys.connect_password.reveal()),
    )
    colleague = Colleague(
        accounts=accounts,
        private_key=responsys.administrator_key,
        fingerprint=lambda: responsys.file_server.fingerprint,
        point_of_contact=POINT_OF_CONTACT,
        bare=bare,
    )
    return Sandbox(directory, clock, mailbox, population, responsys, audience, portal, time_travel, colleague, accounts)


def _own(directory: Path) -> Path:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return directory
