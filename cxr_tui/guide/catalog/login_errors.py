"""What a failed login means, in words; which answers blame the password, `domain.login_endings` decides."""

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

NOTHING_LOST = "Everything entered so far is kept."

UNANSWERED = Cause(
    "login-unanswered",
    Status.UNKNOWN,
    "A login was sent and its answer lost, so nobody knows whether it was refused. Five refusals lock the user, so it "
    "is not repeated by itself.",
    f"Check again in a minute, from a line that holds. {NOTHING_LOST}",
)

UNANSWERED_OFTEN = Cause(
    "login-unanswered",
    Status.UNKNOWN,
    "Logins were sent and their answers lost, so nobody knows how many of them were refused. Five refusals lock the "
    "user, so no further one is tried.",
    "See to the line first. An hour after the last one a check tries it again; entering the password anew allows it "
    "now.",
)

IP_RESTRICTED = Cause(
    "ip-restricted",
    Status.FAIL,
    "An account can accept logins from certain networks only, and this machine is not in one of them. Probably the "
    "addresses of CX Audience have to be allowed too.",
    "Look at Account > View login IP restrictions. Ask Oracle Support to add this machine's network and the address "
    "range of CX Audience.",
)

IP_NAMED = IP_RESTRICTED._replace(
    status=Status.UNKNOWN,
    why=f"By its words this is about the network that the call came from. {IP_RESTRICTED.why}",
    ground=inferred("A.5"),
)
"""No documented code says it, only the words of the answer."""

_LOGIN_CODES = {
    "PASSWORD_EXPIRED": Cause(
        "password-expired",
        Status.FAIL,
        "The password of this user has expired; nothing can log in as this user until it has a new one.",
        f"An Account Administrator opens {USER_MANAGEMENT}, selects the user and presses Reset password. Set the new "
        "password by the mail, then change it here and in CX Audience too (password rotation does both).",
    ),
    "PASSWORD_LOCKOUT": Cause(
        "password-locked",
        Status.FAIL,
        "Five wrong logins in a row lock a user, for 60 minutes unless the account sets another duration. Nothing here "
        "tries again by itself, so that it does not get worse. CX Audience may be logging in with an old password.",
        f"Wait for an hour, or let an Account Administrator unlock the user: {USER_MANAGEMENT}, the user, Unlock. "
        "Correct the password before the next check.",
    ),
    "API_DISABLED_FOR_USER": Cause(
        "api-disabled",
        Status.FAIL,
        "Web services are not enabled for this account or user, or the user is suspended.",
        f"Look whether User status is Active ({USER_MANAGEMENT}, the user). If it is, ask Oracle Support to enable web "
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
        "Logins of this user are blocked for a while. It does not say that the password is wrong.",
        "Wait before the next login; a lock lasts 60 minutes by default. If it stays, look at the user: "
        f"{USER_MANAGEMENT}.",
    ),
}

_OF_THE_USER = ("password-expired", "password-locked", "api-disabled")

_LOGIN_UNCLEAR = Cause(
    "login-unclear",
    Status.UNKNOWN,
    "The login was refused, and the answer does not blame the password. Possible causes: a login IP restriction, too "
    "many sessions or logins at once, a block that ends after some minutes, or a proxy that answers in place of the "
    "product.",
    "Follow what the answer says, and check again in some minutes. If it goes on, ask your network people or give the "
    "answer to Oracle Support as it stands.",
)

_LOGIN_REFUSED = {
    Product.RESPONSYS: Cause(
        "login-refused",
        Status.FAIL,
        "Responsys answers like this to a wrong user name or password; probably also to a temporary password that was "
        "not replaced yet, and to the right ones at the host of another pod.",
        f"Compare name and password, and see whether the temporary password was replaced. The login hosts are "
        f"{all_login_hosts()}.",
    ),
    Product.AUDIENCE: Cause(
        "login-refused",
        Status.FAIL,
        "CX Audience does not know this API user with this password.",
        "Compare the name and password of the CX Audience API user with whoever administers CX Audience.",
    ),
}


def budget_left(error: OutsideError) -> str:
    """Return how many refused logins were counted and what is left, in one sentence; nothing where none counts."""
    counted = error.refusals if isinstance(error, LoginRefusedError) else 0
    if not counted:
        return "" if not isinstance(error, LoginRefusedError) else "No further login is tried by itself."
    told = f"{counted} refused login{'s' * (counted > 1)} counted with this password"
    if counted < MOST_REFUSALS:
        return (
            f"{told}; none is repeated by itself, at {MOST_REFUSALS} this program stops altogether, and "
            f"{LOCKING_REFUSALS} in a row lock the user."
        )
    return f"{told}, so this program tries no more until it is entered anew: {LOCKING_REFUSALS} in a row lock the user."


def login_cause(error: RefusedError, product: Product) -> Cause:
    """Return what a refused login means: `login-unclear` where the answer names no cause (facts A.5)."""
    found = _LOGIN_CODES.get(error.code)
    if found is None and result_of(error) is Result.REFUSED:
        return _LOGIN_REFUSED.get(product, _LOGIN_REFUSED[Product.RESPONSYS])
    if found is None:
        return IP_NAMED if names_address(error) else _LOGIN_UNCLEAR
    if product is Product.AUDIENCE and found.code in _OF_THE_USER:
        return found._replace(
            why="CX Audience does not let this API user in.",
            remedy="Let a CX Audience account administrator open the user under Account and look at its status; "
            "Reset Password and Unlock Account are there.",
            at="",
        )
    return found


def names_address(error: RefusedError) -> bool:
    """Say whether a refusal is about the address that the call came from."""
    # The code is documented for CX Audience only (facts A.5), so the words are looked at as well.
    words = f"{error.code} {error.title} {error.detail}"
    return bool(re.search(r"(?<![A-Za-z])IP(?:[_ ]?(?:ADDRESS|RANGE))?(?![A-Za-z])", words))
