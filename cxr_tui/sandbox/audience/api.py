"""CX Audience's REST interface: login, lists and members, nothing else is documented (facts C.1)."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request

from cxr_tui.sandbox.audience.account import Account
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.shared import rest
from cxr_tui.sandbox.shared.rest import ApiFunction, Call, Handler

LISTS = ApiFunction("Retrieve profile lists", "/lists", "Retrieve profile lists", limit=100)
MEMBERS = ApiFunction("Retrieve list recipients", "/lists/{name}/members", "Retrieve list recipients")
"""Limits are sample values of Oracle's throttling page, which says that they differ (facts A.6)."""


class Access:
    """Checks the API user's password, issues tokens, and lets calls in."""

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self.tokens = rest.Tokens()
        self.throttle = rest.Throttle()

    async def login(self, request: Request) -> object:
        """Answer one login; there is no endPoint, for the host stays the same (facts C.1; documented)."""
        now, user = self._clock.now(), self._account.api_user
        self.throttle.count(rest.LOGIN, now)
        name, password = await rest.read_login(request)
        if name != user.name or not user.lock_out.admits(password == user.password, now):
            raise rest.wrong_user_or_password()
        return self.tokens.issue(name, now)

    def admit(self, function: ApiFunction, request: Request) -> str:
        """Return the name of the user who may call a function; ApiError."""
        now = self._clock.now()
        name = self.tokens.user_of(request, now)
        self.throttle.count(function, now)
        return name


class Api:
    """Answers the calls over one account."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def functions(self) -> Mapping[ApiFunction, Handler]:
        """Return every call with what answers it."""
        return {LISTS: self._lists, MEMBERS: self._members}

    async def _lists(self, _: Call) -> object:
        """Answer a bare array (facts C.1; documented)."""
        return [rest.list_schema(table) for table in self._account.lists.values()]

    async def _members(self, call: Call) -> object:
        return rest.member_data(call, self._list(call.path("name")))

    def _list(self, name: str) -> ListTable:
        if name not in self._account.lists:
            raise rest.list_not_found(name)
        return self._account.lists[name]
