"""Audiences: made from a filter over one list, published locally, then to Responsys (facts C.5)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cxr_tui.sandbox.audience.account import MATCH_COLUMN, PROFILE_LIST, Account
from cxr_tui.sandbox.audience.responsys_link import ResponsysLink
from cxr_tui.sandbox.shared.screens import Form, PageError, Pages, PageShows, PageVisit

_NAME, _LIST, _FILTER = "Audience name", "List", "Filter"
_SAVE, _PUBLISH, _PUBLISH_TO_RESPONSYS = "Save", "Publish", "Publish to Responsys"
_CONDITION = re.compile(r"\s*([A-Za-z][A-Za-z0-9_$#]*)\s*!?=.*", re.DOTALL)
"""`COLUMN = value` or `COLUMN != value`; the form is the sandbox's own."""


@dataclass
class Audience:
    """One audience, bound to one list; who belongs to it is never asked for."""

    name: str
    list_name: str
    filter_text: str
    status: str = "Saved"


class Audiences:
    """The account's audiences and the screen that makes them."""

    def __init__(self, pages: Pages, account: Account, link: ResponsysLink) -> None:
        self._account = account
        self._link = link
        self.by_name: dict[str, Audience] = {}
        form = Form(dict.fromkeys((_NAME, _LIST, _FILTER), ""), {_LIST: account.lists})
        pages.add(("Audiences", "Create audience"), self._visit, form, (_SAVE, _PUBLISH, _PUBLISH_TO_RESPONSYS))

    async def _visit(self, visit: PageVisit) -> PageShows:
        """Save and publish, in the order in which the buttons are pressed."""
        if visit.is_look:
            return PageShows({"Audiences": list(self.by_name)})
        name = visit.values[_NAME]
        if not name:
            raise PageError(f"{_NAME}: this field is required")
        for button in visit.press:
            if button == _SAVE:
                self.by_name[name] = self._entered(visit)
            elif name not in self.by_name:
                raise PageError(f'There is no audience "{name}"; save it first')
            elif button == _PUBLISH:
                self.by_name[name].status = "Published"
            else:
                self._send(self.by_name[name])
        found = self.by_name.get(name)
        return PageShows({"Status": found.status} if found is not None else {})

    def _entered(self, visit: PageVisit) -> Audience:
        name, list_name, text = visit.values.values()
        if not list_name:
            raise PageError(f"{_LIST}: choose one of {', '.join(self._account.lists)}")
        found = _CONDITION.fullmatch(text)
        if found is None:
            raise PageError(f'{_FILTER}: "{text}" is not of the form COLUMN = value')
        if found[1].upper() not in dict(self._account.lists[list_name].columns):
            raise PageError(f"{_FILTER}: the list has no column {found[1].upper()}")
        return Audience(name, list_name, text)

    def _send(self, audience: Audience) -> None:
        """Hand the audience to Responsys, where it belongs to the first list with the match column (inferred)."""
        settings = self._account.settings
        if audience.status == "Saved":
            raise PageError("Publish the audience first")
        if settings is None:
            raise PageError("The account is not integrated with Responsys yet")
        if audience.list_name != settings[PROFILE_LIST]:
            raise PageError(
                f"Only audiences of {settings[PROFILE_LIST]}, the list integrated with Responsys, can be sent"
            )
        if not self._link.connected():
            raise PageError(f"The audience was not published to Responsys. {self._account.problem}".strip())
        there = next(iter(self._link.lists_with(settings[MATCH_COLUMN])), None)
        if there is None:
            raise PageError(f"No profile list in Responsys has the column {settings[MATCH_COLUMN]}")
        self._link.responsys.publish(audience.name, there)
        audience.status = "Published to Responsys"
