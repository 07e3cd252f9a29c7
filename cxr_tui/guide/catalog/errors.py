"""What each error of an outside system means and what a person does about it.

What a person has to fix is a `fail`; where a check could not be completed it is `unknown`. Scripts rely on the codes.
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
        "DNS on this computer cannot resolve this host name.",
        "Compare the address with the screen that shows it. If it is right, ask your network team why this computer "
        "cannot resolve the name.",
    ),
    Reach.REFUSED: Words(
        "The host refuses connections on this port.",
        "Compare the address and port with the screen. If they are right, ask your network team whether a firewall or "
        "proxy blocks outgoing connections to this host and port.",
    ),
    Reach.TLS: Words(
        "The encrypted connection (TLS) failed: the certificate does not fit this host, is not trusted, or TLS 1.2 is "
        "not possible. Nothing secret was sent.",
        "Ask your network team whether a proxy inspects TLS on the way and whether its certificate is installed "
        "here. Verification is never switched off.",
    ),
    Reach.TIMEOUT: Words(
        "There was no answer in time. Often a firewall silently drops the connection.",
        "Ask your network team whether this computer may connect to this host and port, then check again.",
    ),
    Reach.PROXY: Words(
        "The proxy does not allow the connection, so nothing was sent to the host.",
        "Ask your network team for the host, port, user and password of the proxy, and compare the variable. If it is "
        "right, ask whether the proxy may reach this host. Hosts in NO_PROXY are reached without it.",
    ),
    Reach.ENVIRONMENT: Words(
        "An environment variable of this computer is not valid, so no connection was made.",
        "Correct or unset the variable and start cxr-tui again.",
    ),
}
"""Why a host could not be reached, and what a person does about it."""

_CUT = Cause(
    "service-fault",
    Status.UNKNOWN,
    "The connection was lost while the answer arrived.",
    f"Check again in a minute. {NOTHING_LOST}",
)

_LATE = Cause(
    "service-fault",
    Status.UNKNOWN,
    "The host has answered before, but not in time now. Usually this is a temporary fault at Oracle or on the way.",
    f"Check again in a minute. {NOTHING_LOST}",
)

_NOT_THE_SERVICE = Cause(
    "service-fault",
    Status.UNKNOWN,
    "The answer does not have the documented format, so it may come from a proxy, a firewall or a sign-in page on the "
    "way, or from a service that limits or blocks calls.",
    "Follow the text of the answer. Compare the address with the product's screen, and ask your network team whether "
    f"something on the way asks for a sign-in. Then check again. {NOTHING_LOST}",
)

_SFTP_LOGIN = {
    SftpRefusal.KEY: Words(
        "The file server refused this key for this user: the key is not registered (yet), belongs to another SCP "
        "user, or is of a refused type.",
        "Open Account > Global settings > SSH2 Keys management and compare the SCP user; the key needs the status "
        "Completed. Only RSA and DSA keys of at least 1024 bits are accepted.",
    ),
    SftpRefusal.KEY_KIND: Words(
        "The file server accepts only other kinds of keys, whether this one is registered or not.",
        "Create a key of a kind that the server accepts (Oracle documents RSA, at least 1024 bits), add its public "
        "half under Account > Global settings > SSH2 Keys management, and enter the new private key file.",
    ),
    SftpRefusal.ANY_KEY: Words(
        "The file server offers this user no login with a key: it accepts none from this user, or no second one. "
        "Oracle documents logins with a key only.",
        "Compare User name and Server with the Destination Connectivity screen of the export job. If they are "
        "right, ask Oracle Support whether this SCP user may log in with a key.",
    ),
    SftpRefusal.KEY_ALONE: Words(
        "The key is registered and accepted, but the file server asks for a second factor, which no unattended program "
        "can give. If it asks every user, CX Audience cannot log in either.",
        "Ask Oracle Support to let this SCP user log in with the key alone, or continue without your own key.",
    ),
    SftpRefusal.SFTP: Words(
        "The key is registered and accepted, but the file server starts no SFTP for this user.",
        "Ask Oracle Support to enable SFTP for this SCP user. You do not need another key.",
    ),
}
"""Why a login by SFTP failed, and what a person does about it."""


def cause_of(error: OutsideError, product: Product, *, first_contact: bool) -> Cause:
    """Return what an error of a product means."""
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
                "The account's API calls for this minute are used up, perhaps by another program.",
                "Wait for a minute, then check again.",
            )
        case _ if error.passes:
            return Cause(
                "service-busy",
                Status.UNKNOWN,
                "The service is busy, or its own limit is used up. This is temporary.",
                f"Check again in ten minutes. {NOTHING_LOST}",
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
        case _ if names_address(error):
            return IP_NAMED
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
        f"Check again in a few minutes. {NOTHING_LOST}",
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
    return Cause("outside-fault", Status.UNKNOWN, "The check could not be completed.", f"Try again. {NOTHING_LOST}")
