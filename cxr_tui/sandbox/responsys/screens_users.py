"""Pages of User identity management: a new user, and the users there are."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from cxr_tui.domain.password_policy import make_password
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.responsys.account import LOCALES, Account, User, UserStatus
from cxr_tui.sandbox.responsys.mail import UserMail
from cxr_tui.sandbox.responsys.permissions import ROLES
from cxr_tui.sandbox.shared.rest import Tokens
from cxr_tui.sandbox.shared.screens import PageError, Pages, PageShows, PageVisit

ADD_USER = ("Account", "User identity management", "Add user")
USER_MANAGEMENT = ("Account", "User identity management", "User management")
ROLE_TAB = "Role Assignment"
ORGANIZATION_TAB = "Organization Assignment"

LOGIN_NAME = "Login name"
EMAIL = "Email address"
DISPLAY_NAME = "User display name"
STATUS = "User status"
LOCALE = "User locale"
ORG_SCOPE = "Can create Programs / Campaigns without Org. Scope for targeting"
FORM = (LOGIN_NAME, EMAIL, DISPLAY_NAME, STATUS, LOCALE, ORG_SCOPE)
"""Labels of the form (facts B.1; documented)."""
FUNCTIONAL_ROLES = "Functional roles"
ORGANIZATION = "Organization"

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass
class _Draft:
    """What was entered on the Add user page and its tabs before Create."""

    form: dict[str, Any] = field(
        default_factory=lambda: {
            LOGIN_NAME: "",
            EMAIL: "",
            DISPLAY_NAME: "",
            STATUS: UserStatus.ACTIVE.value,
            LOCALE: "English",
            ORG_SCOPE: False,
        }
    )
    roles: list[str] = field(default_factory=list)
    organization: str = ""


class UserPages:
    """Adds and changes users, as an Account Administrator does."""

    def __init__(self, pages: Pages, account: Account, clock: Clock, mail: UserMail, tokens: Tokens) -> None:
        self._account = account
        self._clock = clock
        self._mail = mail
        self._tokens = tokens
        self._draft = _Draft()
        roles, organization = (FUNCTIONAL_ROLES,), (ORGANIZATION,)
        pages.page(*ADD_USER, labels=FORM, buttons=("Create",))(self.add_user)
        pages.page(*ADD_USER, ROLE_TAB, labels=roles)(self.draft_roles)
        pages.page(*ADD_USER, ORGANIZATION_TAB, labels=organization)(self.draft_organization)
        pages.page(*USER_MANAGEMENT)(self.users)
        user = (*USER_MANAGEMENT, "*")
        pages.page(*user, labels=FORM, buttons=("Save", "Reset password", "Unlock"))(self.user)
        pages.page(*user, ROLE_TAB, labels=roles, buttons=("Save",))(self.user_roles)
        pages.page(*user, ORGANIZATION_TAB, labels=organization, buttons=("Save",))(self.user_organization)

    async def add_user(self, visit: PageVisit) -> PageShows:
        """Keep what is entered, and create the user on Create."""
        if self._account.identity_cloud:
            if visit.is_look:
                return PageShows("Users of this account are made in Oracle Identity Cloud", {"Users": "Identity Cloud"})
            raise PageError("Users of this account are made in Oracle Identity Cloud, not here")
        form = {**self._draft.form, **_entered(visit)}
        if "Create" not in visit.press:
            self._draft.form = form
            return PageShows(values=dict(form))
        user = self._create(form)
        self._draft = _Draft()
        return PageShows(f"The user {user.login_name} was created", values=_shown(user))

    async def draft_roles(self, visit: PageVisit) -> PageShows:
        """Keep the roles for the user to be created."""
        self._refuse_identity_cloud()
        if FUNCTIONAL_ROLES in visit.entries:
            self._draft.roles = _roles(visit)
        return PageShows(values={FUNCTIONAL_ROLES: list(self._draft.roles)})

    async def draft_organization(self, visit: PageVisit) -> PageShows:
        """Keep the organization for the user to be created."""
        self._refuse_identity_cloud()
        self._draft.organization = self._organization(visit, self._draft.organization)
        return PageShows(values={ORGANIZATION: self._draft.organization})

    async def users(self, visit: PageVisit) -> PageShows:
        """List the users with their status."""
        return PageShows(values={user.login_name: user.status for user in self._account.users.values()})

    async def user(self, visit: PageVisit) -> PageShows:
        """Show and change one user, reset the password, unlock."""
        user = self._user(visit)
        entered = _entered(visit)
        if entered.get(LOGIN_NAME, user.login_name) != user.login_name:
            raise PageError(f"{LOGIN_NAME}: it cannot be changed")
        messages = []
        if "Save" in visit.press:
            _apply(user, entered)
            messages.append("The user was saved")
        if "Reset password" in visit.press:
            self._reset(user)
            messages.append(f"A mail was sent to {user.email}")
        if "Unlock" in visit.press:
            user.lock_out.unlock()
            messages.append("The user was unlocked")
        locked = "Yes" if user.lock_out.active(self._clock.now()) else "No"
        return PageShows(". ".join(messages), values={**_shown(user), "Locked": locked})

    async def user_roles(self, visit: PageVisit) -> PageShows:
        """Show and save the roles of one user."""
        user = self._user(visit)
        if FUNCTIONAL_ROLES in visit.entries and "Save" in visit.press:
            user.roles = frozenset(_roles(visit))
        return PageShows(values={FUNCTIONAL_ROLES: sorted(user.roles)})

    async def user_organization(self, visit: PageVisit) -> PageShows:
        """Show and save the organization of one user."""
        user = self._user(visit)
        chosen = self._organization(visit, user.organization)
        if "Save" in visit.press:
            user.organization = chosen
        return PageShows(values={ORGANIZATION: user.organization})

    def _create(self, form: dict[str, Any]) -> User:
        name = str(form[LOGIN_NAME]).strip()
        taken = {one.casefold() for one in (*self._account.users, *self._account.names_on_pod)}
        if not name:
            raise PageError(f"{LOGIN_NAME}: enter a name")
        if name.casefold() in taken:
            # Unique in the whole pod, not only in the account (Integrating with Responsys, step 4; documented).
            raise PageError(f'{LOGIN_NAME}: "{name}" is in use on this pod already')
        _check(form)
        temporary = make_password()
        user = User(
            name,
            form[EMAIL],
            form[DISPLAY_NAME],
            self._clock.now(),
            temporary,
            roles=frozenset(self._draft.roles),
            organization=self._draft.organization if self._has_organizations else self._account.organizations[0],
            temporary=True,
        )
        _apply(user, form)
        self._account.users[name] = user
        self._mail.welcome(user, temporary)
        return user

    def _reset(self, user: User) -> None:
        temporary = make_password()
        user.password = temporary
        user.temporary = True
        user.password_expires = None
        user.lock_out.unlock()
        self._tokens.revoke(user.login_name)
        self._mail.reset(user, temporary)

    @property
    def _has_organizations(self) -> bool:
        return len(self._account.organizations) > 1

    def _organization(self, visit: PageVisit, current: str) -> str:
        if not self._has_organizations:
            # The tab is there only with Organizational Access Control (facts B.1; documented).
            raise PageError(f"there is no tab {ORGANIZATION_TAB} in this account")
        chosen = visit.text(ORGANIZATION, current)
        if ORGANIZATION in visit.entries and chosen not in self._account.organizations:
            raise PageError(f"{ORGANIZATION}: choose one of {', '.join(self._account.organizations)}")
        return chosen

    def _refuse_identity_cloud(self) -> None:
        if self._account.identity_cloud:
            raise PageError("Users of this account are made in Oracle Identity Cloud, not here")

    def _user(self, visit: PageVisit) -> User:
        name = visit.matched[0]
        if name not in self._account.users:
            raise PageError(f"there is no user {name}")
        return self._account.users[name]


def _entered(visit: PageVisit) -> dict[str, Any]:
    """Return what was entered on the form; PageError for a value that its field cannot take."""
    entered: dict[str, Any] = {}
    for label in visit.entries:
        entered[label] = visit.flag(label) if label == ORG_SCOPE else visit.text(label).strip()
    if entered.get(STATUS, UserStatus.ACTIVE.value) not in [status.value for status in UserStatus]:
        raise PageError(f"{STATUS}: choose Active or Suspended")
    if entered.get(LOCALE, "English") not in LOCALES:
        raise PageError(f"{LOCALE}: choose one of {', '.join(LOCALES)}")
    return entered


def _check(form: dict[str, Any]) -> None:
    if EMAIL in form and not _EMAIL.fullmatch(form[EMAIL]):
        raise PageError(f"{EMAIL}: enter an email address")
    if DISPLAY_NAME in form and not form[DISPLAY_NAME]:
        raise PageError(f"{DISPLAY_NAME}: enter a name")


def _apply(user: User, entered: dict[str, Any]) -> None:
    _check(entered)
    user.email = entered.get(EMAIL, user.email)
    user.display_name = entered.get(DISPLAY_NAME, user.display_name)
    user.status = entered.get(STATUS, user.status)
    user.locale = entered.get(LOCALE, user.locale)
    user.without_org_scope = entered.get(ORG_SCOPE, user.without_org_scope)


def _shown(user: User) -> dict[str, Any]:
    return {
        LOGIN_NAME: user.login_name,
        EMAIL: user.email,
        DISPLAY_NAME: user.display_name,
        STATUS: user.status,
        LOCALE: user.locale,
        ORG_SCOPE: user.without_org_scope,
    }


def _roles(visit: PageVisit) -> list[str]:
    chosen = visit.lines(FUNCTIONAL_ROLES)
    for role in chosen:
        if role not in ROLES:
            raise PageError(f'{FUNCTIONAL_ROLES}: there is no role "{role}"')
    return sorted(set(chosen))
