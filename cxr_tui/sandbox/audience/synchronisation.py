"""What CX Audience brings over from Responsys by itself once the settings are saved: behaviour and profile inserts."""

from __future__ import annotations

from datetime import timedelta

from cxr_tui.sandbox.audience.behaviour import attach_behaviour
from cxr_tui.sandbox.audience.feed import ResponsysFeed
from cxr_tui.sandbox.audience.inserts import insert_new_profiles
from cxr_tui.sandbox.audience.responsys_login import LoginRefusedError, ResponsysError, sign_in
from cxr_tui.sandbox.audience.state import Account
from cxr_tui.sandbox.clock import Clock

FIRST_AFTER = timedelta(minutes=15)
EVERY = timedelta(hours=12)
"""How often is not documented; data arrives automatically, that is all the page says (facts C.5)."""

_REFUSALS_TO_STOP = 2
"""Five wrong logins lock the user; the twin stops before it comes to that, until the settings are saved again."""


class Synchronisation:
    """Runs on the clock from the first save on; each round logs in as the integration user first."""

    def __init__(self, account: Account, feed: ResponsysFeed, clock: Clock) -> None:
        self._account = account
        self._feed = feed
        self._clock = clock
        self._ticket: int | None = None
        self.rounds = 0
        self.attached = 0
        self.inserted = 0

    def begin(self) -> None:
        """Start over, as a save of the settings does."""
        if self._ticket is not None:
            self._clock.cancel(self._ticket)
        self._schedule(FIRST_AFTER)

    def _schedule(self, after: timedelta) -> None:
        self._ticket = self._clock.at(self._clock.now() + after, self._round, "CX Audience synchronisation")

    async def _round(self) -> None:
        if await self.connected():
            self._bring()
        if self._account.connection.refusals < _REFUSALS_TO_STOP:
            self._schedule(EVERY)

    async def connected(self) -> bool:
        """Log in with the saved settings and say whether that worked; the page shows what did not."""
        settings, connection = self._account.settings, self._account.connection
        if settings is None or connection.refusals >= _REFUSALS_TO_STOP:
            return False
        connection.last_attempt = self._clock.now()
        try:
            await sign_in(settings.account_url, settings.user_name, settings.password)
        except LoginRefusedError as error:
            connection.refusals += 1
            connection.problem = str(error)
            return False
        except ResponsysError as error:
            connection.problem = str(error)
            return False
        connection.refusals, connection.problem = 0, ""
        if not self._feed.integration_enabled:
            connection.problem = "The integration is not enabled in Responsys any more"
        return not connection.problem

    def _bring(self) -> None:
        self.rounds += 1
        settings, table = self._account.settings, self._account.matched_list()
        if settings is None or table is None:
            return
        if settings.insert_new:
            self.inserted += insert_new_profiles(self._feed.lists, table, settings.match_column, self._clock.now())
        # anew each time, so that people who came with an import since get the behaviour from before (inferred)
        self._account.behaviour = {}
        events, attached = self._feed.behaviour_events(), self._account.behaviour
        self.attached = attach_behaviour(events, self._feed.lists, table, settings.match_column, attached)
