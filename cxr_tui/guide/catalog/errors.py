"""Causes: what each error of an outside system means and what a person does about it, in words.

A cause that a person has to mend is a `fail`; where a check could not look at all it is an `unknown`. The codes are the
names of the known traps, so that a script can act on them.
"""

from __future__ import annotations

from cxr_tui.domain.errors import (
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
from cxr_tui.domain.finding import Status
from cxr_tui.guide.catalog.anomalies import ANOMALIES
from cxr_tui.guide.catalog.explanation import Cause, Words
from cxr_tui.guide.catalog.login_errors import (
    IP_NAMED,
    NOTHING_LOST,
    UNANSWERED,
    UNANSWERED_OFTEN,
    login_cause,
    names_address,
)
from cxr_tui.guide.definition import Product
from cxr_tui.guide.screens import USER_MANAGEMENT

_NOT_REACHED = {
    Reach.DNS: Words(
        "The name of this host is not known to this machine's name service (DNS).",
        "Compare the address with the screen it was read from. If it is right, ask your network people why this "
        "machine cannot resolve the name.",
    ),
    Reach.REFUSED: Words(
        "The host is there, but refuses connections on this port.",
        "Compare the address and port with the screen. If they are right, ask your network people whether a firewall "
        "or proxy blocks outgoing connections to this host and port.",
    ),
    Reach.TLS: Words(
        "The encrypted connection (TLS) failed: the certificate does not fit this host, is not trusted, or TLS 1.2 is "
        "not possible. Nothing secret was sent.",
        "Ask your network people whether a proxy inspects TLS on the way and whether its certificate is installed "
        "here. The verification is never switched off.",
    ),
    Reach.TIMEOUT: Words(
        "Nobody answered in time. Mostly a firewall drops the packets without a word.",
        "Ask your network people whether this machine may open connections to this host and port, then check again.",
    ),
    Reach.PROXY: Words(
        "The proxy does not let the connection through, so the host itself was not reached and nothing was sent to it.",
        "Compare the variable with what your network people give you: host, port, user and password of the proxy. If "
        "it is right, ask them whether the proxy may reach this host. Hosts in NO_PROXY are reached without it.",
    ),
    Reach.ENVIRONMENT: Words(
        "A variable of this machine's environment cannot be used, so no connection was made.",
        "Correct the variable or unset it, and start cxr-tui again.",
    ),
}
"""Why a host could not be reached, and what a person does about it."""

_CUT = Cause(
    "service-fault",
    Status.UNKNOWN,
    "The connection was cut in the middle of the answer.",
    f"Check again in a minute. {NOTHING_LOST}",
)

_LATE = Cause(
    "service-fault",
    Status.UNKNOWN,
    "The host has answered before, but not in time now; mostly that is a passing fault on Oracle's side or on the way.",
    f"Check again in a minute. {NOTHING_LOST}",
)

_NOT_THE_SERVICE = Cause(
    "service-fault",
    Status.UNKNOWN,
    "The answer is not of the documented form, so it may not be the product's own: a proxy, a firewall or a sign-in "
    "page on the way answers like this, and so does a service that limits or blocks calls.",
    "Follow the words of the answer. Compare the address with the product's screen, and ask your network people "
    f"whether something on the way asks for a sign-in. Then check again. {NOTHING_LOST}",
)

_SFTP_LOGIN = {
    SftpRefusal.KEY: Words(
        "The file server refused this key for this user: the key is not registered (yet), belongs to another SCP "
        "user, or is of a refused type.",
        "Look at Account > Global settings > SSH2 Keys management: the SCP user, and status Completed for the key. "
        "Only RSA and DSA keys of at least 1024 bit are taken.",
    ),
    SftpRefusal.KEY_KIND: Words(
        "The file server takes keys of other kinds only, whether this one is registered or not.",
        "Make a key of a kind that the server takes (Oracle documents RSA, at least 1024 bits), add its public "
        "half under Account > Global settings > SSH2 Keys management, and enter the new private key file.",
    ),
    SftpRefusal.ANY_KEY: Words(
        "After this login the file server offers this user no login by key: it takes none from this user, or not a "
        "second one. Oracle documents logins by key only.",
        "Compare User name and Server with the Destination Connectivity screen of the export job. If they are "
        "right, ask Oracle Support whether this SCP user may log in by key.",
    ),
    SftpRefusal.KEY_ALONE: Words(
        "The key is registered and accepted, and the file server wants a second factor, which no program that runs "
        "alone can give. CX Audience would be stopped by it too, if it is asked of every user.",
        "Ask Oracle Support to let this SCP user log in with the key alone, or go on without a key of your own.",
    ),
    SftpRefusal.SFTP: Words(
        "The key is registered and accepted, and the file server starts no SFTP for this user.",
        "Ask Oracle Support to enable SFTP for this SCP user. The key needs no change.",
    ),
}
"""Why a login by SFTP failed, and what a person does about it."""


def cause_of(error: OutsideError, product: Product, *, first_contact: bool) -> Cause:
    """Return what an error means; `product` is the one that was asked."""
    if error.flaw is not None and not isinstance(error, UnreachableError):
        return ANOMALIES[error.flaw]
    match error:
        case ServiceFaultError() if error.status < 500:
            return _NOT_THE_SERVICE
        case LoginUnansweredError():
            return UNANSWERED
        case LoginBudgetSpentError() if error.refusals < MOST_REFUSALS:
            return UNANSWERED_OFTEN
        case UnreachableError(reach=Reach.TIMEOUT) if not first_contact:
            return _LATE
        case UnreachableError(reach=Reach.CUT):
            return _CUT
        case UnreachableError():
            return _NOT_REACHED[error.reach].cause("host-unreachable")
        case LoginRefusedError():
            return login_cause(error, product)
        case RefusedError():
            return _refused(error, product)
        case SftpLoginError():
            return _SFTP_LOGIN[error.refusal].cause(error.refusal.value)
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
                f"Check again in ten minutes. {NOTHING_LOST}",
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
                f"Compare {USER_MANAGEMENT}, the user, with steps 4 and 5. The integration user has these two roles "
                "and no other; only an API user of your own may be given one for this call.",
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
        case _ if names_address(error):
            return IP_NAMED
        case _:
            return Cause(
                "call-refused",
                Status.UNKNOWN,
                "The service understood the call and refused it for the reason it gives, so nothing could be seen.",
                "Follow what the message says; if it says nothing, give it to Oracle Support as it stands.",
            )


_OTHERS: dict[type[OutsideError], Cause] = {
    ServiceFaultError: Cause(
        "service-fault",
        Status.UNKNOWN,
        "The service itself failed; that is on Oracle's side and mostly passes.",
        f"Check again in a few minutes. {NOTHING_LOST}",
    ),
    LoginBudgetSpentError: Cause(
        "login-budget-spent",
        Status.FAIL,
        "Logins with this password were refused already. Five refusals lock the user, so no further one is tried.",
        "Find out the right password or host first, and enter the password anew; then it is tried again.",
    ),
    MalformedError: Cause(
        "answer-malformed",
        Status.UNKNOWN,
        "The answer is not of the documented form, so nothing can be concluded from it.",
        "Check that the address is the one of the product, then check again.",
    ),
    ForeignEndpointError: Cause(
        "foreign-endpoint",
        Status.FAIL,
        "The address for all further calls belongs to another provider; the password's token is not sent there.",
        "Compare the login host with Account > Global settings > Account configuration and ask Oracle Support.",
    ),
    HostKeyUnconfirmedError: Cause(
        "host-key-unconfirmed",
        Status.FAIL,
        "Nobody has confirmed yet that this key is the file server's own.",
        "Compare the fingerprint with what Oracle or your administrator gives you, and enter it.",
    ),
    HostKeyChangedError: Cause(
        "host-key-changed",
        Status.FAIL,
        "The file server shows another key than the confirmed one: a new server, or somebody in between.",
        "Do not go on. Ask Oracle whether the key was changed, and confirm the new fingerprint only then.",
    ),
    KeyFileError: Cause(
        "sftp-auth",
        Status.FAIL,
        "The private key file cannot be used for the file server.",
        "Give an RSA private key in OpenSSH or PEM form, with its right passphrase. A PuTTY file (.ppk) has to be "
        "exported as an OpenSSH key in PuTTYgen first.",
    ),
    RemotePathError: Cause(
        "remote-path",
        Status.FAIL,
        "This folder does not exist on the file server, or this user may not read it.",
        "Enter the path as the Destination Connectivity step shows it, such as download.",
    ),
    OpenPgpError: Cause(
        "openpgp-unusable",
        Status.UNKNOWN,
        "OpenPGP data could not be read with gpg.",
        "Run cxr-tui doctor; it says whether gpg is there and recent enough.",
    ),
    NothingStoredError: Cause(
        "secret-missing",
        Status.FAIL,
        "The keyring holds nothing under this name.",
        "Enter it at the step that asks for it, or clear the user that it belongs to where that is optional.",
    ),
    StoreUnusableError: Cause(
        "store-unusable",
        Status.UNKNOWN,
        "Passwords are kept in this system's keyring and nowhere else, and it cannot be used now.",
        "Unlock the keyring, or run cxr-tui doctor; it says what is missing.",
    ),
}


def _by_type(error: OutsideError) -> Cause:
    for kind, told in _OTHERS.items():
        if isinstance(error, kind):
            return told
    return Cause("outside-fault", Status.UNKNOWN, "The check could not look.", f"Check again. {NOTHING_LOST}")
