"""CX Audience's link to the joined Responsys account: its login, and the data that it brings over.

The real products meet over the network. Both twins run in one process, and a fault of a person's network does not
concern Oracle's products, so the twins call each other directly.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.audience.account import ACCOUNT_URL, MATCH_COLUMN, PASSWORD, PROFILE_LIST, USER_NAME
from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.shared.rest import ApiError
from cxr_tui.sandbox.shared.screens import PageError

if TYPE_CHECKING:
    from cxr_tui.sandbox.audience.product import AudienceTwin

FIRST_AFTER = timedelta(minutes=15)
EVERY = timedelta(hours=12)
"""The interval is not documented; the page only says that data arrives automatically (facts C.5)."""

_REFUSALS_TO_STOP = 2
"""Five wrong logins lock the user; the twin stops before it comes to that, until the settings are saved again."""


class ResponsysLink:
    """Logs in as the integration user, and from the first save on synchronizes."""

    def __init__(self, twin: AudienceTwin) -> None:
        self.responsys = twin.responsys
        self._account = twin.account
        self._clock = twin.clock
        self._synchronized = False

    def sign_in(self, url: str, user_name: str, password: Secret) -> str:
        """Log in at the Account URL and return the name of the user's account.

        PageError, with the ApiError as its cause where Responsys refused the user.
        """
        host = url.strip().rstrip("/")
        try:
            return self.responsys.sign_in(host, user_name, password)
        except ConnectionError:
            raise PageError(f"Account URL: {host} could not be reached") from None
        except ApiError as error:
            reason = " - ".join(part for part in (error.code, error.title, error.detail) if part)
            raise PageError(f"Responsys refused the login of {user_name}: {reason}") from error

    def connected(self) -> bool:
        """Log in with the saved settings; where that fails, the settings page shows the reason."""
        account, settings = self._account, self._account.settings
        if settings is None or account.refusals >= _REFUSALS_TO_STOP:
            return False
        try:
            self.sign_in(settings[ACCOUNT_URL], settings[USER_NAME], settings[PASSWORD])
        except PageError as error:
            account.refusals += isinstance(error.__cause__, ApiError)
            account.problem = str(error)
            return False
        account.refusals, account.problem = 0, ""
        if not self.responsys.account.integration_enabled:
            account.problem = "The integration is no longer enabled in Responsys"
        return not account.problem

    def begin(self) -> None:
        """Start to synchronize, as a save of the settings does, instead of what an earlier save began."""
        self._schedule(FIRST_AFTER, self._account.settings)

    def _schedule(self, after: timedelta, settings: object) -> None:
        async def synchronize() -> None:
            if self._account.settings is settings:
                self._synchronized |= self.connected()
                self._schedule(EVERY, settings)

        self._clock.at(self._clock.now() + after, synchronize, "CX Audience synchronization")

    def records_with_behavior(self) -> int:
        """Return how many records have behavior: in the sandbox, everyone in Responsys was written to once."""
        settings = self._account.settings
        if settings is None or not self._synchronized:
            return 0
        column = settings[MATCH_COLUMN]
        there = self.lists_with(column).values()
        records = self._account.lists[settings[PROFILE_LIST]].rows()
        return sum(any(one.find(column, row[column]) for one in there) for row in records)

    def lists_with(self, column: str) -> dict[str, ListTable]:
        """Return the lists of Responsys that have a column, by name."""
        return {name: table for name, table in self.responsys.account.lists.items() if column in dict(table.columns)}
