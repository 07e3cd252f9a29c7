"""Login: `POST /rest/api/v1.3/auth/token` with a password or an older token."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.responsys import permissions, refusals
from cxr_tui.sandbox.responsys.mail import UserMail
from cxr_tui.sandbox.responsys.refusals import ApiRefusalError
from cxr_tui.sandbox.responsys.state import Account, User, UserStatus
from cxr_tui.sandbox.responsys.throttle import Throttle
from cxr_tui.sandbox.responsys.tokens import Tokens

LOCK_AFTER = 5
"""Wrong passwords in a row that lock a user (facts B.3; documented)."""


class Login:
    """Checks passwords of one account and hands out tokens."""

    def __init__(
        self,
        account: Account,
        clock: Clock,
        mail: UserMail,
        throttle: Throttle,
        tokens: Tokens,
        end_point: Callable[[], str],
    ) -> None:
        self._account = account
        self._clock = clock
        self._mail = mail
        self._throttle = throttle
        self._tokens = tokens
        self._end_point = end_point

    async def token(self, request: Request) -> Response:
        """Answer one login (facts A.2, A.4; documented)."""
        try:
            return await self._token(request)
        except ApiRefusalError as refusal:
            return refusal.response()

    async def _token(self, request: Request) -> Response:
        now = self._clock.now()
        self._throttle.count(permissions.LOGIN, now)
        form = await _form(request)
        # IP restrictions are checked before any credential (facts A.5 documented "refused at once"; order inferred).
        if not self._account.allows_address(request.client.host if request.client else "127.0.0.1"):
            raise refusals.address_not_allowed()
        match form.get("auth_type", ""):
            case "password":
                user = self._user_by_password(form.get("user_name", ""), form.get("password", ""), now)
            case "token":
                session = self._tokens.session(request.headers.get("authorization", ""), now)
                user = self._usable(self._account.users[session.user_name], now)
            case _:
                raise refusals.invalid_parameter("auth_type is not supported")
        body = {
            "authToken": self._tokens.issue(user.login_name, now),
            "issuedAt": int(now.timestamp() * 1000),
            "endPoint": self._end_point(),
        }
        return JSONResponse(body, media_type="application/json;charset=UTF-8")

    def _user_by_password(self, name: str, password: str, now: datetime) -> User:
        user = self.verify(name, password, now)
        if user is None:
            raise refusals.wrong_user_or_password()
        return self._usable(user, now)

    def verify(self, name: str, password: str, now: datetime) -> User | None:
        """Return the user whose password this is, None when it is wrong; counts towards the lock-out.

        ApiRefusalError PASSWORD_LOCKOUT while the user is locked, whatever the password (facts F; inferred).
        """
        user = self._account.users.get(name)
        if user is None:
            return None
        if user.locked(now):
            raise refusals.password_locked()
        if user.locked_until is not None:
            user.unlock()  # the time is over
        if user.password.matches(password):
            user.refused = 0
            return user
        user.refused += 1
        if user.refused >= LOCK_AFTER:
            duration = self._account.lock_duration
            user.locked_until = now + duration if duration is not None else datetime.max.replace(tzinfo=now.tzinfo)
            self._mail.locked(user)
        return None

    def _usable(self, user: User, now: datetime) -> User:
        if user.status is not UserStatus.ACTIVE or not self._account.web_services:
            raise refusals.api_disabled()
        if user.temporary or (user.password_expires is not None and now >= user.password_expires):
            raise refusals.password_expired()
        return user


async def _form(request: Request) -> dict[str, str]:
    """Return the form fields; credentials are taken from the body only, never from the URL (facts A.2; documented)."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise refusals.invalid_parameter("Content-Type must be application/x-www-form-urlencoded")
    body = (await request.body()).decode("utf-8", "replace")
    return {name: values[-1] for name, values in parse_qs(body, keep_blank_values=True).items()}
