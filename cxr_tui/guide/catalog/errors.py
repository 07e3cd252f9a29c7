"""What each error of an outside system means and what a person does about it.

What a person has to fix is a `fail`; where a check could not be completed it is `unknown`. Scripts rely on the codes.
`domain.login_endings` decides which answers to a login blame the password.
"""

from __future__ import annotations

import re
from functools import partial

from cxr_tui.domain.certainty import inferred
from cxr_tui.domain.errors import (
    LOCKING_REFUSALS,
    MOST_REFUSALS,
    ForeignEndpointError,
    HostKeyChangedError,
    HostKeyUnconfirmedError,
    KeyFileError,
    LoginBudgetSpentError,
    LoginRefusedError,
    LoginUnansweredError,
    MalformedError,
    NoAccessError,
    NotFoundError,
    NothingStoredError,
    OpenPgpError,
    OutsideError,
    Reach,
    RefusedError,
    RemotePathError,
    ServiceFaultError,
    SftpLoginError,
    StoreUnusableError,
    ThrottledError,
    UnreachableError,
)
from cxr_tui.domain.finding import Status
from cxr_tui.domain.login_endings import Result, result_of
from cxr_tui.guide.catalog.anomalies import ANOMALIES
from cxr_tui.guide.catalog.explanation import Cause
from cxr_tui.guide.definition import Product
from cxr_tui.guide.forms.login_hosts import all_login_hosts
from cxr_tui.guide.screens import USER_MANAGEMENT

_NOTHING_LOST = "Your entries are saved."

_UNANSWERED = Cause(
    "login-unanswered",
    Status.UNKNOWN,
    "The answer to a login was lost, so it may have been refused. Five refusals lock the user, so the wizard does not "
    "repeat it.",
    f"Check again in a minute, over a stable connection. {_NOTHING_LOST}",
)

_UNANSWERED_OFTEN = Cause(
    "login-unanswered",
    Status.UNKNOWN,
    "The answers to several logins were lost, so they may have been refused. Five refusals lock the user, so the "
    "wizard tries no more.",
    "Fix the connection first. A check tries again an hour after the last login, or at once if you enter the password "
    "again.",
)

_IP_RESTRICTED = Cause(
    "ip-restricted",
    Status.FAIL,
    "An account can accept logins from certain networks only, and this computer is not in one of them. Probably the "
    "addresses of CX Audience must be allowed too.",
    "Open Account > View login IP restrictions. Ask Oracle Support to add this computer's network and the address "
    "range of CX Audience.",
)

_IP_NAMED = _IP_RESTRICTED._replace(
    status=Status.UNKNOWN,
    why=f"The answer mentions the network of the call. {_IP_RESTRICTED.why}",
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
    "LOGIN_BLOCKED_INVALID_IPRANGE": _IP_RESTRICTED,
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


_unreachable = partial(Cause, "host-unreachable", Status.FAIL)

_NOT_REACHED = {
    Reach.DNS: _unreachable(
        "DNS on this computer cannot resolve this host name.",
        "Compare the address with the screen that shows it. If it is right, ask your network team why this computer "
        "cannot resolve the name.",
    ),
    Reach.REFUSED: _unreachable(
        "The host refuses connections on this port.",
        "Compare the address and port with the screen. If they are right, ask your network team whether a firewall or "
        "proxy blocks outgoing connections to this host and port.",
    ),
    Reach.TLS: _unreachable(
        "The encrypted connection (TLS) failed: the certificate does not fit this host, is not trusted, or TLS 1.2 is "
        "not possible. Nothing secret was sent.",
        "Ask your network team whether a proxy inspects TLS on the way and whether its certificate is installed "
        "here. Verification is never switched off.",
    ),
    Reach.TIMEOUT: _unreachable(
        "There was no answer in time. Often a firewall silently drops the connection.",
        "Ask your network team whether this computer may connect to this host and port, then check again.",
    ),
    Reach.PROXY: _unreachable(
        "The proxy does not allow the connection, so nothing was sent to the host.",
        "Ask your network team for the host, port, user and password of the proxy, and compare the variable. If it is "
        "right, ask whether the proxy may reach this host. Hosts in NO_PROXY are reached without it.",
    ),
    Reach.ENVIRONMENT: _unreachable(
        "An environment variable of this computer is not valid, so no connection was made.",
        "Correct or unset the variable and start cxr-tui again.",
    ),
}
"""Why a host could not be reached, and what a person does about it."""

_CUT = Cause(
    "service-fault",
    Status.UNKNOWN,
    "The connection was lost while the answer arrived.",
    f"Check again in a minute. {_NOTHING_LOST}",
)

_LATE = Cause(
    "service-fault",
    Status.UNKNOWN,
    "The host has answered before, but not in time now. Usually this is a temporary fault at Oracle or on the way.",
    f"Check again in a minute. {_NOTHING_LOST}",
)

_NOT_THE_SERVICE = Cause(
    "service-fault",
    Status.UNKNOWN,
    "The answer does not have the documented format, so it may come from a proxy, a firewall or a sign-in page on the "
    "way, or from a service that limits or blocks calls.",
    "Follow the text of the answer. Compare the address with the product's screen, and ask your network team whether "
    f"something on the way asks for a sign-in. Then check again. {_NOTHING_LOST}",
)


def cause_of(error: OutsideError, product: Product, *, first_contact: bool) -> Cause:
    """Return what an error of a product means."""
    if error.flaw is not None and not isinstance(error, UnreachableError):
        return ANOMALIES[error.flaw]
    match error:
        case ServiceFaultError() if error.status < 500:
            return _NOT_THE_SERVICE
        case LoginUnansweredError():
            return _UNANSWERED
        case LoginBudgetSpentError() if error.refusals < MOST_REFUSALS:
            return _UNANSWERED_OFTEN
        case UnreachableError(reach=Reach.TIMEOUT) if not first_contact:
            return _LATE
        case UnreachableError(reach=Reach.CUT):
            return _CUT
        case UnreachableError():
            return _NOT_REACHED[error.reach]
        case LoginRefusedError():
            return login_cause(error, product)
        case RefusedError():
            return _refused(error, product)
        case _:
            return _by_type(error)


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
        return _IP_NAMED if _names_address(error) else _LOGIN_UNCLEAR
    if product is Product.AUDIENCE and found.code in _OF_THE_USER:
        return found._replace(
            why="CX Audience does not let this API user log in.",
            remedy="Have a CX Audience account administrator check the status of the user under Account, where Reset "
            "Password and Unlock Account are.",
            at="",
        )
    return found


def _names_address(error: RefusedError) -> bool:
    """Return whether a refusal is about the address of the caller."""
    # The code is documented for CX Audience only (facts A.5), so the words count as well.
    words = f"{error.code} {error.title} {error.detail}"
    return bool(re.search(r"(?<![A-Za-z])IP(?:[_ ]?(?:ADDRESS|RANGE))?(?![A-Za-z])", words))


def _refused(error: RefusedError, product: Product) -> Cause:
    match error:
        case ThrottledError():
            return Cause(
                "throttled",
                Status.UNKNOWN,
                "The account's API calls for this minute are used up, perhaps by another program.",
                "Wait for a minute, then check again.",
            )
        case _ if error.passes:
            return Cause(
                "service-busy",
                Status.UNKNOWN,
                "The service is busy, or its own limit is used up. This is temporary.",
                f"Check again in ten minutes. {_NOTHING_LOST}",
            )
        case NoAccessError(code="CONNECT_DISABLED_FOR_USER"):
            return Cause(
                "connect-disabled",
                Status.FAIL,
                "This API user may not use Connect, so the wizard cannot see jobs and runs.",
                "Give the Connect API user (never the integration user) the Data Director role, or clear the user.",
            )
        case NoAccessError(code="INSUFFICIENT_ACCESS"):
            return Cause(
                "access-refused",
                Status.FAIL,
                "This user is not allowed to make this call: a role is missing, or its organization is too low.",
                f"Compare {USER_MANAGEMENT}, the user, with steps 4 and 5. Give the integration user only the two "
                "roles of step 4; only your own API user may get another role for this call.",
            )
        case NoAccessError(code="API_DISABLED_FOR_USER"):
            return login_cause(error, product)
        case NotFoundError():
            return Cause(
                "not-found",
                Status.FAIL,
                "It does not exist, or this user cannot see it.",
                "Compare the name with the screen, including upper and lower case.",
            )
        case _ if _names_address(error):
            return _IP_NAMED
        case _:
            return Cause(
                "call-refused",
                Status.UNKNOWN,
                "The service refused the call, so the check could not be completed; see its message.",
                "Follow the message. If it gives no reason, send it to Oracle Support.",
            )


_OTHERS: dict[type[OutsideError], Cause] = {
    ServiceFaultError: Cause(
        "service-fault",
        Status.UNKNOWN,
        "The service failed. This is on Oracle's side and usually temporary.",
        f"Check again in a few minutes. {_NOTHING_LOST}",
    ),
    LoginBudgetSpentError: Cause(
        "login-budget-spent",
        Status.FAIL,
        "Logins with this password were refused already. Five refusals lock the user, so the wizard tries no more.",
        "Find the right password or host first, then enter the password again.",
    ),
    MalformedError: Cause(
        "answer-malformed",
        Status.UNKNOWN,
        "The answer has an unexpected format, so nothing can be concluded from it.",
        "Check that the address belongs to the product, then check again.",
    ),
    ForeignEndpointError: Cause(
        "foreign-endpoint",
        Status.FAIL,
        "The login returned an API address of another provider, so the wizard did not send its token there.",
        "Compare the login host with Account > Global settings > Account configuration and ask Oracle Support.",
    ),
    HostKeyUnconfirmedError: Cause(
        "host-key-unconfirmed",
        Status.FAIL,
        "No one has confirmed yet that this host key belongs to the file server.",
        "Compare the fingerprint with the one that Oracle or your administrator gives you, and enter it.",
    ),
    HostKeyChangedError: Cause(
        "host-key-changed",
        Status.FAIL,
        "The file server shows another host key than the confirmed one: it is a new server, or someone is intercepting "
        "the connection.",
        "Do not continue. Ask Oracle whether the key was changed, and confirm the new fingerprint only then.",
    ),
    KeyFileError: Cause(
        "sftp-auth",
        Status.FAIL,
        "The private key file cannot be used for the file server.",
        "Enter an RSA private key in OpenSSH or PEM format, with its passphrase. Export a PuTTY file (.ppk) as an "
        "OpenSSH key in PuTTYgen first.",
    ),
    SftpLoginError: Cause(
        "sftp-auth",
        Status.FAIL,
        "The file server refused this key for this user: the key is not registered (yet), belongs to another SCP "
        "user, or is of a refused type.",
        "Open Account > Global settings > SSH2 Keys management and compare the SCP user; the key needs the status "
        "Completed. Only RSA and DSA keys of at least 1024 bits are accepted.",
    ),
    RemotePathError: Cause(
        "remote-path",
        Status.FAIL,
        "This folder does not exist on the file server, or this user may not read it.",
        "Enter the path as step 13, Destination Connectivity, shows it, such as download.",
    ),
    OpenPgpError: Cause(
        "openpgp-unusable",
        Status.UNKNOWN,
        "gpg could not read the OpenPGP data.",
        "Run cxr-tui doctor; it reports whether gpg is installed and recent enough.",
    ),
    NothingStoredError: Cause(
        "secret-missing",
        Status.FAIL,
        "Nothing is stored in the keyring under this name.",
        "Enter it at the step that asks for it, or clear its user if that is optional.",
    ),
    StoreUnusableError: Cause(
        "store-unusable",
        Status.UNKNOWN,
        "Passwords are stored only in this computer's keyring, which cannot be used now.",
        "Unlock the keyring, or run cxr-tui doctor; it reports what is missing.",
    ),
}


def _by_type(error: OutsideError) -> Cause:
    for kind, found in _OTHERS.items():
        if isinstance(error, kind):
            return found
    return Cause("outside-fault", Status.UNKNOWN, "The check could not be completed.", f"Try again. {_NOTHING_LOST}")
