"""What each flaw of a server or a file means, and what a person does about it: one row a flaw, the code in front.

A flaw that says something for certain is a `fail`; an answer from which nothing can be concluded is `unknown`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cxr_tui.domain.errors import Flaw
from cxr_tui.domain.finding import Report, Status
from cxr_tui.domain.responsys_data import RemoteFile
from cxr_tui.guide.catalog.explanation import Cause, Words

_INSPECTED = (
    "Ask your network people whether a proxy inspects TLS on the way, and to install its authority here if so. "
    "Otherwise ask Oracle Support. The verification is never switched off."
)
_CLOCK = "Look at the date and time of this machine first (cxr-tui doctor does)."
_NOT_ORACLE = (
    "Compare the address with the screen that it was read from: this is hardly the product's own server. If it is "
    "right, ask your network people what answers in its place."
)
_NOTHING_READ = "Nothing of it was used."

_CERTIFICATES = {
    Flaw.CERTIFICATE_EXPIRED: (
        "The server's certificate has run out, or the clock of this machine is ahead.",
        f"{_CLOCK} If it is right, the operator of the server has to renew the certificate. {_INSPECTED}",
    ),
    Flaw.CERTIFICATE_NOT_YET_VALID: (
        "The server's certificate is not valid yet, or the clock of this machine is behind.",
        f"{_CLOCK} {_INSPECTED}",
    ),
    Flaw.CERTIFICATE_SELF_SIGNED: (
        "The certificate vouches for itself; anybody can make one like it.",
        f"The products' servers never show one. {_INSPECTED}",
    ),
    Flaw.CERTIFICATE_UNKNOWN_AUTHORITY: (
        "The certificate was issued by an authority that this machine does not know.",
        _INSPECTED,
    ),
    Flaw.CERTIFICATE_WRONG_HOST: (
        "The certificate belongs to another host; whoever answers cannot prove to be the one that was asked for.",
        f"Compare the address with the screen that it was read from. {_INSPECTED}",
    ),
    Flaw.CERTIFICATE_WEAK: (
        "The certificate rests on a key or a signature that can be forged.",
        f"The operator of the server has to replace it. {_INSPECTED}",
    ),
    Flaw.CERTIFICATE_UNFIT: (
        "The certificate is not one for servers, or its chain is not in order.",
        _INSPECTED,
    ),
    Flaw.TLS_TOO_OLD: (
        "The server knows no encryption that is still safe; Responsys itself requires TLS 1.2.",
        "Ask your network people for an old proxy or load balancer on the way. Older encryption is never spoken.",
    ),
}

_ANSWERS = {
    Flaw.ANSWER_TOO_LARGE: "The answer is larger than any that the products give; the reading stopped there.",
    Flaw.ANSWER_HEAD_TOO_LARGE: "The headers of the answer do not end; the reading stopped there.",
    Flaw.ANSWER_ENDLESS: "The answer went on coming and did not end: the line is very slow, or the server trickles.",
    Flaw.ANSWER_ENCODING: "The answer is compressed, which was not asked for; a proxy on the way may do that.",
    Flaw.ANSWER_TYPE: "The products answer with JSON; something else was announced.",
    Flaw.ANSWER_NOT_UTF8: "The answer holds characters that are none, so its names and values cannot be trusted.",
    Flaw.ANSWER_TOO_DEEP: "The answer is nested deeper than any that the products give.",
}

_OTHERS = {
    Flaw.REDIRECTED: Words(
        "The server sends the call on to another address, as it does during maintenance. That is not followed: a "
        "password or a token goes to the address that was entered, and nowhere else.",
        "Check again later. If it goes on, compare the login host with Account > Global settings > Account "
        "configuration. If the company's network puts a sign-in page in between, sign in there first.",
        Status.UNKNOWN,
    ),
    Flaw.SSH_TOO_OLD: Words(
        "The file server takes only SSH algorithms that are no longer safe (for host keys, key exchange, ciphers or "
        "signatures), and this program does not use them. Neither a password nor a private key was sent.",
        "Ask Oracle Support to enable current SSH algorithms on the file server (rsa-sha2-256 for signatures of RSA "
        "keys); cxr-tui doctor lists what it offers before the login. Until then, look at the files yourself.",
    ),
    Flaw.HOST_KEY_DOWNGRADED: Words(
        "The file server shows a weaker kind of key than the confirmed one and no longer the confirmed one itself. "
        "Somebody in between who cannot have the confirmed key would do just that. Nothing was sent there.",
        "Do not go on. Ask Oracle Support which host keys the file server has, and confirm another one only if they "
        "name it by themselves.",
    ),
    Flaw.SFTP_BROKEN: Words(
        f"What answers as the file server does not keep to its own protocol. {_NOTHING_READ}",
        _NOT_ORACLE,
        Status.UNKNOWN,
    ),
    Flaw.SFTP_TEXT: Words(
        "The login worked, but the server then runs a program for this user that prints text, and SFTP programs cannot "
        "read that: a message of its login scripts, or a command that it forces on the user.",
        "Send the text to Oracle Support, and ask for SFTP without it for this SCP user.",
    ),
    Flaw.LISTING_ENDLESS: Words(
        "The list of files does not end, or no folder of an export holds that many; the reading stopped there.",
        "Compare the path with the Destination Connectivity screen. If it is right, show this to Oracle Support.",
    ),
    Flaw.FILE_NAMES_STRANGE: Words(
        "No export job writes such names. They are shown with their hidden characters made visible and used for "
        "nothing, but other programs may stumble over them, or be led elsewhere.",
        "Find out who put these files there, and have them removed.",
        Status.WARN,
    ),
    Flaw.KEY_FILE_TOO_LARGE: Words(
        f"No public key is that large, so this is something else. {_NOTHING_READ}",
        "Download the key again: CX Audience, Select or generate key, select the key pair, Download.",
    ),
    Flaw.KEY_FILE_NESTED: Words(
        f"A key file holds the key itself; this one holds packed or signed data instead. {_NOTHING_READ}",
        "Download the key again: CX Audience, Select or generate key, select the key pair, Download.",
    ),
    Flaw.KEY_FILE_CUT_OFF: Words(
        "A part of the file claims to be longer than the file is: the end is missing, or the length is forged.",
        "Download the key again, and compare its size with what CX Audience offers.",
    ),
    Flaw.KEY_TOO_MANY_USER_IDS: Words(
        "A key pair of CX Audience has one name; programs that read a key with so many slow down or stop. "
        f"{_NOTHING_READ}",
        "Generate a key pair in CX Audience and download its public key; do not use this one.",
    ),
}


def _all() -> dict[Flaw, Cause]:
    causes = {flaw: words.cause(flaw.value) for flaw, words in _OTHERS.items()}
    for flaw, (why, remedy) in _CERTIFICATES.items():
        causes[flaw] = Cause(flaw.value, Status.FAIL, f"{why} Nothing secret was sent.", remedy)
    for flaw, why in _ANSWERS.items():
        causes[flaw] = Cause(flaw.value, Status.UNKNOWN, f"{why} {_NOTHING_READ}", _NOT_ORACLE)
    return causes


ANOMALIES: Mapping[Flaw, Cause] = _all()
"""What each flaw means; a test holds that none is missing."""

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
"""Codes that say no more than that a system could not be reached: they take no evidence back, and scripts get an exit
code of its own."""


_NAMES = 3
"""Of many, so many are shown."""


def report_anomaly(report: Report, flaw: Flaw, seen: str, within: str = "") -> None:
    """Add the finding of a flaw that a check itself has seen; `within` is the code of what it tells more exactly."""
    report.add(ANOMALIES[flaw].finding(seen, within=within))


def report_strange_names(report: Report, folder: str, files: Sequence[RemoteFile]) -> None:
    """Add a finding where a folder holds names that no export gives."""
    strange = [file.name for file in files if file.strange]
    if strange:
        shown = ", ".join(strange[:_NAMES])
        more = f" and {len(strange) - _NAMES} more" if len(strange) > _NAMES else ""
        report_anomaly(report, Flaw.FILE_NAMES_STRANGE, f"In {folder} lie {shown or 'files'}{more}.")
