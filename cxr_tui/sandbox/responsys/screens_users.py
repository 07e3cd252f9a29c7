"""Screens of users: a new user, the users there are, and the page behind the link of a mail."""

from __future__ import annotations

import re
from typing import Any

from cxr_tui.domain.password_policy import make_password
from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.responsys.account import LOCALES, Account, User, UserStatus
from cxr_tui.sandbox.responsys.api import Access
from cxr_tui.sandbox.responsys.mail import UserMail
from cxr_tui.sandbox.responsys.permissions import ROLES
from cxr_tui.sandbox.shared.forms import Form
from cxr_tui.sandbox.shared.rest import ApiError
from cxr_tui.sandbox.shared.screens import Handler, PageError, Pages, PageShows, PageVisit

_LOGIN_NAME, _EMAIL, _DISPLAY_NAME, _STATUS, _LOCALE, _ORG_SCOPE = (
    "Login name",
    "Email address",
    "User display name",
    "User status",
    "User locale",
    "Can create Programs / Campaigns without Org. Scope for targeting",
)
"""Labels of the form (facts B.1; documented)."""
_ROLES, _ORGANIZATION = "Functional roles", "Organization"
_ATTRIBUTES = {
    _LOGIN_NAME: "login_name",
    _EMAIL: "email",
    _DISPLAY_NAME: "display_name",
    _STATUS: "status",
    _LOCALE: "locale",
    _ORG_SCOPE: "without_org_scope",
    _ROLES: "roles",
    _ORGANIZATION: "organization",
}
"""Where a user keeps what the labels hold."""
_ORGANIZATION_TAB = "Organization Assignment"
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class UserScreens:
    """Adds and changes users as an Account Administrator does; a user sets a password."""

    def __init__(self, pages: Pages, account: Account, clock: Clock, mail: UserMail, access: Access) -> None:
        self._account = account
        self._clock = clock
        self._mail = mail
        self._access = access
        self._draft: dict[str, Any] = {}
        """What was entered on the Add user page and its tabs before Create."""
        self._form = Form(
            {
                _LOGIN_NAME: "",
                _EMAIL: "",
                _DISPLAY_NAME: "",
                _STATUS: UserStatus.ACTIVE.value,
                _LOCALE: "English",
                _ORG_SCOPE: False,
            },
            {_STATUS: [status.value for status in UserStatus], _LOCALE: LOCALES},
            {
                _EMAIL: lambda text: "" if _ADDRESS.fullmatch(text) else "enter an email address",
                _DISPLAY_NAME: lambda text: "" if text else "enter a name",
            },
        )
        self._tabs = {
            "Role Assignment": Form({_ROLES: []}, {_ROLES: sorted(ROLES)}),
            _ORGANIZATION_TAB: Form({_ORGANIZATION: ""}, {_ORGANIZATION: account.organizations}),
        }
        management = ("Account", "User identity management")
        add, users = (*management, "Add user"), (*management, "User management")
        pages.page(*add, labels=self._form.labels, buttons=("Create",))(self._add_screen("", self._form))
        pages.page(*users)(self._users)
        buttons = ("Save", "Reset password", "Unlock")
        pages.page(*users, "*", labels=self._form.labels, buttons=buttons)(self._user_screen("", self._form))
        for tab, form in self._tabs.items():
            pages.page(*add, tab, labels=form.labels)(self._add_screen(tab, form))
            pages.page(*users, "*", tab, labels=form.labels, buttons=("Save",))(self._user_screen(tab, form))
        labels = ("User name", "Temporary password", "New password")
        pages.page("Change password", labels=labels, buttons=("Change password",))(self._change_password)

    def _add_screen(self, tab: str, form: Form) -> Handler:
        async def add(visit: PageVisit) -> PageShows:
            """Keep what is entered, and create the user on Create."""
            if self._account.identity_cloud:
                if visit.is_look and not tab:
                    message = "Users of this account are made in Oracle Identity Cloud"
                    return PageShows(message, {"Users": "Identity Cloud"})
                raise PageError("Users of this account are made in Oracle Identity Cloud, not here")
            self._require_tab(tab)
            self._draft.update(form.read(visit))
            if "Create" not in visit.press:
                return PageShows(values=form.shown(self._draft))
            user = self._create()
            return PageShows(f"The user {user.login_name} was created", form.shown(_values(user)))

        return add

    def _user_screen(self, tab: str, form: Form) -> Handler:
        async def change(visit: PageVisit) -> PageShows:
            """Show and change one user, reset the password, unlock."""
            user = self._account.users.get(visit.matched[0])
            if user is None:
                raise PageError(f"there is no user {visit.matched[0]}")
            self._require_tab(tab)
            entered = form.read(visit)
            if entered.get(_LOGIN_NAME, user.login_name) != user.login_name:
                raise PageError(f"{_LOGIN_NAME}: it cannot be changed")
            messages = []
            if "Save" in visit.press:
                form.require(entered)
                _apply(user, entered)
                messages.append("The user was saved")
            if "Reset password" in visit.press:
                self._reset(user)
                messages.append(f"A mail was sent to {user.email}")
            if "Unlock" in visit.press:
                user.lock_out.unlock()
                messages.append("The user was unlocked")
            locked = {} if tab else {"Locked": "Yes" if user.lock_out.active(self._clock.now()) else "No"}
            return PageShows(". ".join(messages), {**form.shown(_values(user)), **locked})

        return change

    async def _users(self, _: PageVisit) -> PageShows:
        """List the users with their status."""
        return PageShows(values={user.login_name: user.status for user in self._account.users.values()})

    async def _change_password(self, visit: PageVisit) -> PageShows:
        """Replace a temporary password; the link in the mail works without signing in.

        The documented workaround relies on this page for a user who cannot sign in.
        """
        if not visit.press:
            return PageShows()
        user, new = self._checked(visit), Secret(visit.text("New password"))
        if not user.temporary:
            raise PageError("The link was used before. Ask an Account Administrator to reset the password")
        missing = self._account.password_rules.unmet(new, user.login_name)
        if user.password == new:
            missing = ("to differ from the temporary password",)
        if missing:
            raise PageError(f"The new password needs: {', '.join(missing)}")
        user.password, user.temporary = new, False
        self._access.tokens.revoke(user.login_name)
        return PageShows("The password was changed")

    def _checked(self, visit: PageVisit) -> User:
        """Return the user whose password was typed; a wrong one counts as those of programs do (inferred)."""
        try:
            password = Secret(visit.text("Temporary password"))
            user = self._access.verify(visit.text("User name"), password, self._clock.now())
        except ApiError:
            raise PageError("The user is locked. Wait, or ask an Account Administrator to unlock it") from None
        if user is None:
            raise PageError("The user name or password is not correct")
        if user.status != UserStatus.ACTIVE:
            raise PageError("The user is suspended")
        return user

    def _create(self) -> User:
        values = {label: first for form in (self._form, *self._tabs.values()) for label, first in form.fields.items()}
        values |= self._draft
        name = values[_LOGIN_NAME]
        if not name:
            raise PageError(f"{_LOGIN_NAME}: enter a name")
        if name.casefold() in {one.casefold() for one in (*self._account.users, *self._account.names_on_pod)}:
            # Unique in the whole pod, not only in the account (Integrating with Responsys, step 4; documented).
            raise PageError(f'{_LOGIN_NAME}: "{name}" is in use on this pod already')
        self._form.require(values)
        user = User(name, "", "", self._clock.now(), make_password(), temporary=True)
        _apply(user, values)
        if len(self._account.organizations) == 1:
            user.organization = self._account.organizations[0]
        self._account.users[name] = user
        self._mail.welcome(user)
        self._draft = {}
        return user

    def _reset(self, user: User) -> None:
        user.password, user.temporary, user.password_expires = make_password(), True, None
        user.lock_out.unlock()
        self._access.tokens.revoke(user.login_name)
        self._mail.reset(user)

    def _require_tab(self, tab: str) -> None:
        if tab == _ORGANIZATION_TAB and len(self._account.organizations) == 1:
            # The tab is there only with Organizational Access Control (facts B.1; documented).
            raise PageError(f"there is no tab {tab} in this account")


def _values(user: User) -> dict[str, Any]:
    return {label: getattr(user, attribute) for label, attribute in _ATTRIBUTES.items()}


def _apply(user: User, values: dict[str, Any]) -> None:
    for label, value in values.items():
        setattr(user, _ATTRIBUTES[label], value)
