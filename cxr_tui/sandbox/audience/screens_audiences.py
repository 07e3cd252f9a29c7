"""Audiences: made from a filter over one list, published locally, then to Responsys (facts C.5)."""

from __future__ import annotations

import re

from cxr_tui.sandbox.audience.account import MATCH_COLUMN, PROFILE_LIST, Account
from cxr_tui.sandbox.audience.responsys_link import ResponsysLink
from cxr_tui.sandbox.shared.screens import Form, PageError, Pages, PageShows, PageVisit, require

_NAME, _LIST, _FILTER = "Audience name", "List", "Filter"
_CONDITION = re.compile(r"\s*([A-Za-z][A-Za-z0-9_$#]*)\s*!?=.*", re.DOTALL)
"""`COLUMN = value` or `COLUMN != value`; the form is the sandbox's own."""
SAVED, _PUBLISHED, _SENT = "Saved", "Published", "Published to Responsys"
_STATUS = {"Save": SAVED, "Publish": _PUBLISHED, "Publish to Responsys": _SENT}
"""What an audience is after each button; who belongs to it is never asked for."""
_NEEDED = {"Publish": (SAVED, _PUBLISHED, _SENT), "Publish to Responsys": (_PUBLISHED, _SENT)}
"""What it must be before."""


class Audiences:
    """The account's audiences and the screen that makes them."""

    def __init__(self, pages: Pages, account: Account, link: ResponsysLink) -> None:
        self._account = account
        self._link = link
        self.statuses: dict[str, str] = {}
        """By name."""
        form = Form(dict.fromkeys((_NAME, _LIST, _FILTER), ""), {_LIST: account.lists})
        pages.add(("Audiences", "Create audience"), self._visit, form, tuple(_STATUS))

    async def _visit(self, visit: PageVisit) -> PageShows:
        """Save and publish, in the order in which the buttons are pressed."""
        if not visit.press:
            return PageShows(visit.values)
        require(visit.values, (_NAME, _LIST))
        name, list_name, text = visit.values.values()
        found = _CONDITION.fullmatch(text)
        if found is None:
            raise PageError(f'{_FILTER}: "{text}" is not of the form COLUMN = value')
        if found[1].upper() not in dict(self._account.lists[list_name].columns):
            raise PageError(f"{_FILTER}: the list has no column {found[1].upper()}")
        for button in visit.press:
            if button in _NEEDED and self.statuses.get(name) not in _NEEDED[button]:
                raise PageError(f"{button}: the audience must be {_NEEDED[button][0].lower()} first")
            if _STATUS[button] == _SENT:
                self._send(name, list_name)
            self.statuses[name] = _STATUS[button]
        return PageShows({"Status": self.statuses[name]})

    def _send(self, name: str, list_name: str) -> None:
        """Hand the audience to Responsys, where it belongs to the first list with the match column (inferred)."""
        settings = self._account.settings
        if settings is None or not self._link.connected():
            raise PageError(f"The audience was not published to Responsys. {self._account.problem}".strip())
        if list_name != settings[PROFILE_LIST]:
            raise PageError(
                f"Only audiences of {settings[PROFILE_LIST]}, the list integrated with Responsys, can be sent"
            )
        there = next(iter(self._link.lists_with(settings[MATCH_COLUMN])), None)
        if there is None:
            raise PageError(f"No profile list in Responsys has the column {settings[MATCH_COLUMN]}")
        self._link.responsys.publish(name, there)
