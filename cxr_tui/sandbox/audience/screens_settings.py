"""The Responsys tab of Integration settings: what is entered, and what Save makes of it."""

from __future__ import annotations

from typing import Any

from cxr_tui.domain.responsys_data import MATCH_COLUMNS
from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.audience.feed import ResponsysFeed
from cxr_tui.sandbox.audience.responsys_login import ResponsysError, sign_in
from cxr_tui.sandbox.audience.state import Account, Connection, IntegrationSettings
from cxr_tui.sandbox.audience.synchronisation import Synchronisation
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.shared.screens import PageError, Pages, PageShows, PageVisit

ACCOUNT_NAME = "Account Name"
ACCOUNT_URL = "Account URL"
USER_NAME = "Username for Responsys integration"
EMAIL = "Username email"
PASSWORD = "Password"  # nosec B105  # noqa: S105 - the label of the field
PROFILE_LIST = "Profile List in CX Audience that Responsys behavioral data should be available in"
MATCH_COLUMN = "Select a column from Responsys that will be used to match records to the CX Audience customer list"
OFFERED_LIST = "Profile list offered"
INSERT_NEW = "Insert new profile list records from Responsys"

_TEXTS = (ACCOUNT_NAME, ACCOUNT_URL, USER_NAME, EMAIL, PROFILE_LIST, MATCH_COLUMN)


class IntegrationPage:
    """The page (Integrating with Responsys, second task; documented).

    That Save tests the login and the account name is inferred: no page says whether it does, and a twin that took
    anything would hide every mistake until the first job.
    """

    def __init__(self, account: Account, feed: ResponsysFeed, clock: Clock, synchronisation: Synchronisation) -> None:
        self._account = account
        self._feed = feed
        self._clock = clock
        self._synchronisation = synchronisation

    def register(self, pages: Pages) -> None:
        """Add the page to the site."""
        path = ("Account", "Integration settings", "Responsys")
        pages.page(*path, labels=(*_TEXTS, PASSWORD, INSERT_NEW), buttons=("Save",))(self.visit)

    async def visit(self, visit: PageVisit) -> PageShows:
        """Take entries into the draft, save when asked to, and show all but the password."""
        self._enter(visit)
        message = ""
        if "Save" in visit.press:
            await self._save()
            message = "The integration settings were saved."
        return PageShows(message, self._shown())

    def _enter(self, visit: PageVisit) -> None:
        entered: dict[str, Any] = {label: visit.text(label).strip() for label in _TEXTS if label in visit.entries}
        if PASSWORD in visit.entries:
            entered[PASSWORD] = Secret(visit.text(PASSWORD))
        if INSERT_NEW in visit.entries:
            entered[INSERT_NEW] = visit.flag(INSERT_NEW)
        # both are drop-downs: what they do not offer cannot be chosen
        _offered(PROFILE_LIST, entered, tuple(self._account.lists))
        _offered(MATCH_COLUMN, entered, MATCH_COLUMNS)
        self._account.draft.update(entered)

    async def _save(self) -> None:
        wanted = self._wanted()
        saved = self._account.settings
        if saved is not None and saved.insert_new and not wanted.insert_new:
            raise PageError(
                f"{INSERT_NEW}: this setting cannot be changed any more once it was saved as Yes. "
                "Contact Oracle Support if you have issues."
            )
        if not self._feed.integration_enabled:
            raise PageError(
                "The integration is not enabled in Responsys. Select Enable Responsys and CX Audience Integration "
                "under Account > CX Audience settings in Responsys, save, and try again."
            )
        self._account.connection.last_attempt = self._clock.now()
        try:
            signed_in = await sign_in(wanted.account_url, wanted.user_name, wanted.password)
        except ResponsysError as error:
            raise PageError(str(error)) from None
        if signed_in.account_name != wanted.account_name:
            # the page asks for the exact name (documented)
            raise PageError(
                f'{ACCOUNT_NAME}: "{wanted.account_name}" is not the name of the Responsys account that '
                f"{wanted.user_name} belongs to. Enter the exact name."
            )
        self._require_column(wanted)
        self._account.settings = wanted
        self._account.connection = Connection(last_attempt=self._clock.now())
        self._account.draft.clear()
        self._synchronisation.begin()

    def _wanted(self) -> IntegrationSettings:
        fields = self._values()
        for label in _TEXTS:
            if not fields[label]:
                raise PageError(f"{label}: this field is required")
        password = self._account.draft.get(PASSWORD) or (self._account.settings and self._account.settings.password)
        if not password:
            raise PageError(f"{PASSWORD}: this field is required")
        return IntegrationSettings(
            fields[ACCOUNT_NAME],
            fields[ACCOUNT_URL],
            fields[USER_NAME],
            fields[EMAIL],
            password,
            fields[PROFILE_LIST],
            fields[MATCH_COLUMN],
            fields[INSERT_NEW],
        )

    def _require_column(self, wanted: IntegrationSettings) -> None:
        here = self._account.lists[wanted.profile_list]
        if not any(name == wanted.match_column for name, _ in here.columns):
            raise PageError(f"{MATCH_COLUMN}: {wanted.profile_list} has no column {wanted.match_column}")
        there = [table for table in self._feed.lists.values() if wanted.match_column in dict(table.columns)]
        if not there:
            raise PageError(f"{MATCH_COLUMN}: no profile list in Responsys has a column {wanted.match_column}")

    def _values(self) -> dict[str, Any]:
        saved = self._account.settings
        values: dict[str, Any] = dict.fromkeys(_TEXTS, "") | {INSERT_NEW: False}
        if saved is not None:
            values = {
                ACCOUNT_NAME: saved.account_name,
                ACCOUNT_URL: saved.account_url,
                USER_NAME: saved.user_name,
                EMAIL: saved.email,
                PROFILE_LIST: saved.profile_list,
                MATCH_COLUMN: saved.match_column,
                INSERT_NEW: saved.insert_new,
            }
        values.update((label, value) for label, value in self._account.draft.items() if label != PASSWORD)
        return values

    def _shown(self) -> dict[str, Any]:
        status = "Not saved" if self._account.draft or self._account.settings is None else "Saved"
        connection = self._account.connection
        state = "Not connected" if self._account.settings is None else connection.problem or "Connected"
        # neither line is documented: a person has to see somewhere that the page was saved and still works
        offered = next(iter(self._account.lists), "")  # the first line of the drop-down
        return {**self._values(), "Status": status, "Connection": state, OFFERED_LIST: offered}


def _offered(label: str, entered: dict[str, Any], offered: tuple[str, ...]) -> None:
    if label in entered and entered[label] not in offered:
        raise PageError(f'{label}: "{entered[label]}" is not offered; choose one of {", ".join(offered)}')
