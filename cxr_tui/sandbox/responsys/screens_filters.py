"""The Filter Designer, as far as the procedure says what Audience Designer changes in it."""

from __future__ import annotations

from dataclasses import replace

from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.responsys.account import Account, FilterObject
from cxr_tui.sandbox.shared.screens import PageError, Pages, PageShows, PageVisit

_NAME, _NEW_NAME = "Classic filter", "New name"


class FilterPages:
    """Existing classic filters are executed, edited and saved as another one; new ones end with Audience Designer."""

    def __init__(self, pages: Pages, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        pages.page("Filter Designer", labels=(_NAME, _NEW_NAME), buttons=("Create", "Execute", "Edit", "Save as"))(
            self.design
        )

    async def design(self, visit: PageVisit) -> PageShows:
        """Carry out what is pressed (Integrating with Responsys, before you begin; documented)."""
        account, name = self._account, visit.text(_NAME)
        found = next((one for one in self._classic() if one.name == name), None)
        if "Create" in visit.press:
            if account.audience_designer:
                raise PageError("No brand new classic filter can be created: Audience Designer is enabled")
            first = next(iter(account.lists.values()))
            account.filters = [*account.filters, FilterObject(name, first.name, first.folder, self._clock.now())]
        elif visit.press and found is None:
            raise PageError(f'{_NAME}: there is no classic filter "{name}"')
        elif found is not None and "Save as" in visit.press:
            account.filters = [
                *account.filters,
                replace(found, name=visit.text(_NEW_NAME), created=self._clock.now()),
            ]
        names = [one.name for one in self._classic()]
        return PageShows(values={"Classic filters": names, "Simple filter designer": account.audience_designer})

    def _classic(self) -> list[FilterObject]:
        return [one for one in self._account.filters if not one.origin]
