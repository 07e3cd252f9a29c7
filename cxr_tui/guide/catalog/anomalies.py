"""What each flaw of a server or a file means, and what a person does about it.

A flaw that is certain is a `fail`; an answer from which nothing can be concluded is `unknown`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cxr_tui.domain.errors import Flaw
from cxr_tui.domain.finding import Report, Status
from cxr_tui.domain.responsys_data import RemoteFile
from cxr_tui.guide.catalog.explanation import Cause

_INSPECTED = (
    "Ask your network team whether a proxy inspects TLS on the way; if so, have its authority installed here. "
    "Otherwise ask Oracle Support. Verification is never switched off."
)
_CLOCK = "Check the date and time of this computer first (cxr-tui doctor does)."
_NOT_ORACLE = (
    "Compare the address with the screen that shows it: this is probably not Oracle's server. If the address is "
    "right, ask your network team what answers in its place."
)
_NOTHING_READ = "The wizard used nothing of it."

_CERTIFICATES = {
    Flaw.CERTIFICATE_EXPIRED: (
        "The server's certificate has expired, or the clock of this computer is ahead.",
        f"{_CLOCK} If they are right, the server's owner has to renew the certificate. {_INSPECTED}",
    ),
    Flaw.CERTIFICATE_NOT_YET_VALID: (
        "The server's certificate is not valid yet, or the clock of this computer is behind.",
        f"{_CLOCK} {_INSPECTED}",
    ),
    Flaw.CERTIFICATE_SELF_SIGNED: (
        "The certificate is self-signed; anyone can make one like it.",
        f"Oracle's servers do not use one. {_INSPECTED}",
    ),
    Flaw.CERTIFICATE_UNKNOWN_AUTHORITY: (
        "The certificate was issued by an authority that this computer does not trust.",
        _INSPECTED,
    ),
    Flaw.CERTIFICATE_WRONG_HOST: (
        "The certificate belongs to another host, so the server may be a different one.",
        f"Compare the address with the screen that shows it. {_INSPECTED}",
    ),
    Flaw.CERTIFICATE_WEAK: (
        "The certificate uses a key or a signature that can be forged.",
        f"The server's owner has to replace it. {_INSPECTED}",
    ),
    Flaw.CERTIFICATE_UNFIT: (
        "The certificate is not meant for servers, or its chain is invalid.",
        _INSPECTED,
    ),
    Flaw.TLS_TOO_OLD: (
        "The server supports no secure encryption; Responsys itself requires TLS 1.2.",
        "Ask your network team about an old proxy or load balancer on the way. The wizard never uses older encryption.",
    ),
}

_ANSWERS = {
    Flaw.ANSWER_TOO_LARGE: "The answer is larger than any that the products give, so the wizard stopped reading.",
    Flaw.ANSWER_HEAD_TOO_LARGE: "The headers of the answer do not end, so the wizard stopped reading.",
    Flaw.ANSWER_ENDLESS: "The answer did not end: the connection or the server is very slow.",
    Flaw.ANSWER_ENCODING: "The answer is compressed, which the wizard did not ask for; a proxy may do that.",
    Flaw.ANSWER_TYPE: "The products answer with JSON; this answer announces something else.",
    Flaw.ANSWER_NOT_UTF8: "The answer is not valid UTF-8, so its names and values cannot be trusted.",
    Flaw.ANSWER_TOO_DEEP: "The answer is nested deeper than any that the products give.",
}


def _cause(flaw: Flaw, why: str, remedy: str, status: Status = Status.FAIL) -> Cause:
    return Cause(flaw.value, status, why, remedy)


_OTHERS = (
    _cause(
        Flaw.REDIRECTED,
        "The server redirects the call to another address, as it does during maintenance. The wizard does not follow: "
        "a password or a token goes only to the address that was entered.",
        "Check again later. If it continues, compare the login host with Account > Global settings > Account "
        "configuration. If your company's network shows a sign-in page, sign in there first.",
        Status.UNKNOWN,
    ),
    _cause(
        Flaw.SSH_TOO_OLD,
        "The file server accepts only SSH algorithms that are no longer secure (for host keys, key exchange, ciphers "
        "or signatures), and the wizard does not use them. Neither a password nor a private key was sent.",
        "Ask Oracle Support to enable current SSH algorithms on the file server (rsa-sha2-256 for signatures of RSA "
        "keys); cxr-tui doctor lists the algorithms it offers. Until then, look at the files yourself.",
    ),
    _cause(
        Flaw.HOST_KEY_DOWNGRADED,
        "The file server shows a weaker kind of host key instead of the confirmed one, as someone who intercepts the "
        "connection would. Nothing was sent there.",
        "Do not continue. Ask Oracle Support which host keys the file server has, and confirm another key only if they "
        "name it without being shown it.",
    ),
    _cause(
        Flaw.SFTP_KEY_KIND,
        "The file server accepts only other kinds of keys, whether this one is registered or not.",
        "Create a key of a kind that the server accepts (Oracle documents RSA, at least 1024 bits), add its public "
        "half under Account > Global settings > SSH2 Keys management, and enter the new private key file.",
    ),
    _cause(
        Flaw.SFTP_NO_KEYS,
        "The file server offers this user no login with a key: it accepts none from this user, or no second one. "
        "Oracle documents logins with a key only.",
        "Compare User name and Server with the Destination Connectivity screen of the export job. If they are "
        "right, ask Oracle Support whether this SCP user may log in with a key.",
    ),
    _cause(
        Flaw.SFTP_SECOND_FACTOR,
        "The key is registered and accepted, but the file server asks for a second factor, which no unattended program "
        "can give. If it asks every user, CX Audience cannot log in either.",
        "Ask Oracle Support to let this SCP user log in with the key alone, or continue without your own key.",
    ),
    _cause(
        Flaw.SFTP_NOT_OFFERED,
        "The key is registered and accepted, but the file server starts no SFTP for this user.",
        "Ask Oracle Support to enable SFTP for this SCP user. You do not need another key.",
    ),
    _cause(
        Flaw.SFTP_BROKEN,
        f"The file server does not follow its own protocol. {_NOTHING_READ}",
        _NOT_ORACLE,
        Status.UNKNOWN,
    ),
    _cause(
        Flaw.SFTP_TEXT,
        "The login worked, but the server then prints text that SFTP programs cannot read: a message of its login "
        "scripts, or a command that it forces on the user.",
        "Send the text to Oracle Support and ask for SFTP without it for this SCP user.",
    ),
    _cause(
        Flaw.LISTING_ENDLESS,
        "The list of files does not end or is too long for the folder of an export, so the wizard stopped reading.",
        "Compare the path with the Destination Connectivity screen. If it is right, show this to Oracle Support.",
    ),
    _cause(
        Flaw.FILE_NAMES_STRANGE,
        "No export job writes such names. The wizard makes their hidden characters visible and does not use the files, "
        "but other programs may fail on them or open another file.",
        "Find out who put these files there and have them removed.",
        Status.WARN,
    ),
    _cause(
        Flaw.KEY_FILE_TOO_LARGE,
        f"No public key is that large, so this is something else. {_NOTHING_READ}",
        "Download the key again: CX Audience, Select or generate key, select the key pair, Download.",
    ),
    _cause(
        Flaw.KEY_FILE_NESTED,
        f"A key file contains the key itself; this one contains packed or signed data. {_NOTHING_READ}",
        "Download the key again: CX Audience, Select or generate key, select the key pair, Download.",
    ),
    _cause(
        Flaw.KEY_FILE_CUT_OFF,
        "A part of the file claims to be longer than the file: the end is missing, or the length is forged.",
        "Download the key again and compare its size with the original.",
    ),
    _cause(
        Flaw.KEY_TOO_MANY_USER_IDS,
        "A key pair of CX Audience has one name; programs that read a key with many names slow down or stop. "
        f"{_NOTHING_READ}",
        "Generate a key pair in CX Audience and download its public key. Do not use this one.",
    ),
)

ANOMALIES: Mapping[Flaw, Cause] = {
    Flaw(cause.code): cause
    for cause in (
        *(_cause(flaw, f"{why} Nothing secret was sent.", remedy) for flaw, (why, remedy) in _CERTIFICATES.items()),
        *(_cause(flaw, f"{why} {_NOTHING_READ}", _NOT_ORACLE, Status.UNKNOWN) for flaw, why in _ANSWERS.items()),
        *_OTHERS,
    )
}
"""What each flaw means; a test checks that none is missing."""

UNREACHABLE = frozenset(
    {
        "host-unreachable",
        "login-unanswered",
        "service-busy",
        "service-fault",
        "throttled",
        Flaw.REDIRECTED.value,
        Flaw.SSH_TOO_OLD.value,
        Flaw.ANSWER_ENDLESS.value,
    }
    | {flaw.value for flaw in _CERTIFICATES}
)
"""Codes for systems that could not be reached: they take no evidence back and have their own exit code."""


_NAMES = 3
"""How many names one finding shows."""


def report_anomaly(report: Report, flaw: Flaw, seen: str, within: str = "") -> None:
    """Add the finding of a flaw that a check itself has seen; `within` is the code of the more general finding."""
    report.add(ANOMALIES[flaw].finding(seen, within=within))


def report_strange_names(report: Report, folder: str, files: Sequence[RemoteFile]) -> None:
    """Add a finding where a folder contains names that no export gives."""
    strange = [file.name for file in files if file.strange]
    if strange:
        shown = ", ".join(strange[:_NAMES])
        more = f" and {len(strange) - _NAMES} more" if len(strange) > _NAMES else ""
        report_anomaly(report, Flaw.FILE_NAMES_STRANGE, f"{folder} contains {shown or 'such files'}{more}.")
