"""Account calls: who asks, settings, organizations, throttling limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cxr_tui.sandbox.responsys import permissions
from cxr_tui.sandbox.responsys.access import Call, Endpoint
from cxr_tui.sandbox.responsys.state import LOCALES, Account
from cxr_tui.sandbox.responsys.throttle import Throttle


class AccountCalls:
    """Reads the account."""

    def __init__(self, account: Account, throttle: Throttle, end_point: Callable[[], str]) -> None:
        self._account = account
        self._throttle = throttle
        self._end_point = end_point

    def endpoints(self) -> list[Endpoint]:
        """Return the calls under `/rest/api/v1.3`."""
        return [
            (permissions.USER_INFO, self.user_info),
            (permissions.SETTINGS, self.settings),
            (permissions.ENDPOINT, self.end_point),
            (permissions.ORGANIZATIONS, self.organizations),
        ]

    async def user_info(self, call: Call) -> dict[str, str]:
        """Tell the caller about himself and the account (facts A.7; documented, with `en` and the date form)."""
        user = call.user
        return {
            "accountName": self._account.name,
            "userName": user.login_name,
            "userEmail": user.email,
            "userLocale": LOCALES[user.locale],
            "accountDisplayName": self._account.display_name,
            "accountTimeZone": self._account.time_zone,
            "createdDate": user.created.strftime("%Y-%m-%d"),
        }

    async def settings(self, call: Call) -> dict[str, Any]:
        """Return account settings; `name` is the user's (facts A.7; documented)."""
        return {
            "name": call.user.login_name,
            "endpoint": self._end_point(),
            "fileSystemLocation": f"/usr/responsys/site/accounts/{self._account.name}",
            "includedImages": [],
            "unsubscribeHandler": "",
        }

    async def end_point(self, call: Call) -> dict[str, str]:
        """Return the REST end point (facts A.7; documented)."""
        return {"apiType": "rest", "endPoint": self._end_point()}

    async def organizations(self, call: Call) -> dict[str, Any]:
        """Return the organizations that the caller's own reaches: itself and those below (inferred)."""
        own = call.user.organization
        tree = [self._organization(own)] if own in self._account.organizations else []
        return {"attributes": {"organizations": {"attributeValues": tree}}}

    async def rate_limits(self, call: Call) -> list[dict[str, Any]]:
        """Return the limits of this account (facts A.6; documented)."""
        return [
            {
                "limit": self._throttle.limit(function),
                "api": function.api,
                "resource_path": function.path,
                "verb": function.verb,
                "description": function.description,
            }
            for function in permissions.FUNCTIONS
        ]

    def _organization(self, path: str) -> dict[str, Any]:
        organizations = self._account.organizations
        children = [one for one in organizations if one.rpartition("/")[0] == path]
        return {
            "id": str(organizations.index(path) + 1),
            "name": path.rpartition("/")[2],
            "lineage": path,
            "children": [self._organization(child) for child in children],
        }
