"""The Responsys tab of Integration settings: its entries, and what Save makes of them."""

from __future__ import annotations

from typing import Any

from cxr_tui.domain.responsys_data import MATCH_COLUMNS
from cxr_tui.sandbox.audience.account import (
    ACCOUNT_NAME,
    ACCOUNT_URL,
    INSERT_NEW,
    MATCH_COLUMN,
    PASSWORD,
    PROFILE_LIST,
    USER_EMAIL,
    USER_NAME,
    Account,
)
from cxr_tui.sandbox.audience.responsys_link import ResponsysLink
from cxr_tui.sandbox.shared.screens import Form, PageError, Pages, PageShows, PageVisit, require

_REQUIRED = (ACCOUNT_NAME, ACCOUNT_URL, USER_NAME, USER_EMAIL, PROFILE_LIST, MATCH_COLUMN, PASSWORD)


class SettingsScreen:
    """The screen (Integrating with Responsys, second task; documented).

    That Save tests the login and the account name is inferred: Oracle does not document it, and a twin that accepted
    everything would hide every mistake until the first job.
    """

    def __init__(self, pages: Pages, account: Account, link: ResponsysLink) -> None:
        self._account = account
        self._link = link
        self._form = Form(
            {**dict.fromkeys(_REQUIRED, ""), PASSWORD: None, INSERT_NEW: False},
            {PROFILE_LIST: account.lists, MATCH_COLUMN: MATCH_COLUMNS},
        )
        path = ("Account", "Integration settings", "Responsys")
        pages.add(path, self._visit, self._form, ("Save",))

    async def _visit(self, visit: PageVisit) -> PageShows:
        """Take entries into the draft, save when asked to, and show all but the password."""
        self._account.draft.update(visit.entries)
        if "Save" in visit.press:
            self._save()
        return PageShows(self._shown())

    def _save(self) -> None:
        wanted, saved = self._values(), self._account.settings
        require(wanted, _REQUIRED)
        if saved is not None and saved[INSERT_NEW] and not wanted[INSERT_NEW]:
            raise PageError(
                f"{INSERT_NEW}: this setting cannot be changed after it was saved as Yes. "
                "Contact Oracle Support if you have issues."
            )
        if not self._link.responsys.account.integration_enabled:
            raise PageError(
                "The integration is not enabled in Responsys. Select Enable Responsys and CX Audience Integration "
                "under Account > CX Audience settings in Responsys, save, and try again."
            )
        account_name = self._link.sign_in(wanted[ACCOUNT_URL], wanted[USER_NAME], wanted[PASSWORD])
        if account_name != wanted[ACCOUNT_NAME]:
            # the page asks for the exact name (documented)
            raise PageError(
                f'{ACCOUNT_NAME}: "{wanted[ACCOUNT_NAME]}" is not the name of the Responsys account that '
                f"{wanted[USER_NAME]} belongs to. Enter the exact name."
            )
        if wanted[MATCH_COLUMN] not in dict(self._account.lists[wanted[PROFILE_LIST]].columns):
            raise PageError(f"{MATCH_COLUMN}: {wanted[PROFILE_LIST]} has no column {wanted[MATCH_COLUMN]}")
        if not self._link.lists_with(wanted[MATCH_COLUMN]):
            raise PageError(f"{MATCH_COLUMN}: no profile list in Responsys has a column {wanted[MATCH_COLUMN]}")
        self._account.settings, self._account.refusals, self._account.problem = wanted, 0, ""
        self._account.draft.clear()
        self._link.begin()

    def _values(self) -> dict[str, Any]:
        """Return the draft over what was saved."""
        entered = {label: value for label, value in self._account.draft.items() if label != PASSWORD or value}
        return {**self._form.fields, **(self._account.settings or {}), **entered}

    def _shown(self) -> dict[str, Any]:
        status = "Not saved" if self._account.draft or self._account.settings is None else "Saved"
        state = "Not connected" if self._account.settings is None else self._account.problem or "Connected"
        # neither line is documented: a person has to see somewhere that the page was saved and still works
        offered = next(iter(self._account.lists), "")  # the first line of the drop-down
        values = self._form.shown(self._values())
        return {**values, "Status": status, "Connection": state, "Profile list offered": offered}
