"""Screens of users: a new user, the users there are, and the page behind the link of a mail."""

from __future__ import annotations

from functools import partial
from typing import Any

from cxr_tui.domain.password_policy import make_password, unmet_rules
from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.responsys.account import ACTIVE, LOCALES, ROLES, SUSPENDED, Account, User
from cxr_tui.sandbox.responsys.api import ResponsysAccess
from cxr_tui.sandbox.services.mailbox import Mail, Mailbox
from cxr_tui.sandbox.shared.rest import ApiError
from cxr_tui.sandbox.shared.screens import Form, PageError, Pages, PageShows, PageVisit, address_problem, require

_LOGIN_NAME, _EMAIL, _DISPLAY_NAME = "Login name", "Email address", "User display name"
_STATUS, _LOCALE = "User status", "User locale"
_ORG_SCOPE = "Can create Programs / Campaigns without Org. Scope for targeting"
"""Labels of the form (facts B.1; documented)."""
_ATTRIBUTES = {
    _LOGIN_NAME: "login_name",
    _EMAIL: "email",
    _DISPLAY_NAME: "display_name",
    _STATUS: "status",
    _LOCALE: "locale",
    _ORG_SCOPE: "without_org_scope",
    "Functional roles": "roles",
    "Organization": "organization",
}
"""Where a user keeps what the labels hold."""
_SHORTEST_PASSWORD = 8
"""Which rules are on by default is not documented: all, the stricter test of the wizard (inferred)."""
_IDENTITY_CLOUD = "Users of this account are made in Oracle Identity Cloud"


class UserScreens:
    """Adds and changes users as an Account Administrator does; a user sets a password."""

    def __init__(self, pages: Pages, account: Account, mailbox: Mailbox, access: ResponsysAccess) -> None:
        self._account = account
        self._mailbox = mailbox
        self._access = access
        self._draft: dict[str, Any] = {}
        """What was entered on the Add user page and its tabs before Create."""
        texts = {_LOGIN_NAME: "", _EMAIL: "", _DISPLAY_NAME: "", _STATUS: ACTIVE, _LOCALE: "English"}
        offered = {_STATUS: (ACTIVE, SUSPENDED), _LOCALE: LOCALES}
        self._forms: dict[tuple[str, ...], Form] = {
            (): Form({**texts, _ORG_SCOPE: False}, offered, {_EMAIL: address_problem}),
            ("Role Assignment",): Form({"Functional roles": []}, {"Functional roles": ROLES}),
            ("Organization Assignment",): Form({"Organization": ""}, {"Organization": account.organizations}),
        }
        """The page and its tabs, for a new user and for each user there is."""
        management = ("Account", "User identity management")
        for tab, form in self._forms.items():
            pages.add((*management, "Add user", *tab), partial(self._add, form), form, ("Create",))
            buttons = ("Save", "Reset password")
            pages.add((*management, "User management", "*", *tab), partial(self._change, form), form, buttons)
        change = Form({"User name": "", "Temporary password": None, "New password": None})
        pages.add(("Change password",), self._change_password, change, ("Change password",))

    async def _add(self, form: Form, visit: PageVisit) -> PageShows:
        """Keep what is entered, and create the user on Create."""
        if self._account.identity_cloud:
            if not visit.entries and not visit.press:
                return PageShows({"Users": "Identity Cloud"})
            raise PageError(f"{_IDENTITY_CLOUD}, not here")
        self._draft.update(visit.entries)
        if "Create" not in visit.press:
            return PageShows(form.shown(self._draft))
        return PageShows(form.shown(_values(self._create())))

    async def _change(self, form: Form, visit: PageVisit) -> PageShows:
        """Show and change one user, reset the password."""
        user = self._account.users.get(visit.matched[0])
        if user is None:
            raise PageError(f"there is no user {visit.matched[0]}")
        if visit.entries.get(_LOGIN_NAME, user.login_name) != user.login_name:
            raise PageError(f"{_LOGIN_NAME}: it cannot be changed")
        if "Save" in visit.press:
            self._save(user, visit.entries)
        if "Reset password" in visit.press:
            user.password, user.temporary, user.password_expires = make_password(), True, None
            user.unlock()
            self._access.revoke_tokens(user.login_name)
            self._write(user, "Oracle Responsys password reset")
        return PageShows(form.shown(_values(user)))

    def _create(self) -> User:
        values = {label: first for form in self._forms.values() for label, first in form.fields.items()} | self._draft
        name = values[_LOGIN_NAME]
        if name.casefold() in {one.casefold() for one in (*self._account.users, *self._account.names_on_pod)}:
            # Unique in the whole pod, not only in the account (Integrating with Responsys, step 4; documented).
            raise PageError(f'{_LOGIN_NAME}: "{name}" is in use on this pod already')
        user = User(login_name=name, created=self._access.clock.now(), temporary=True)
        self._save(user, values)
        self._account.users[name] = user
        # Integrating with Responsys, note after step 7 (documented).
        self._write(user, "Welcome to Oracle Responsys")
        self._draft = {}
        return user

    def _save(self, user: User, values: dict[str, Any]) -> None:
        require({**_values(user), **values}, (_LOGIN_NAME, _EMAIL, _DISPLAY_NAME))
        for label, value in values.items():
            setattr(user, _ATTRIBUTES[label], value)

    def _write(self, user: User, subject: str) -> None:
        """Let a user set a password without signing in (Integrating with Responsys, notes; documented)."""
        secrets = {"Temporary password": user.password.reveal()}
        self._mailbox.mails.append(Mail(user.email, subject, secrets=secrets))

    async def _change_password(self, visit: PageVisit) -> PageShows:
        """Replace a temporary password; the link in the mail works without signing in.

        The documented workaround relies on this page for a user who cannot sign in.
        """
        if not visit.press:
            return PageShows()
        require(visit.values, visit.values)
        name, temporary, new = visit.values.values()
        user = self._checked(name, temporary)
        if not user.temporary:
            raise PageError("The link was used before. Ask an Account Administrator to reset the password")
        missing = unmet_rules(new, user.login_name, _SHORTEST_PASSWORD)
        if user.password == new:
            missing = ("to differ from the temporary password",)
        if missing:
            raise PageError(f"The new password needs: {', '.join(missing)}")
        user.password, user.temporary = new, False
        self._access.revoke_tokens(user.login_name)
        return PageShows()

    def _checked(self, name: str, password: Secret) -> User:
        """Return the user whose password was typed; a wrong one counts as those of programs do (inferred)."""
        try:
            user = self._access.verify(name, password)
        except ApiError:
            raise PageError("The user is locked. Wait, or ask an Account Administrator to reset the password") from None
        if user is None:
            raise PageError("The user name or password is not correct")
        if user.status != ACTIVE:
            raise PageError("The user is suspended")
        return user


def _values(user: User) -> dict[str, Any]:
    return {label: getattr(user, attribute) for label, attribute in _ATTRIBUTES.items()}
