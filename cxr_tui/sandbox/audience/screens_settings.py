"""The Responsys tab of Integration settings: its entries, and what Save makes of them."""

from __future__ import annotations

from typing import Any

from cxr_tui.domain.responsys_data import MATCH_COLUMNS
from cxr_tui.sandbox.audience.account import Account, IntegrationSettings
from cxr_tui.sandbox.audience.responsys_link import ResponsysError, ResponsysLink
from cxr_tui.sandbox.shared.screens import Form, PageError, Pages, PageShows, PageVisit

ACCOUNT_NAME = "Account Name"
PASSWORD = "Password"  # nosec B105  # noqa: S105 - the label of the field
PROFILE_LIST = "Profile List in CX Audience that Responsys behavioral data should be available in"
MATCH_COLUMN = "Select a column from Responsys that will be used to match records to the CX Audience customer list"
INSERT_NEW = "Insert new profile list records from Responsys"

_TEXTS = {
    ACCOUNT_NAME: "account_name",
    "Account URL": "account_url",
    "Username for Responsys integration": "user_name",
    "Username email": "email",
    PROFILE_LIST: "profile_list",
    MATCH_COLUMN: "match_column",
}
"""Fields of IntegrationSettings by label."""


class SettingsScreen:
    """The screen (Integrating with Responsys, second task; documented).

    That Save tests the login and the account name is inferred: Oracle does not document it, and a twin that accepted
    everything would hide every mistake until the first job.
    """

    def __init__(self, pages: Pages, account: Account, link: ResponsysLink) -> None:
        self._account = account
        self._link = link
        self._form = Form(
            {**dict.fromkeys(_TEXTS, ""), PASSWORD: None, INSERT_NEW: False},
            {PROFILE_LIST: account.lists, MATCH_COLUMN: MATCH_COLUMNS},
        )
        path = ("Account", "Integration settings", "Responsys")
        pages.add(path, self._visit, self._form, ("Save",))

    async def _visit(self, visit: PageVisit) -> PageShows:
        """Take entries into the draft, save when asked to, and show all but the password."""
        self._account.draft.update(visit.entries)
        message = ""
        if "Save" in visit.press:
            self._save()
            message = "The integration settings were saved."
        return PageShows(message, self._shown())

    def _save(self) -> None:
        wanted, saved = self._wanted(), self._account.settings
        if saved is not None and saved.insert_new and not wanted.insert_new:
            raise PageError(
                f"{INSERT_NEW}: this setting cannot be changed after it was saved as Yes. "
                "Contact Oracle Support if you have issues."
            )
        if not self._link.responsys.integration_enabled:
            raise PageError(
                "The integration is not enabled in Responsys. Select Enable Responsys and CX Audience Integration "
                "under Account > CX Audience settings in Responsys, save, and try again."
            )
        try:
            account_name = self._link.sign_in(wanted.account_url, wanted.user_name, wanted.password)
        except ResponsysError as error:
            raise PageError(str(error)) from None
        if account_name != wanted.account_name:
            # the page asks for the exact name (documented)
            raise PageError(
                f'{ACCOUNT_NAME}: "{wanted.account_name}" is not the name of the Responsys account that '
                f"{wanted.user_name} belongs to. Enter the exact name."
            )
        if wanted.match_column not in dict(self._account.lists[wanted.profile_list].columns):
            raise PageError(f"{MATCH_COLUMN}: {wanted.profile_list} has no column {wanted.match_column}")
        if not self._link.lists_with(wanted.match_column):
            raise PageError(f"{MATCH_COLUMN}: no profile list in Responsys has a column {wanted.match_column}")
        self._account.settings, self._account.refusals, self._account.problem = wanted, 0, ""
        self._account.draft.clear()
        self._link.begin()

    def _wanted(self) -> IntegrationSettings:
        values = self._values()
        for label in (*_TEXTS, PASSWORD):
            if not values[label]:
                raise PageError(f"{label}: this field is required")
        texts = {name: values[label] for label, name in _TEXTS.items()}
        return IntegrationSettings(**texts, password=values[PASSWORD], insert_new=values[INSERT_NEW])

    def _values(self) -> dict[str, Any]:
        """Return the draft over what was saved."""
        saved, values = self._account.settings, dict(self._form.fields)
        if saved is not None:
            names = {**_TEXTS, PASSWORD: "password", INSERT_NEW: "insert_new"}
            values = {label: getattr(saved, name) for label, name in names.items()}
        return values | {label: value for label, value in self._account.draft.items() if label != PASSWORD or value}

    def _shown(self) -> dict[str, Any]:
        status = "Not saved" if self._account.draft or self._account.settings is None else "Saved"
        state = "Not connected" if self._account.settings is None else self._account.problem or "Connected"
        # neither line is documented: a person has to see somewhere that the page was saved and still works
        offered = next(iter(self._account.lists), "")  # the first line of the drop-down
        values = self._form.shown(self._values())
        return {**values, "Status": status, "Connection": state, "Profile list offered": offered}
