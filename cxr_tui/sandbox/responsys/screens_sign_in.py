"""Signing in by browser, and the Change password page behind the link of a welcome or reset mail."""

from __future__ import annotations

from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.responsys.account import Account, User, UserStatus
from cxr_tui.sandbox.responsys.api import Access
from cxr_tui.sandbox.responsys.permissions import may_use_pages
from cxr_tui.sandbox.shared.rest import ApiError
from cxr_tui.sandbox.shared.screens import PageError, Pages, PageShows, PageVisit

BROWSER_LOGIN_NOT_ALLOWED = "ui.authentication.login.browserLoginNotAllowed"
"""What a user with web services roles only gets to see (Integrating with Responsys, notes; documented)."""


class SignInPages:
    """Checks passwords typed into pages; wrong ones count towards the lock-out as those of programs do (inferred)."""

    def __init__(self, pages: Pages, account: Account, clock: Clock, access: Access) -> None:
        self._account = account
        self._clock = clock
        self._access = access
        pages.page("Sign in", labels=("User name", "Password"), buttons=("Sign in",))(self.sign_in)
        labels = ("User name", "Temporary password", "New password")
        pages.page("Change password", labels=labels, buttons=("Change password",))(self.change_password)

    async def sign_in(self, visit: PageVisit) -> PageShows:
        """Sign in; the integration user cannot."""
        if "Sign in" not in visit.press:
            return PageShows()
        user = self._checked(visit.text("User name"), visit.text("Password"))
        if not may_use_pages(user.roles):
            raise PageError(BROWSER_LOGIN_NOT_ALLOWED)
        return PageShows(f"Welcome {user.display_name}")

    async def change_password(self, visit: PageVisit) -> PageShows:
        """Replace a temporary password; the link in the mail works without signing in.

        That the page takes a user who cannot sign in is what the documented workaround relies on.
        """
        if "Change password" not in visit.press:
            return PageShows()
        user = self._checked(visit.text("User name"), visit.text("Temporary password"))
        if not user.temporary:
            raise PageError("The link has been used; let an Account Administrator reset the password")
        new = Secret(visit.text("New password"))
        missing = self._account.password_rules.unmet(new, user.login_name)
        if missing:
            raise PageError(f"The new password needs: {', '.join(missing)}")
        if user.password == new:
            raise PageError("The new password needs: something else than the temporary password")
        user.password = new
        user.temporary = False
        self._access.tokens.revoke(user.login_name)
        return PageShows("The password was changed")

    def _checked(self, name: str, password: str) -> User:
        try:
            user = self._access.verify(name, Secret(password), self._clock.now())
        except ApiError:
            raise PageError("The user is locked; wait, or let an Account Administrator unlock it") from None
        if user is None:
            raise PageError("The user name or password is not correct")
        if user.status != UserStatus.ACTIVE:
            raise PageError("The user is suspended")
        return user
