"""Pages under Account: summary, configuration, CX Audience settings, SSH2 keys."""

from __future__ import annotations

from collections.abc import Callable

from cxr_tui.sandbox.responsys.account import Account, Urls
from cxr_tui.sandbox.responsys.ssh_keys import Ssh2KeyRefusedError, Ssh2Keys
from cxr_tui.sandbox.shared.screens import PageError, Pages, PageShows, PageVisit

INTEGRATION_BOX = "Enable Responsys and CX Audience Integration"
SSH2_PAGE = ("Account", "Global settings", "SSH2 Keys management")


class AccountPages:
    """What an Account Administrator sees and sets for the whole account."""

    def __init__(self, pages: Pages, account: Account, keys: Ssh2Keys, scp_user: str, urls: Callable[[], Urls]) -> None:
        self._account = account
        self._keys = keys
        self._scp_user = scp_user
        self._urls = urls
        pages.page("Account")(self.summary)
        pages.page("Account", "Global settings", "Account configuration")(self.configuration)
        pages.page("Account", "CX Audience settings", labels=(INTEGRATION_BOX,), buttons=("Save",))(self.settings)
        labels = ("SCP user", "Tag name for key", "Select")
        pages.page(*SSH2_PAGE, labels=labels, buttons=("Add Key",))(self.ssh2_keys)

    async def summary(self, visit: PageVisit) -> PageShows:
        """Show the account summary (facts B.4; documented)."""
        return PageShows(
            values={
                "Account name": self._account.name,
                "Account display name": self._account.display_name,
                "Pod": str(self._account.pod),
                "Time zone": self._account.time_zone,
            }
        )

    async def configuration(self, visit: PageVisit) -> PageShows:
        """Show where the account's hosts are (facts A.1; documented for the end point)."""
        urls = self._urls()
        return PageShows(values={"Login host": urls.login, "Web services end point": urls.api})

    async def settings(self, visit: PageVisit) -> PageShows:
        """Show and save the one box (facts B.4; documented)."""
        ticked = visit.flag(INTEGRATION_BOX, self._account.integration_enabled)
        if "Save" in visit.press:
            self._account.integration_enabled = ticked
        return PageShows(
            "Settings saved" if visit.press else "", values={INTEGRATION_BOX: self._account.integration_enabled}
        )

    async def ssh2_keys(self, visit: PageVisit) -> PageShows:
        """Show keys with their status, add one (facts B.9; documented)."""
        message = ""
        if "Add Key" in visit.press:
            if visit.text("SCP user") != self._scp_user:
                raise PageError(f"SCP user: choose {self._scp_user}")
            try:
                self._keys.add(self._scp_user, visit.text("Tag name for key"), visit.upload("Select").data)
            except Ssh2KeyRefusedError as refusal:
                raise PageError(str(refusal)) from None
            message = "The key was added and is being processed"
        return PageShows(message, values={key.tag: key.status for key in self._keys.all()})
