"""What can go wrong with an outside system, one type a cause, so that a check can name the cause."""

from __future__ import annotations

import errno
from datetime import timedelta
from enum import StrEnum


class Flaw(StrEnum):
    """What is wrong with how a server or a file presents itself; the value is the finding's code.

    No honest and healthy server or file does any of these. That a certificate was revoked is not among them: no
    revocation lists are fetched, as in most programs outside of browsers.
    """

    CERTIFICATE_EXPIRED = "certificate-expired"
    CERTIFICATE_NOT_YET_VALID = "certificate-not-yet-valid"
    CERTIFICATE_SELF_SIGNED = "certificate-self-signed"
    CERTIFICATE_UNKNOWN_AUTHORITY = "certificate-unknown-authority"
    CERTIFICATE_WRONG_HOST = "certificate-wrong-host"
    CERTIFICATE_WEAK = "certificate-weak"
    CERTIFICATE_UNFIT = "certificate-unfit"
    """Any other reason for which the verification refuses it."""
    TLS_TOO_OLD = "tls-too-old"

    REDIRECTED = "redirected"
    ANSWER_TOO_LARGE = "answer-too-large"
    ANSWER_HEAD_TOO_LARGE = "answer-head-too-large"
    ANSWER_ENDLESS = "answer-endless"
    """It began, went on coming, and did not end in time."""
    ANSWER_ENCODING = "answer-encoding"
    """It has a content encoding, and none was asked for."""
    ANSWER_TYPE = "answer-type"
    """Announced as something else than JSON."""
    ANSWER_NOT_UTF8 = "answer-not-utf8"
    ANSWER_TOO_DEEP = "answer-too-deep"

    SSH_TOO_OLD = "ssh-too-old"
    HOST_KEY_DOWNGRADED = "host-key-downgraded"
    SFTP_BROKEN = "sftp-broken"
    """Packets of a size or with lengths that cannot be."""
    SFTP_TEXT = "sftp-text"
    """Text in the place of packets."""
    LISTING_ENDLESS = "listing-endless"
    FILE_NAMES_STRANGE = "file-names-strange"

    KEY_FILE_TOO_LARGE = "key-file-too-large"
    KEY_FILE_NESTED = "key-file-nested"
    """Packets within packets: a compressed or signed message in the place of a key."""
    KEY_FILE_CUT_OFF = "key-file-cut-off"
    """A packet that claims more bytes than there are."""
    KEY_TOO_MANY_USER_IDS = "key-too-many-user-ids"


class OutsideError(Exception):
    """Something about an outside system; the text is safe to show and holds no secret."""

    def __init__(self, text: str = "", *, flaw: Flaw | None = None) -> None:
        super().__init__(text)
        self.flaw = flaw
        """What no honest and healthy server or file does, where that is what it is."""


class Reach(StrEnum):
    """How far a connection got before it failed."""

    DNS = "dns"
    REFUSED = "refused"
    TLS = "tls"
    TIMEOUT = "timeout"
    CUT = "cut"
    PROXY = "proxy"
    """It got no further than the proxy."""
    ENVIRONMENT = "environment"
    """It was not tried: a variable of this machine's environment cannot be used."""


class UnreachableError(OutsideError):
    """No answer: the name does not resolve, the port refuses, TLS fails, time runs out, or the line is cut."""

    def __init__(
        self, reach: Reach, where: str, detail: str = "", *, flaw: Flaw | None = None, sent: bool = True
    ) -> None:
        super().__init__(f"{where}: {detail or reach.value}", flaw=flaw)
        self.reach = reach
        self.where = where
        self.detail = detail
        self.sent = sent
        """Whether anything may have arrived there; False: the connection was never made."""


class LoginUnansweredError(UnreachableError):
    """A login was sent and its answer lost, so nobody knows whether it was refused; never repeated by itself."""


class RefusedError(OutsideError):
    """The server answered with an error of its own (facts A.5)."""

    def __init__(self, status: int, code: str, title: str = "", detail: str = "") -> None:
        super().__init__(" - ".join(part for part in (f"{status} {code}", title, detail) if part))
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail

    @property
    def passes(self) -> bool:
        """Whether this ends without anybody's doing: a limit, or a service that is busy or under maintenance."""
        return self.code in _PASSING_CODES


_PASSING_CODES = frozenset(
    {
        "API_LIMIT_EXCEEDED",
        "DUPLICATE_API_REQUEST",
        "INTERNAL_CAPACITY_LIMIT_EXCEEDED",
        "MAX_CONCURRENT_SESSIONS_EXCEEDED",
        "REQUEST_LIMIT_EXCEEDED",
        "SERVICE_UNAVAILABLE",
    }
)
"""Codes of limits and of a busy service (facts A.5; documented for REST or for the older SOAP interface)."""

MOST_REFUSALS = 2
"""Refused logins after which this program tries no more; others may be trying the same password."""
MOST_UNCERTAIN = 3
"""Logins refused or without a clear answer after which this program tries no more: each may have been refused."""
LOCKING_REFUSALS = 5
"""Refused logins in a row that lock a user (facts B.3; documented)."""
LOCK_LASTS = timedelta(minutes=60)
"""A lock lasts this long where the account sets nothing else (facts B.3; documented); older refusals are forgotten."""


class LoginRefusedError(RefusedError):
    """A login was refused; never repeated by itself, for five of them lock the user (facts B.3)."""

    def __init__(
        self, status: int, code: str, title: str = "", detail: str = "", *, refusals: int = 0, item: str = ""
    ) -> None:
        super().__init__(status, code, title, detail)
        self.refusals = refusals
        """Refused logins counted so far with this password; 0 where this one blames something else."""
        self.item = item
        """Where the password lies in the keyring, as far as it is known."""


class LoginBudgetSpentError(OutsideError):
    """Logins were refused, or may have been, so no further one is tried: five of them lock the user (facts B.3)."""

    def __init__(self, refusals: int, unanswered: int = 0, *, item: str = "") -> None:
        told = [f"{refusals} logins were refused"] if refusals or not unanswered else []
        told += [f"{unanswered} ended without a clear answer"] if unanswered else []
        super().__init__(f"{' and '.join(told)}; no further one is tried")
        self.refusals = refusals
        self.unanswered = unanswered
        self.item = item
        """Where the password lies in the keyring, as far as it is known."""


class NoAccessError(RefusedError):
    """The user lacks a role or an organization for this call (INSUFFICIENT_ACCESS, API_DISABLED_FOR_USER...)."""


class NotFoundError(RefusedError):
    """The object does not exist, or this user cannot see it."""


class ThrottledError(RefusedError):
    """Too many calls in this minute (API_LIMIT_EXCEEDED, facts A.6)."""

    passes = True


class RedirectedError(RefusedError):
    """The call was sent on to another address, mostly a maintenance page; never followed. `detail` names it."""

    passes = True

    def __init__(self, status: int, location: str) -> None:
        super().__init__(status, "REDIRECT", "the call was sent elsewhere", location)
        self.flaw = Flaw.REDIRECTED


class ServiceFaultError(OutsideError):
    """The service itself failed: 5xx, an HTML page instead of JSON."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"{status}: {detail}")
        self.status = status
        self.detail = detail


class MalformedError(OutsideError):
    """An answer that is not of the documented shape; says which part."""


class ForeignEndpointError(OutsideError):
    """A login pointed at a host of another provider."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"expected a host of {expected}, was pointed at {found}")
        self.expected = expected
        self.found = found


class HostKeyUnconfirmedError(OutsideError):
    """The file server's host key was never confirmed; carries what the server shows now."""

    def __init__(self, kind: str, fingerprint: str) -> None:
        super().__init__(f"{kind} {fingerprint} is not saved yet")
        self.kind = kind
        self.fingerprint = fingerprint


class HostKeyChangedError(OutsideError):
    """The file server shows another host key than the one that was pinned."""

    def __init__(self, pinned: str, found: str) -> None:
        super().__init__(f"pinned {pinned}, found {found}")
        self.pinned = pinned
        self.found = found


class KeyFileError(OutsideError):
    """A private key file that cannot be used: missing, wrong passphrase, PuTTY format, wrong type."""


class SftpRefusal(StrEnum):
    """What a file server refuses at a login with a key; the value is the finding's code."""

    KEY = "sftp-auth"
    """This key for this user; why is not said."""
    KEY_KIND = "sftp-key-kind"
    """Every key of this kind, by the server's own list."""
    ANY_KEY = "sftp-no-keys"
    KEY_ALONE = "sftp-second-factor"
    SFTP = "sftp-not-offered"
    """Only that: the login itself worked."""


class SftpLoginError(OutsideError):
    """The file server did not let this user in to SFTP with this key; what it refuses, and which key that was."""

    def __init__(
        self,
        text: str,
        kind: str = "",
        bits: int = 0,
        fingerprint: str = "",
        *,
        refusal: SftpRefusal = SftpRefusal.KEY,
        flaw: Flaw | None = None,
    ) -> None:
        super().__init__(text, flaw=flaw)
        self.refusal = refusal
        self.kind = kind
        """Such as `ssh-rsa`."""
        self.bits = bits
        self.fingerprint = fingerprint


class RemotePathError(OutsideError):
    """A remote path that does not exist or may not be read."""


class OpenPgpError(OutsideError):
    """gpg could not read what it was given, or cannot be used at all."""


class PrivateKeyFileError(OpenPgpError):
    """A private key was given in the place of a public one."""


class GpgUnusableError(OpenPgpError):
    """gpg is missing, too old, was killed or has nowhere to work; says nothing of what it was given."""

    def __init__(self, problem: str, advice: str = "") -> None:
        super().__init__(f"{problem}; {advice}" if advice else problem)
        self.problem = problem
        self.advice = advice


class StoreUnusableError(OutsideError):
    """The OS keyring cannot be reached, is locked, or is no real store; `advice` is what to do here, best way first."""

    def __init__(self, text: str, *advice: str) -> None:
        super().__init__(f"{text}. {'; '.join(advice)}" if advice else text)
        self.advice = advice


class NothingStoredError(OutsideError):
    """The keyring works and holds nothing under this item."""

    def __init__(self, item: str) -> None:
        super().__init__(f"nothing is stored under {item}")
        self.item = item


_MACHINE = "ENOSPC EDQUOT EFBIG EROFS EACCES EPERM EIO ENOTDIR EMFILE ENFILE ENOMEM"
_MACHINE_NUMBERS = frozenset(getattr(errno, name) for name in _MACHINE.split() if hasattr(errno, name))


def machine_fault(error: BaseException) -> str:
    """Return what this machine refused, such as room on a disk, and where; empty where the error is another one."""
    if not isinstance(error, OSError) or error.errno not in _MACHINE_NUMBERS:
        return ""
    return f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror)
