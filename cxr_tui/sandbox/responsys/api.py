"""The REST API but for Connect: login, account, lists, members, other objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from starlette.requests import Request

from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.lists import ListTable, timestamp
from cxr_tui.sandbox.responsys import permissions
from cxr_tui.sandbox.responsys.account import LOCALES, Account, FilterObject, User, UserStatus
from cxr_tui.sandbox.responsys.mail import UserMail
from cxr_tui.sandbox.shared import rest
from cxr_tui.sandbox.shared.rest import ApiError, ApiFunction, Call, Handler

T = TypeVar("T")

PAGE = 200
"""Objects an answer holds at most and by default (facts A.7; documented)."""


class Access:
    """Checks passwords of one account, issues tokens, and lets calls in.

    Two gates are separate: the role here, the organization at each object (facts A.10).
    """

    def __init__(self, account: Account, clock: Clock, mail: UserMail, end_point: Callable[[], str]) -> None:
        self._account = account
        self._clock = clock
        self._mail = mail
        self._end_point = end_point
        self.tokens = rest.Tokens()
        self.throttle = rest.Throttle()

    async def login(self, request: Request) -> object:
        """Answer one login (facts A.2, A.4; documented)."""
        name, password = await rest.read_login(request)
        self.sign_in(name, password, _address(request))
        return {**self.tokens.issue(name, self._clock.now()), "endPoint": self._end_point()}

    def sign_in(self, name: str, password: Secret, address: str = "127.0.0.1") -> None:
        """Admit a user by password; ApiError."""
        now = self._clock.now()
        self.throttle.count(rest.LOGIN, now)
        # IP restrictions are checked before any credential (facts A.5 documented "refused at once"; order inferred).
        self._require_address(address)
        user = self.verify(name, password, now)
        if user is None:
            raise rest.wrong_user_or_password()
        self._require_active(user)
        if user.temporary or (user.password_expires is not None and now >= user.password_expires):
            # The password has expired (documented) or is still temporary (facts F; inferred).
            raise ApiError(401, "PASSWORD_EXPIRED", "Password expired")

    def verify(self, name: str, password: Secret, now: datetime) -> User | None:
        """Return the user whose password this is, None when it is wrong; PASSWORD_LOCKOUT while the user is locked."""
        user = self._account.users.get(name)
        if user is None or user.lock_out.admits(user.password == password, now):
            return user
        if user.lock_out.active(now):
            self._mail.locked(user)
        return None

    def admit(self, function: ApiFunction, request: Request) -> str:
        """Return the name of the user who may call a function; ApiError."""
        now = self._clock.now()
        self._require_address(_address(request))
        user = self._account.users.get(self.tokens.user_of(request, now))
        self._require_active(user)
        self.throttle.count(function, now)
        if user is None or not permissions.may_call(function, user.roles):
            raise insufficient_access(f"{function.description}: access denied")
        return user.login_name

    def _require_address(self, address: str) -> None:
        if not self._account.allows_address(address):
            # The restriction is documented, its code for CX Audience (facts A.5; here inferred).
            raise ApiError(401, "LOGIN_BLOCKED_INVALID_IPRANGE", "Not a valid client IP range.")

    def _require_active(self, user: User | None) -> None:
        if user is None or user.status != UserStatus.ACTIVE or not self._account.web_services:
            raise rest.api_disabled()


def _address(request: Request) -> str:
    return request.client.host if request.client else "127.0.0.1"


def insufficient_access(detail: str) -> ApiError:
    """Refuse: the user lacks the role or the organization (facts A.5; documented)."""
    return ApiError(401, "INSUFFICIENT_ACCESS", "Insufficient access", detail)


class Api:
    """Reads the account, each kind of object behind the role of its category."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def functions(self) -> Mapping[ApiFunction, Handler]:
        """Return the calls under `/rest/api/v1.3`."""
        return {
            permissions.USER_INFO: self._user_info,
            permissions.ORGANIZATIONS: self._organizations,
            permissions.LISTS: self._lists,
            permissions.COUNT: self._count,
            permissions.MEMBERS: self._members,
            permissions.FILTERS: self._filters,
            permissions.TABLES: self._tables,
            permissions.CAMPAIGNS: self._campaigns,
            permissions.FOLDERS: self._folders,
        }

    async def _user_info(self, call: Call) -> object:
        """Return caller and account (facts A.7; documented, with `en` and the date form)."""
        user = self._user(call)
        return {
            "accountName": self._account.name,
            "userName": user.login_name,
            "userEmail": user.email,
            "userLocale": LOCALES[user.locale],
            "accountDisplayName": self._account.display_name,
            "accountTimeZone": self._account.time_zone,
            "createdDate": user.created.strftime("%Y-%m-%d"),
        }

    async def _organizations(self, call: Call) -> object:
        """Return the organizations that the caller's own reaches: itself and those below (inferred)."""
        own = self._user(call).organization
        tree = [self._organization(own)] if own in self._account.organizations else []
        return {"attributes": {"organizations": {"attributeValues": tree}}}

    async def _lists(self, call: Call) -> object:
        """Return the lists of the caller's organization, as a bare array (facts A.7; documented sample)."""
        return [rest.list_schema(self._account.lists[name]) for name in self._visible(call, self._account.lists)]

    async def _count(self, call: Call) -> object:
        """Count members, all of them where no query attribute is given."""
        table = self._list(call)
        found = len(rest.find_members(call, table)) if call.query("qa") else len(table)
        return {"count": found, "links": [call.link()]}

    async def _members(self, call: Call) -> object:
        """Return the members with one value in a match column."""
        return rest.member_data(call, self._list(call))

    async def _filters(self, call: Call) -> object:
        """Return filters; audiences of CX Audience only with Audience Designer (facts C.5; documented)."""
        found = [
            (number, one)
            for number, one in enumerate(self._account.filters, 1)
            if self._account.sees(self._user(call), one.list_name)
            and (not one.origin or self._account.audience_designer)
        ]
        return {"items": [self._filter(number, one) for number, one in _page(call, found)]}

    async def _tables(self, call: Call) -> object:
        """Return supplemental tables with their columns."""
        tables = self._account.supplemental
        return {"items": [rest.list_schema(tables[name]) for name in self._visible(call, tables)]}

    async def _campaigns(self, call: Call) -> object:
        """Return campaigns; all of the sandbox's are email campaigns, which is also the default type."""
        found = _page(call, self._visible(call, self._account.campaigns))
        return {"items": [{"name": name, "folderName": self._account.campaigns[name]} for name in found]}

    async def _folders(self, call: Call) -> object:
        """Return the account's folders."""
        found = _page(call, self._visible(call, self._account.folders))
        return {"folders": [{"id": self._folder_id(name), "name": name} for name in found]}

    def _filter(self, number: int, one: FilterObject) -> dict[str, object]:
        when = timestamp(one.created)
        return {
            "id": number,
            "name": one.name,
            "folderName": one.folder,
            "folderId": int(self._folder_id(one.folder)),
            "listName": one.list_name,
            "listId": list(self._account.lists).index(one.list_name) + 1,
            "createdDate": when,
            "modifiedDate": when,
            "description": one.description,
            # How an audience of CX Audience is marked in this answer is not documented (inferred).
            "filterType": "AUDIENCE" if one.origin else "FILTER",
            "filterSubType": one.origin or one.kind,
            "filterSource": "Profile",
        }

    def _organization(self, path: str) -> dict[str, object]:
        organizations = self._account.organizations
        children = [one for one in organizations if one.rpartition("/")[0] == path]
        return {
            "id": str(organizations.index(path) + 1),
            "name": path.rpartition("/")[2],
            "lineage": path,
            "children": [self._organization(child) for child in children],
        }

    def _folder_id(self, name: str) -> str:
        return str(self._account.folders.index(name) + 1 if name in self._account.folders else 0)

    def _user(self, call: Call) -> User:
        return self._account.users[call.user_name]

    def _visible(self, call: Call, names: Iterable[str]) -> list[str]:
        return [name for name in names if self._account.sees(self._user(call), name)]

    def _list(self, call: Call) -> ListTable:
        """Return a list; LIST_NOT_FOUND (case matters), INSUFFICIENT_ACCESS outside the user's organization."""
        name = call.path("listName")
        if name not in self._account.lists:
            raise rest.list_not_found(name)
        if not self._account.sees(self._user(call), name):
            raise insufficient_access(f"{name}: the object is outside of your organization")
        return self._account.lists[name]


def _page(call: Call, found: list[T]) -> list[T]:
    limit = call.number("limit", PAGE)
    if not 1 <= limit <= PAGE:
        raise rest.invalid_parameter(f"limit cannot exceed {PAGE}")
    offset = call.number("offset", 0)
    return found[offset : offset + limit]
