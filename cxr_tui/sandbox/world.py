"""The assembled sandbox: both twins, the people in them, the sites around them, on one clock."""

from __future__ import annotations

import asyncio
from pathlib import Path

from cxr_tui.domain.instruction import Site
from cxr_tui.sandbox.audience.product import API_USER, AudienceTwin
from cxr_tui.sandbox.client import Account, SandboxOptions
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.people import populate
from cxr_tui.sandbox.responsys.account import CONNECT_USER, Urls
from cxr_tui.sandbox.responsys.product import ResponsysTwin
from cxr_tui.sandbox.services.colleague import Colleague
from cxr_tui.sandbox.services.mailbox import Mailbox
from cxr_tui.sandbox.services.support_portal import SupportPortal
from cxr_tui.sandbox.services.time_travel import calendar


class Sandbox:
    """Everything that one sandbox consists of; scenarios change it before the first visit."""

    def __init__(self, directory: Path, options: SandboxOptions, urls: Urls, audience_url: str) -> None:
        """Build everything under `directory`."""
        self.directory = directory
        self.clock = Clock()
        self.mailbox = Mailbox()
        self.keyring: dict[tuple[str, str], str] = {}
        """The throwaway keyring's memory by service and user."""
        self.population = populate(options.people, options.seed)
        own = directory / "responsys"
        own.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.responsys = responsys = ResponsysTwin(
            clock=self.clock,
            mailbox=self.mailbox,
            directory=own,
            population=self.population,
            seed=options.seed,
            urls=urls,
        )
        profiles = self.population.customer_profiles
        self.audience = audience = AudienceTwin(
            responsys, self.mailbox, profiles=profiles, api_url=audience_url, seed=options.seed
        )
        self.portal = SupportPortal(self.clock, responsys.account, audience.account)
        self.accounts = tuple(
            Account(who, name, access.users[name].password.reveal())
            for who, access, name in (
                ("CX Audience API user", audience.access, API_USER),
                ("Responsys Connect API user", responsys.access, CONNECT_USER),
            )
        )
        """API users that exist from the start."""
        self.colleague = Colleague(self.accounts, responsys, bare=options.bare)
        next_run = {"Responsys": responsys.jobs.next_run, "CX Audience": audience.jobs.next_run}
        self.sites = {
            Site.RESPONSYS: responsys.pages,
            Site.AUDIENCE: audience.pages,
            Site.SUPPORT: self.portal.pages,
            Site.MAILBOX: self.mailbox.pages,
            Site.COLLEAGUE: self.colleague.pages,
            Site.COMPUTER: self.colleague.computer,
            Site.CALENDAR: calendar(self.clock, self.portal.answer_due, responsys.ssh2_keys.ready_at, next_run),
        }
        """The screens by site."""

    async def close(self) -> None:
        """End what the twins have running."""
        await asyncio.gather(self.responsys.close(), self.audience.keys.close())
