"""Audiences: made from a filter over one list, published locally, then to Responsys (facts C.5)."""

from __future__ import annotations

from dataclasses import dataclass

from cxr_tui.sandbox.audience.feed import ResponsysFeed
from cxr_tui.sandbox.audience.filter_text import Filter, FilterError, read_filter
from cxr_tui.sandbox.audience.state import Account
from cxr_tui.sandbox.audience.synchronisation import Synchronisation
from cxr_tui.sandbox.shared.screens import PageError, Pages, PageShows, PageVisit

_NAME, _LIST, _FILTER = "Audience name", "List", "Filter"
_SAVE, _PUBLISH, _PUBLISH_TO_RESPONSYS = "Save", "Publish", "Publish to Responsys"

MOST_PUBLISHED = 10
"""At most ten audiences are published locally by default (documented)."""


@dataclass
class Audience:
    """One audience, bound to one list."""

    name: str
    list_name: str
    filter_text: str
    filter: Filter
    published: bool = False
    sent: int | None = None
    """How many members were published to Responsys; None: never."""


class Audiences:
    """The account's audiences and the page that makes them."""

    def __init__(self, account: Account, feed: ResponsysFeed, synchronisation: Synchronisation) -> None:
        self._account = account
        self._feed = feed
        self._synchronisation = synchronisation
        self.by_name: dict[str, Audience] = {}

    def register(self, pages: Pages) -> None:
        """Add the page to the site."""
        labels, buttons = (_NAME, _LIST, _FILTER), (_SAVE, _PUBLISH, _PUBLISH_TO_RESPONSYS)
        pages.page("Audiences", "Create audience", labels=labels, buttons=buttons)(self.visit)

    async def visit(self, visit: PageVisit) -> PageShows:
        """Save and publish, in the order in which the buttons are pressed."""
        if visit.is_look:
            return PageShows("", {"Audiences": list(self.by_name)})
        name = visit.text(_NAME).strip()
        if not name:
            raise PageError(f"{_NAME}: this field is required")
        message = ""
        for button in visit.press:
            if button == _SAVE:
                self._save(name, visit)
                message = "The audience was saved."
            elif button == _PUBLISH:
                self._publish(self._saved(name))
                message = "The audience was published."
            else:
                await self._send(self._saved(name))
                message = "The audience was published to Responsys."
        return PageShows(message, self._shown(name))

    def _saved(self, name: str) -> Audience:
        if name not in self.by_name:
            raise PageError(f'There is no audience "{name}"; save it first')
        return self.by_name[name]

    def _save(self, name: str, visit: PageVisit) -> None:
        before = self.by_name.get(name)
        list_name = visit.text(_LIST, before.list_name if before else "")
        text = visit.text(_FILTER, before.filter_text if before else "")
        if list_name not in self._account.lists:
            raise PageError(f'{_LIST}: "{list_name}" is not offered; choose one of {", ".join(self._account.lists)}')
        try:
            chosen = read_filter(text, dict(self._account.lists[list_name].columns))
        except FilterError as error:
            raise PageError(f"{_FILTER}: {error}") from None
        self.by_name[name] = Audience(name, list_name, text, chosen)

    def _publish(self, audience: Audience) -> None:
        others = sum(1 for one in self.by_name.values() if one.published and one is not audience)
        if others >= MOST_PUBLISHED:
            raise PageError(f"{MOST_PUBLISHED} audiences are published already, which is the most there can be")
        audience.published = True

    async def _send(self, audience: Audience) -> None:
        """Hand the members to Responsys under the RIID_ that they have there.

        They go to the profile list that knows most of them: an audience there belongs to one list (inferred).
        """
        settings = self._account.settings
        if not audience.published:
            raise PageError("Publish the audience first")
        if settings is None:
            raise PageError("The account is not integrated with Responsys yet")
        if audience.list_name != settings.profile_list:
            raise PageError(
                f"Only audiences of {settings.profile_list}, the list integrated with Responsys, can be sent"
            )
        if not await self._synchronisation.connected():
            raise PageError(f"The audience was not published to Responsys. {self._account.connection.problem}".strip())
        keys = [row[settings.match_column] for row in self._members(audience)]
        riids: dict[str, list[str]] = {
            name: [row["RIID_"] for key in dict.fromkeys(keys) for row in table.find(settings.match_column, key)]
            for name, table in self._feed.lists.items()
            if settings.match_column in dict(table.columns)
        }
        most = max(riids, key=lambda name: len(riids[name]), default=None)
        if most is None:
            raise PageError(f"No profile list in Responsys has the column {settings.match_column}")
        self._feed.publish(audience.name, most, riids[most])
        audience.sent = len(riids[most])

    def _members(self, audience: Audience) -> list[dict[str, str]]:
        return [row for row in self._account.lists[audience.list_name].rows() if audience.filter.holds(row)]

    def _shown(self, name: str) -> dict[str, object]:
        if name not in self.by_name:
            return {}
        audience = self.by_name[name]
        status = (
            "Published to Responsys" if audience.sent is not None else "Published" if audience.published else "Saved"
        )
        return {
            _NAME: audience.name,
            _LIST: audience.list_name,
            _FILTER: audience.filter_text,
            "Members": len(self._members(audience)),
            "Status": status,
        }
