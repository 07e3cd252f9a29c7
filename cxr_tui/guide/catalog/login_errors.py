"""What a failed login means; `domain.login_endings` decides which answers blame the password."""

from __future__ import annotations

import re

from cxr_tui.domain.certainty import inferred
from cxr_tui.domain.errors import LOCKING_REFUSALS, MOST_REFUSALS, LoginRefusedError, OutsideError, RefusedError
from cxr_tui.domain.finding import Status
from cxr_tui.domain.login_endings import Result, result_of
from cxr_tui.guide.catalog.explanation import Cause
from cxr_tui.guide.definition import Product
from cxr_tui.guide.forms.login_hosts import all_login_hosts
from cxr_tui.guide.screens import USER_MANAGEMENT

NOTHING_LOST = "Your entries are saved."

UNANSWERED = Cause(
    "login-unanswered",
    Status.UNKNOWN,
    "The answer to a login was lost, so it may have been refused. Five refusals lock the user, so the wizard does not "
    "repeat it.",
    f"Check again in a minute, over a stable connection. {NOTHING_LOST}",
)

UNANSWERED_OFTEN = Cause(
    "login-unanswered",
    Status.UNKNOWN,
    "The answers to several logins were lost, so they may have been refused. Five refusals lock the user, so the "
    "wizard tries no more.",
    "Fix the connection first. A check tries again an hour after the last login, or at once if you enter the password "
    "again.",
)

IP_RESTRICTED = Cause(
    "ip-restricted",
    Status.FAIL,
    "An account can accept logins from certain networks only, and this computer is not in one of them. Probably the "
    "addresses of CX Audience must be allowed too.",
    "Open Account > View login IP restrictions. Ask Oracle Support to add this computer's network and the address "
    "range of CX Audience.",
)

IP_NAMED = IP_RESTRICTED._replace(
    status=Status.UNKNOWN,
    why=f"The answer mentions the network of the call. {IP_RESTRICTED.why}",
    ground=inferred("A.5"),
)
"""Only the words of the answer say so, no documented code."""

_LOGIN_CODES = {
    "PASSWORD_EXPIRED": Cause(
        "password-expired",
        Status.FAIL,
        "The password of this user has expired. Nobody can log in as this user until it has a new one.",
        f"An Account Administrator opens {USER_MANAGEMENT}, selects the user and clicks Reset password. Set the new "
        "password with the email, then change it here and in CX Audience too (password rotation does both).",
    ),
    "PASSWORD_LOCKOUT": Cause(
        "password-locked",
        Status.FAIL,
        "Five failed logins in a row lock a user, for 60 minutes unless the account sets another duration. The wizard "
        "does not try again on its own. CX Audience may be logging in with an old password.",
        f"Wait for an hour, or have an Account Administrator unlock the user: {USER_MANAGEMENT}, the user, Unlock. "
        "Correct the password before the next check.",
    ),
    "API_DISABLED_FOR_USER": Cause(
        "api-disabled",
        Status.FAIL,
        "Web services are not enabled for this account or user, or the user is suspended.",
        f"Check that User status is Active ({USER_MANAGEMENT}, the user). If it is, ask Oracle Support to enable web "
        "services for the account.",
        at="add-user",
    ),
    "ACCOUNT_SUSPENDED": Cause(
        "account-suspended",
        Status.FAIL,
        "The whole account is suspended, not only this user.",
        "Ask the Account Administrator of Responsys, and Oracle Support.",
    ),
    "LOGIN_BLOCKED_INVALID_IPRANGE": IP_RESTRICTED,
    "LOGIN_BLOCKED_TEMPORARILY": Cause(
        "login-unclear",
        Status.UNKNOWN,
        "Logins of this user are blocked for a while. This does not mean that the password is wrong.",
        "Wait before the next login; a lock lasts 60 minutes by default. If it continues, check the user: "
        f"{USER_MANAGEMENT}.",
    ),
}

_OF_THE_USER = ("password-expired", "password-locked", "api-disabled")

_LOGIN_UNCLEAR = Cause(
    "login-unclear",
    Status.UNKNOWN,
    "The login was refused, and the answer does not blame the password. Possible causes: a login IP restriction, too "
    "many sessions or logins at once, a temporary block, or a proxy that answers in place of the product.",
    "Follow the answer and check again in a few minutes. If it continues, ask your network team, or send the answer to "
    "Oracle Support.",
)

_LOGIN_REFUSED = {
    Product.RESPONSYS: Cause(
        "login-refused",
        Status.FAIL,
        "Responsys gives the same error for a wrong user name, a wrong password, and probably a temporary password "
        "that was not replaced or a wrong pod.",
        f"Check the user name and the password, and that the temporary password was replaced. The login hosts are "
        f"{all_login_hosts()}.",
    ),
    Product.AUDIENCE: Cause(
        "login-refused",
        Status.FAIL,
        "CX Audience rejected this user name and password.",
        "Check the name and password of the CX Audience API user with the CX Audience administrator.",
    ),
}


def budget_left(error: OutsideError) -> str:
    """Return how many refused logins count and how many are left; nothing for other errors."""
    counted = error.refusals if isinstance(error, LoginRefusedError) else 0
    if not counted:
        return "The wizard tries no further login on its own." if isinstance(error, LoginRefusedError) else ""
    seen = f"This was refused login {counted} with this password."
    if counted < MOST_REFUSALS:
        return f"{seen} The wizard stops after {MOST_REFUSALS}; {LOCKING_REFUSALS} in a row lock the user."
    return f"{seen} The wizard stops until you enter it again: {LOCKING_REFUSALS} in a row lock the user."


def login_cause(error: RefusedError, product: Product) -> Cause:
    """Return what a refused login means: `login-unclear` where the answer names no cause (facts A.5)."""
    found = _LOGIN_CODES.get(error.code)
    if found is None and result_of(error) is Result.REFUSED:
        return _LOGIN_REFUSED.get(product, _LOGIN_REFUSED[Product.RESPONSYS])
    if found is None:
        return IP_NAMED if names_address(error) else _LOGIN_UNCLEAR
    if product is Product.AUDIENCE and found.code in _OF_THE_USER:
        return found._replace(
            why="CX Audience does not let this API user log in.",
            remedy="Have a CX Audience account administrator check the status of the user under Account, where Reset "
            "Password and Unlock Account are.",
            at="",
        )
    return found


def names_address(error: RefusedError) -> bool:
    """Return whether a refusal is about the address of the caller."""
    # The code is documented for CX Audience only (facts A.5), so the words count as well.
    words = f"{error.code} {error.title} {error.detail}"
    return bool(re.search(r"(?<![A-Za-z])IP(?:[_ ]?(?:ADDRESS|RANGE))?(?![A-Za-z])", words))
