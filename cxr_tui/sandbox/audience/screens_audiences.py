"""Audiences: made from a filter over one list, published locally, then to Responsys (facts C.5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from cxr_tui.sandbox.audience.account import Account
from cxr_tui.sandbox.audience.responsys_link import ResponsysLink, person_key
from cxr_tui.sandbox.shared.screens import Form, PageError, Pages, PageShows, PageVisit

_NAME, _LIST, _FILTER = "Audience name", "List", "Filter"
_SAVE, _PUBLISH, _PUBLISH_TO_RESPONSYS = "Save", "Publish", "Publish to Responsys"
_CONDITION = re.compile(r"\s*([A-Za-z][A-Za-z0-9_$#]*)\s*(!=|=)\s*(.*?)\s*", re.DOTALL)

Filter: TypeAlias = Callable[[Mapping[str, str]], bool]
"""Returns whether a record belongs to the audience."""


@dataclass
class Audience:
    """One audience, bound to one list."""

    name: str
    list_name: str
    filter_text: str
    holds: Filter
    status: str = "Saved"
    sent: int | None = None
    """How many members were published to Responsys; None: never."""


class Audiences:
    """The account's audiences and the screen that makes them."""

    def __init__(self, pages: Pages, account: Account, link: ResponsysLink) -> None:
        self._account = account
        self._link = link
        self.by_name: dict[str, Audience] = {}
        form, buttons = Form(dict.fromkeys((_NAME, _LIST, _FILTER), "")), (_SAVE, _PUBLISH, _PUBLISH_TO_RESPONSYS)
        pages.add(("Audiences", "Create audience"), self._visit, form, buttons)

    async def _visit(self, visit: PageVisit) -> PageShows:
        """Save and publish, in the order in which the buttons are pressed."""
        if visit.is_look:
            return PageShows("", {"Audiences": list(self.by_name)})
        name = visit.values[_NAME]
        if not name:
            raise PageError(f"{_NAME}: this field is required")
        message, values = "", dict[str, object]()
        for button in visit.press:
            if button == _SAVE:
                self._save(name, visit)
                message = "The audience was saved."
            elif name not in self.by_name:
                raise PageError(f'There is no audience "{name}"; save it first')
            elif button == _PUBLISH:
                self.by_name[name].status = "Published"
                message = "The audience was published."
            else:
                self._send(self.by_name[name])
                message = "The audience was published to Responsys."
        if (found := self.by_name.get(name)) is not None:
            values |= {_NAME: name, _LIST: found.list_name, _FILTER: found.filter_text, "Status": found.status}
            values["Members"] = len(self._members(found))
        return PageShows(message, values)

    def _save(self, name: str, visit: PageVisit) -> None:
        before = self.by_name.get(name)
        list_name = visit.entries.get(_LIST, before.list_name if before else "")
        text = visit.entries.get(_FILTER, before.filter_text if before else "")
        if list_name not in self._account.lists:
            raise PageError(f'{_LIST}: "{list_name}" is not offered; choose one of {", ".join(self._account.lists)}')
        try:
            chosen = read_filter(text, dict(self._account.lists[list_name].columns))
        except ValueError as error:
            raise PageError(f"{_FILTER}: {error}") from None
        self.by_name[name] = Audience(name, list_name, text, chosen)

    def _send(self, audience: Audience) -> None:
        """Hand the members to Responsys under the RIID_ that they have there.

        They go to the profile list that holds most of them: an audience there belongs to one list (inferred).
        """
        settings = self._account.settings
        if audience.status == "Saved":
            raise PageError("Publish the audience first")
        if settings is None:
            raise PageError("The account is not integrated with Responsys yet")
        if audience.list_name != settings.profile_list:
            raise PageError(
                f"Only audiences of {settings.profile_list}, the list integrated with Responsys, can be sent"
            )
        if not self._link.connected():
            raise PageError(f"The audience was not published to Responsys. {self._account.problem}".strip())
        column = settings.match_column
        keys = {person_key(column, row) for row in self._members(audience)} - {""}
        riids = {
            name: [row["RIID_"] for row in table.rows() if person_key(column, row) in keys]
            for name, table in self._link.lists_with(column).items()
        }
        most = max(riids, key=lambda name: len(riids[name]), default=None)
        if most is None:
            raise PageError(f"No profile list in Responsys has the column {column}")
        self._link.responsys.publish(audience.name, most)
        audience.sent, audience.status = len(riids[most]), "Published to Responsys"

    def _members(self, audience: Audience) -> list[dict[str, str]]:
        return [row for row in self._account.lists[audience.list_name].rows() if audience.holds(row)]


def read_filter(text: str, columns: Collection[str]) -> Filter:
    """Read `COLUMN = value` or `COLUMN != value`, cases alike; ValueError. The form is the sandbox's own."""
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise ValueError(f'"{text}" is not of the form COLUMN = value')
    column, equal, value = found[1].upper(), found[2] == "=", found[3].casefold()
    if column not in columns:
        raise ValueError(f"the list has no column {column}")
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    return lambda row: (row[column].casefold() == value) is equal
