"""CX Audience's REST interface: login, lists and members, nothing else is documented (facts C.1)."""

from __future__ import annotations

from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.audience.account import Account
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.shared.rest import Access, ApiError, Call, list_named, list_schema, member_data


class AudienceAccess(Access):
    """Knows one user; there is no endPoint, for the host stays the same (facts C.1; documented)."""

    def __init__(self, account: Account, clock: Clock) -> None:
        super().__init__(clock)
        self._user = account.api_user

    def check_login(self, name: str, password: Secret) -> None:
        """Admit the API user by password."""
        user = self._user
        if name != user.name or not user.lock_out.admits(password == user.password, self.clock.now()):
            raise ApiError("INVALID_USER_NAME_PASSWORD")

    def check_call(self, name: str, role: str) -> None:
        """Admit every call with a token."""


def calls(account: Account) -> tuple[Call, ...]:
    """Return every call with what answers it; lists are a bare array (facts C.1; documented)."""
    return (
        Call("/lists", lambda _: [list_schema(table) for table in account.lists.values()]),
        Call("/lists/{list:text}/members", lambda request: member_data(request, list_named(request, account.lists))),
    )
