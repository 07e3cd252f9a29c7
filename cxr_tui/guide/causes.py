"""Causes: what each error of an outside system means and what a person does about it, in words.

A cause that a person has to mend is a `fail`; where a check could not look at all it is an `unknown`. The codes are the
names of the known traps, so that a script can act on them.
"""

from __future__ import annotations

import re

from cxr_tui.guide.cause import Cause
from cxr_tui.guide.flaws import FLAWS
from cxr_tui.guide.hosts import all_login_hosts
from cxr_tui.guide.step import Product
from cxr_tui.model.errors import (
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
    SftpRefusal,
    StoreUnusableError,
    ThrottledError,
    UnreachableError,
)
from cxr_tui.model.finding import Status
from cxr_tui.model.logins import Result, result_of

USER_MANAGEMENT = "Account > User identity management > User management"

_NOTHING_LOST = "Everything entered so far is kept."

_REACH = {
    Reach.DNS: Cause(
        "host-unreachable",
        Status.FAIL,
        "The name of this host is not known to this machine's name service (DNS).",
        "Compare the address with the screen it was read from. If it is right, ask your network people why this "
        "machine cannot resolve the name.",
    ),
    Reach.REFUSED: Cause(
        "host-unreachable",
        Status.FAIL,
        "The host is there, but refuses connections on this port.",
        "Compare the address and port with the screen. If they are right, ask your network people whether a firewall "
        "or proxy blocks outgoing connections to this host and port.",
    ),
    Reach.TLS: Cause(
        "host-unreachable",
        Status.FAIL,
        "The encrypted connection (TLS) failed: the certificate does not fit this host, is not trusted, or TLS 1.2 is "
        "not possible. Nothing secret was sent.",
        "Ask your network people whether a proxy inspects TLS on the way and whether its certificate is installed "
        "here. The verification is never switched off.",
    ),
    Reach.TIMEOUT: Cause(
        "host-unreachable",
        Status.FAIL,
        "Nobody answered in time. Mostly a firewall drops the packets without a word.",
        "Ask your network people whether this machine may open connections to this host and port, then check again.",
    ),
    Reach.PROXY: Cause(
        "host-unreachable",
        Status.FAIL,
        "The proxy does not let the connection through, so the host itself was not reached and nothing was sent to it.",
        "Compare the variable with what your network people give you: host, port, user and password of the proxy. If "
        "it is right, ask them whether the proxy may reach this host. Hosts in NO_PROXY are reached without it.",
    ),
    Reach.ENVIRONMENT: Cause(
        "host-unreachable",
        Status.FAIL,
        "A variable of this machine's environment cannot be used, so no connection was made.",
        "Correct the variable or unset it, and start cxr-tui again.",
    ),
    Reach.CUT: Cause(
        "service-fault",
        Status.UNKNOWN,
        "The connection was cut in the middle of the answer.",
        f"Check again in a minute. {_NOTHING_LOST}",
    ),
}

_LATE = Cause(
    "service-fault",
    Status.UNKNOWN,
    "The host has answered before, but not in time now; mostly that is a passing fault on Oracle's side or on the way.",
    f"Check again in a minute. {_NOTHING_LOST}",
)

_UNANSWERED = Cause(
    "login-unanswered",
    Status.UNKNOWN,
    "A login was sent and its answer lost, so nobody knows whether it was refused. Five refusals lock the user, so it "
    "is not repeated by itself.",
    f"Check again in a minute, from a line that holds. {_NOTHING_LOST}",
)

_UNANSWERED_OFTEN = Cause(
    "login-unanswered",
    Status.UNKNOWN,
    "Logins were sent and their answers lost, so nobody knows how many of them were refused. Five refusals lock the "
    "user, so no further one is tried.",
    "See to the line first. An hour after the last one a check tries it again; entering the password anew allows it "
    "now.",
)

_IP_RESTRICTED = Cause(
    "ip-restricted",
    Status.FAIL,
    "The account accepts logins from certain networks only, and this machine is not in one of them. The same holds for "
    "CX Audience: its own addresses have to be allowed too.",
    "Look at Account > View login IP restrictions. Ask Oracle Support to add this machine's network and the address "
    "range of CX Audience.",
)

_NOT_THE_SERVICE = Cause(
    "service-fault",
    Status.UNKNOWN,
    "The answer is not of the documented form, so it may not be the product's own: a proxy, a firewall or a sign-in "
    "page on the way answers like this, and so does a service that limits or blocks calls.",
    "Follow the words of the answer. Compare the address with the product's screen, and ask your network people "
    f"whether something on the way asks for a sign-in. Then check again. {_NOTHING_LOST}",
)

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
    "LOGIN_BLOCKED_INVALID_IPRANGE": _IP_RESTRICTED,
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
        "Responsys answers like this to a wrong user name or password, probably to a temporary password that was not "
        "replaced yet, and to the right ones at the host of another pod.",
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
        return _IP_RESTRICTED if _names_address(error) else _LOGIN_UNCLEAR
    if product is Product.AUDIENCE and found.code in _OF_THE_USER:
        return found._replace(
            why="CX Audience does not let this API user in.",
            remedy="Let a CX Audience account administrator open the user under Account and look at its status; "
            "Reset Password and Unlock Account are there.",
            at="",
        )
    return found


def _names_address(error: RefusedError) -> bool:
    # The code is documented for CX Audience only (facts A.5), so the words are looked at as well.
    words = f"{error.code} {error.title} {error.detail}"
    return bool(re.search(r"(?<![A-Za-z])IP(?:[_ ]?(?:ADDRESS|RANGE))?(?![A-Za-z])", words))


_SFTP_LOGIN = {
    cause.code: cause
    for cause in (
        Cause(
            SftpRefusal.KEY.value,
            Status.FAIL,
            "The file server refused this key for this user: the key is not registered (yet), belongs to another SCP "
            "user, or is of a refused type.",
            "Look at Account > Global settings > SSH2 Keys management: the SCP user, and status Completed for the key. "
            "Only RSA and DSA keys of at least 1024 bit are taken.",
        ),
        Cause(
            SftpRefusal.KEY_KIND.value,
            Status.FAIL,
            "The file server takes keys of other kinds only, whether this one is registered or not.",
            "Make a key of a kind that the server takes (Oracle documents RSA, at least 1024 bits), add its public "
            "half under Account > Global settings > SSH2 Keys management, and enter the new private key file.",
        ),
        Cause(
            SftpRefusal.ANY_KEY.value,
            Status.FAIL,
            "After this login the file server offers this user no login by key: it takes none from this user, or not a "
            "second one. Oracle documents logins by key only.",
            "Compare User name and Server with the Destination Connectivity screen of the export job. If they are "
            "right, ask Oracle Support whether this SCP user may log in by key.",
        ),
        Cause(
            SftpRefusal.KEY_ALONE.value,
            Status.FAIL,
            "The key is registered and accepted, and the file server wants a second factor, which no program that runs "
            "alone can give. CX Audience would be stopped by it too, if it is asked of every user.",
            "Ask Oracle Support to let this SCP user log in with the key alone, or go on without a key of your own.",
        ),
        Cause(
            SftpRefusal.SFTP.value,
            Status.FAIL,
            "The key is registered and accepted, and the file server starts no SFTP for this user.",
            "Ask Oracle Support to enable SFTP for this SCP user. The key needs no change.",
        ),
    )
}


def cause_of(error: OutsideError, product: Product, *, first_contact: bool) -> Cause:
    """Return what an error means; `product` is the one that was asked."""
    if error.flaw is not None and not isinstance(error, UnreachableError):
        return FLAWS[error.flaw]
    match error:
        case ServiceFaultError() if error.status < 500:
            return _NOT_THE_SERVICE
        case LoginUnansweredError():
            return _UNANSWERED
        case LoginBudgetSpentError() if error.refusals < MOST_REFUSALS:
            return _UNANSWERED_OFTEN
        case UnreachableError(reach=Reach.TIMEOUT) if not first_contact:
            return _LATE
        case UnreachableError():
            return _REACH[error.reach]
        case LoginRefusedError():
            return login_cause(error, product)
        case RefusedError():
            return _refused(error, product)
        case SftpLoginError():
            return _SFTP_LOGIN[error.refusal]
        case _:
            return _by_type(error)


def _refused(error: RefusedError, product: Product) -> Cause:
    match error:
        case ThrottledError():
            return Cause(
                "throttled",
                Status.UNKNOWN,
                "The account's limit of calls a minute is used up, by whatever program. It starts anew each minute.",
                "Wait for a minute; the check goes on then.",
            )
        case _ if error.passes:
            return Cause(
                "service-busy",
                Status.UNKNOWN,
                "The service is busy, or a limit of its own is used up; that passes without anybody's doing.",
                f"Check again in ten minutes. {_NOTHING_LOST}",
            )
        case NoAccessError(code="CONNECT_DISABLED_FOR_USER"):
            return Cause(
                "connect-disabled",
                Status.FAIL,
                "This API user may not use Connect, so jobs and runs cannot be seen.",
                "Give the Connect API user (never the integration user) the Data Director role, or leave it out.",
            )
        case NoAccessError(code="INSUFFICIENT_ACCESS"):
            return Cause(
                "access-refused",
                Status.FAIL,
                "This user lacks a role or an organization for this call.",
                f"Look at Role Assignment and Organization Assignment of the user: {USER_MANAGEMENT}, the user.",
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
            return _IP_RESTRICTED
        case _:
            return Cause(
                "call-refused",
                Status.UNKNOWN,
                "The service understood the call and refused it for the reason it gives, so nothing could be seen.",
                "Follow what the message says; if it says nothing, give it to Oracle Support as it stands.",
            )


_OTHERS: tuple[tuple[type[OutsideError], Cause], ...] = (
    (
        ServiceFaultError,
        Cause(
            "service-fault",
            Status.UNKNOWN,
            "The service itself failed; that is on Oracle's side and mostly passes.",
            f"Check again in a few minutes. {_NOTHING_LOST}",
        ),
    ),
    (
        LoginBudgetSpentError,
        Cause(
            "login-budget-spent",
            Status.FAIL,
            "Logins with this password were refused already. Five refusals lock the user, so no further one is tried.",
            "Find out the right password or host first, and enter the password anew; then it is tried again.",
        ),
    ),
    (
        MalformedError,
        Cause(
            "answer-malformed",
            Status.UNKNOWN,
            "The answer is not of the documented form, so nothing can be concluded from it.",
            "Check that the address is the one of the product, then check again.",
        ),
    ),
    (
        ForeignEndpointError,
        Cause(
            "foreign-endpoint",
            Status.FAIL,
            "The address for all further calls belongs to another provider; the password's token is not sent there.",
            "Compare the login host with Account > Global settings > Account configuration and ask Oracle Support.",
        ),
    ),
    (
        HostKeyUnconfirmedError,
        Cause(
            "host-key-unconfirmed",
            Status.FAIL,
            "Nobody has confirmed yet that this key is the file server's own.",
            "Compare the fingerprint with what Oracle or your administrator gives you, and enter it.",
        ),
    ),
    (
        HostKeyChangedError,
        Cause(
            "host-key-changed",
            Status.FAIL,
            "The file server shows another key than the confirmed one: a new server, or somebody in between.",
            "Do not go on. Ask Oracle whether the key was changed, and confirm the new fingerprint only then.",
        ),
    ),
    (
        KeyFileError,
        Cause(
            "sftp-auth",
            Status.FAIL,
            "The private key file cannot be used for the file server.",
            "Give an RSA private key in OpenSSH or PEM form, with its right passphrase. A PuTTY file (.ppk) has to be "
            "exported as an OpenSSH key in PuTTYgen first.",
        ),
    ),
    (
        RemotePathError,
        Cause(
            "remote-path",
            Status.FAIL,
            "This folder does not exist on the file server, or this user may not read it.",
            "Enter the path as the Destination Connectivity step shows it, such as download.",
        ),
    ),
    (
        OpenPgpError,
        Cause(
            "openpgp-unusable",
            Status.UNKNOWN,
            "OpenPGP data could not be read with gpg.",
            "Run cxr-tui doctor; it says whether gpg is there and recent enough.",
        ),
    ),
    (
        NothingStoredError,
        Cause(
            "secret-missing",
            Status.FAIL,
            "The keyring holds nothing under this name.",
            "Enter it at the step that asks for it; it is kept in the keyring only.",
        ),
    ),
    (
        StoreUnusableError,
        Cause(
            "store-unusable",
            Status.UNKNOWN,
            "Passwords are kept in this system's keyring and nowhere else, and it cannot be used now.",
            "Unlock the keyring, or run cxr-tui doctor; it says what is missing.",
        ),
    ),
)


def _by_type(error: OutsideError) -> Cause:
    for kind, told in _OTHERS:
        if isinstance(error, kind):
            return told
    return Cause("outside-fault", Status.UNKNOWN, "The check could not look.", f"Check again. {_NOTHING_LOST}")
