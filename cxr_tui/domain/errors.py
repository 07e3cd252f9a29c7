"""Errors of outside systems, one type per cause, so that a check can name the cause; and of input."""

from __future__ import annotations

import errno
from datetime import timedelta
from enum import StrEnum


class Flaw(StrEnum):
    """A defect or refusal of a server or a file that has a separate finding; the value is its code.

    Revoked certificates are not detected: like most programs outside of browsers, this one fetches no revocation lists.
    """

    CERTIFICATE_EXPIRED = "certificate-expired"
    CERTIFICATE_NOT_YET_VALID = "certificate-not-yet-valid"
    CERTIFICATE_SELF_SIGNED = "certificate-self-signed"
    CERTIFICATE_UNKNOWN_AUTHORITY = "certificate-unknown-authority"
    CERTIFICATE_WRONG_HOST = "certificate-wrong-host"
    CERTIFICATE_WEAK = "certificate-weak"
    CERTIFICATE_UNFIT = "certificate-unfit"
    """Any other reason for which the verification fails."""
    TLS_TOO_OLD = "tls-too-old"

    REDIRECTED = "redirected"
    ANSWER_TOO_LARGE = "answer-too-large"
    ANSWER_HEAD_TOO_LARGE = "answer-head-too-large"
    ANSWER_ENDLESS = "answer-endless"
    """It did not end in time."""
    ANSWER_ENCODING = "answer-encoding"
    """It has a content encoding that was not requested."""
    ANSWER_TYPE = "answer-type"
    """Its content type is not JSON."""
    ANSWER_NOT_UTF8 = "answer-not-utf8"
    ANSWER_TOO_DEEP = "answer-too-deep"

    SSH_TOO_OLD = "ssh-too-old"
    HOST_KEY_DOWNGRADED = "host-key-downgraded"
    SFTP_KEY_KIND = "sftp-key-kind"
    """It refuses every key of this kind."""
    SFTP_NO_KEYS = "sftp-no-keys"
    SFTP_SECOND_FACTOR = "sftp-second-factor"
    SFTP_NOT_OFFERED = "sftp-not-offered"
    SFTP_BROKEN = "sftp-broken"
    """Packets with impossible sizes or lengths."""
    SFTP_TEXT = "sftp-text"
    """Text in place of packets."""
    LISTING_ENDLESS = "listing-endless"
    FILE_NAMES_STRANGE = "file-names-strange"

    KEY_FILE_TOO_LARGE = "key-file-too-large"
    KEY_FILE_NESTED = "key-file-nested"
    """Packets within packets: a compressed or signed message in place of a key."""
    KEY_FILE_CUT_OFF = "key-file-cut-off"
    """A packet that declares more bytes than the file has."""
    KEY_TOO_MANY_USER_IDS = "key-too-many-user-ids"


class InputError(Exception):
    """Input that cannot be used: a command line, a file, a name; the text says why."""


class JournalError(InputError):
    """The journal file cannot be used; the text says which file and why."""


class OutsideError(Exception):
    """An error of an outside system; the text is safe to show and has no secret."""

    def __init__(self, text: str = "", *, flaw: Flaw | None = None) -> None:
        super().__init__(text)
        self.flaw = flaw
        """The defect that caused it, if there is one."""


class Reach(StrEnum):
    """The stage at which a connection failed."""

    DNS = "dns"
    REFUSED = "refused"
    TLS = "tls"
    TIMEOUT = "timeout"
    CUT = "cut"
    PROXY = "proxy"
    """At the proxy."""
    ENVIRONMENT = "environment"
    """Not tried: an environment variable of this computer cannot be used."""


class UnreachableError(OutsideError):
    """No answer: name resolution, connection or TLS failed, the time limit passed, or the connection was closed."""

    def __init__(
        self, reach: Reach, where: str, detail: str = "", *, flaw: Flaw | None = None, sent: bool = True
    ) -> None:
        super().__init__(f"{where}: {detail or reach.value}", flaw=flaw)
        self.reach = reach
        self.where = where
        self.detail = detail
        self.sent = sent
        """Whether a request may have arrived; False: there was no connection."""


class LoginUnansweredError(UnreachableError):
    """A login without an answer, which may have been refused; never repeated automatically."""


class RefusedError(OutsideError):
    """The server answered with an error (facts A.5)."""

    def __init__(self, status: int, code: str, title: str = "", detail: str = "") -> None:
        super().__init__(" - ".join(part for part in (f"{status} {code}", title, detail) if part))
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail

    @property
    def passes(self) -> bool:
        """Whether the error is temporary: a limit, or a service that is busy or under maintenance."""
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
"""Refused logins after which this program stops; others may be trying the same password."""
MOST_UNCERTAIN = 3
"""Logins refused or without a clear answer after which this program stops."""
LOCKING_REFUSALS = 5
"""Refused logins in a row that lock a user (facts B.3; documented)."""
LOCK_LASTS = timedelta(minutes=60)
"""Default duration of a lock (facts B.3; documented); older refusals no longer count."""


class LoginRefusedError(RefusedError):
    """A refused login; never repeated automatically, because five of them lock the user (facts B.3)."""

    refusals = 0
    """Refused logins with this password so far; 0 if this one has another cause."""
    item = ""
    """Keyring item of the password, if known."""


class LoginBudgetSpentError(OutsideError):
    """No further login is tried, because earlier ones were or may have been refused; five lock the user (facts B.3)."""

    def __init__(self, refusals: int, unanswered: int = 0, *, item: str = "") -> None:
        causes = [f"{refusals} logins were refused"] if refusals or not unanswered else []
        causes += [f"{unanswered} ended without a clear answer"] if unanswered else []
        super().__init__(f"{' and '.join(causes)}; no further login is tried")
        self.refusals = refusals
        self.item = item
        """Keyring item of the password, if known."""


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
    """An answer that does not have the documented form; the text names the part."""


class ForeignEndpointError(OutsideError):
    """A login returned a host of another provider."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"expected a host of {expected}, but the login returned {found}")


class HostKeyUnconfirmedError(OutsideError):
    """The file server's host key was never confirmed; names the current one."""

    def __init__(self, kind: str, fingerprint: str) -> None:
        super().__init__(f"{kind} {fingerprint} is not saved yet")


class HostKeyChangedError(OutsideError):
    """The file server's host key is not the pinned one."""

    def __init__(self, pinned: str, found: str) -> None:
        super().__init__(f"pinned {pinned}, found {found}")
        self.pinned = pinned
        self.found = found


class KeyFileError(OutsideError):
    """A private key file that cannot be used: missing, wrong passphrase, PuTTY format, wrong type."""


class SftpLoginError(OutsideError):
    """The file server refused SFTP to this user with this key; `flaw` has the reason, if it gives one."""

    def __init__(
        self,
        text: str,
        kind: str = "",
        bits: int = 0,
        fingerprint: str = "",
        *,
        flaw: Flaw | None = None,
    ) -> None:
        super().__init__(text, flaw=flaw)
        self.kind = kind
        """Such as `ssh-rsa`."""
        self.bits = bits
        self.fingerprint = fingerprint


class RemotePathError(OutsideError):
    """A remote path that does not exist or may not be read."""


class OpenPgpError(OutsideError):
    """gpg could not read its input, or cannot be used."""


class PrivateKeyFileError(OpenPgpError):
    """A private key in place of a public one."""


class GpgUnusableError(OpenPgpError):
    """gpg is missing, too old, was killed or has no folder; says nothing about its input."""

    def __init__(self, problem: str, advice: str = "") -> None:
        super().__init__(f"{problem}; {advice}" if advice else problem)
        self.problem = problem


class StoreUnusableError(OutsideError):
    """The OS keyring cannot be reached, is locked, or is not secure; `advice` has remedies, best first."""

    def __init__(self, text: str, *advice: str) -> None:
        super().__init__(f"{text}. {'; '.join(advice)}" if advice else text)
        self.advice = advice


class NothingStoredError(OutsideError):
    """The keyring works and has no secret under this item."""

    def __init__(self, item: str) -> None:
        super().__init__(f"nothing is stored under {item}")
        self.item = item


_MACHINE = "ENOSPC EDQUOT EFBIG EROFS EACCES EPERM EIO ENOTDIR EMFILE ENFILE ENOMEM"
_MACHINE_NUMBERS = frozenset(getattr(errno, name) for name in _MACHINE.split() if hasattr(errno, name))


def machine_fault(error: BaseException) -> str:
    """Return what this computer refused, such as disk space, and where; empty for any other error."""
    if not isinstance(error, OSError) or error.errno not in _MACHINE_NUMBERS:
        return ""
    return f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror)
