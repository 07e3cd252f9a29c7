"""Lists, columns, members, jobs and files as the two products report them, and their undocumented words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from cxr_tui.domain.date_formats import BLANKS
from cxr_tui.domain.text import is_strange_name

MATCH_COLUMNS = ("CUSTOMER_ID_", "EMAIL_ADDRESS_", "MOBILE_NUMBER_", "EMAIL_MD5_HASH_", "EMAIL_SHA256_HASH_")
"""Columns that may match records of the two products (Integrating with Responsys, step 4.7; documented)."""

QUERY_ATTRIBUTES = {
    "RIID_": "r",
    "EMAIL_ADDRESS_": "e",
    "CUSTOMER_ID_": "c",
    "MOBILE_NUMBER_": "m",
    "EMAIL_MD5_HASH_": "e_md5",
    "EMAIL_SHA256_HASH_": "e_sha256",
}
"""The value of `qa` for each column that members can be looked up by (facts A.7; documented)."""

IDENTITIES = ("CUSTOMER_ID_", "EMAIL_ADDRESS_", "MOBILE_NUMBER_")
"""Every record needs a valid value in one of them (facts C.9; documented)."""

EMAIL = rf"[^@{BLANKS},;]+@[^@{BLANKS},;]+\.[^@{BLANKS},;.]+"
"""INVALID DATA FORMAT is documented (facts C.9), the form of an address is inferred."""
MOBILE = r"[0-9]{6,15}"
"""6 to 15 digits (facts C.9; documented)."""
COUNTRY = r"[A-Za-z]{2}"
"""ISO two-letter code (facts C.9; documented)."""

SYSTEM_COLUMNS: tuple[tuple[str, str], ...] = (
    ("RIID_", "INTEGER"),
    ("CREATED_SOURCE_IP_", "STR255"),
    ("CUSTOMER_ID_", "STR255"),
    ("EMAIL_ADDRESS_", "STR500"),
    ("EMAIL_DOMAIN_", "STR255"),
    ("EMAIL_ISP_", "STR255"),
    ("EMAIL_FORMAT_", "CHAR"),
    ("EMAIL_PERMISSION_STATUS_", "CHAR"),
    ("EMAIL_DELIVERABILITY_STATUS_", "CHAR"),
    ("EMAIL_PERMISSION_REASON_", "STR255"),
    ("EMAIL_MD5_HASH_", "STR50"),
    ("EMAIL_SHA256_HASH_", "STR100"),
    ("MOBILE_NUMBER_", "STR50"),
    ("MOBILE_COUNTRY_", "STR25"),
    ("MOBILE_PERMISSION_STATUS_", "CHAR"),
    ("MOBILE_DELIVERABILITY_STATUS_", "CHAR"),
    ("MOBILE_PERMISSION_REASON_", "STR255"),
    ("POSTAL_STREET_1_", "STR255"),
    ("POSTAL_STREET_2_", "STR255"),
    ("CITY_", "STR50"),
    ("STATE_", "STR50"),
    ("POSTAL_CODE_", "STR25"),
    ("COUNTRY_", "STR50"),
    ("POSTAL_PERMISSION_STATUS_", "CHAR"),
    ("POSTAL_DELIVERABILITY_STATUS_", "CHAR"),
    ("POSTAL_PERMISSION_REASON_", "STR255"),
    ("CREATED_DATE_", "TIMESTAMP"),
    ("MODIFIED_DATE_", "TIMESTAMP"),
)
"""Names and types of the columns that every list has, in the order of `GET /lists/{list}/fields` (facts B.11;
documented)."""

DELIMITERS = {"Comma": ",", "Semicolon": ";", "Tab": "\t", "Pipe": "|"}
"""The four field delimiters, as the screens name them (facts B.6; documented for event files, inferred for lists)."""


def column_key(name: str) -> str:
    """Return the form in which column names are compared: both products ignore case (facts B.11; documented)."""
    return name.upper()


@dataclass(frozen=True)
class Column:
    """One column of a list: name and type such as STR255, INTEGER, TIMESTAMP (facts B.11)."""

    name: str
    type: str


@dataclass(frozen=True)
class ListSchema:
    """A profile list or customer data list with its columns in the order the product reports them."""

    name: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column | None:
        """Return the column of this name, ignoring case; None if there is none."""
        return next((column for column in self.columns if column_key(column.name) == column_key(name)), None)


@dataclass(frozen=True)
class UserInfo:
    """The answer of `GET /user/info` about its own user (facts A.7; documented)."""

    account_name: str
    user_name: str
    email: str
    locale: str
    time_zone: str
    created: str


@dataclass(frozen=True)
class Filter:
    """A filter or published audience as `GET /filters` lists it; `raw` has the answer's other fields."""

    name: str
    raw: Mapping[str, object] = field(default_factory=dict)


class RunStatus(StrEnum):
    """The status of a Connect run (facts A.9; documented)."""

    RUNNING = "running"
    FAILED = "failed"
    SUCCEEDED = "succeeded"
    ABORTED = "aborted"


@dataclass(frozen=True)
class ConnectJob:
    """A Connect job as `GET /connectJobs` lists it (facts A.9; documented)."""

    job_id: int
    name: str
    active: bool | None
    """None: not reported."""
    running: bool
    next_run: datetime | None
    last_run: datetime | None


@dataclass(frozen=True)
class ConnectRun:
    """One run of a Connect job; counts are None until the status call was made."""

    run_id: int
    status: RunStatus | None
    started: datetime | None
    """None: not reported, or ambiguous."""
    seconds: int | None
    processed: int | None = None
    added: int | None = None
    updated: int | None = None
    rejected: int | None = None
    error: str = ""
    reported_start: str = ""
    """The start as reported, safe to show."""


@dataclass(frozen=True)
class LogLine:
    """One line of a run's log."""

    level: str
    message: str


CLOCK_SKEW = timedelta(minutes=2)
"""Tolerated difference between the clocks of file server and account."""


@dataclass(frozen=True)
class RemoteFile:
    """A file or folder on the file server; SFTP servers may omit each attribute, which is then None."""

    name: str
    path: str
    size: int | None
    """Bytes."""
    modified: datetime | None
    """Modification time (aware), as the server reports it."""
    is_folder: bool = False

    def written(self, now: datetime) -> datetime | None:
        """Return when it was written; None if the server reports no time or a future one."""
        return None if self.modified is None or self.modified > now + CLOCK_SKEW else self.modified

    @property
    def strange(self) -> bool:
        """Whether no export gives such a name: path parts, hidden characters, too long."""
        return is_strange_name(self.name)


def age_key(file: RemoteFile) -> datetime:
    """Return a sort key by modification time; files without one sort as the oldest."""
    return file.modified or datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class PublicKeyInfo:
    """An OpenPGP public key, as gpg reads it."""

    fingerprint: str
    user_ids: tuple[str, ...]
    algorithm: str
    bits: int
    created: datetime
    expires: datetime | None
    revoked: bool
    can_encrypt: bool
    encryption_key_ids: tuple[str, ...]
    """Long key ids that a message to this key can have as recipients."""
    announces_aead: bool
    key_ids: tuple[str, ...] = ()
    """Long ids of the primary key and all subkeys, including expired ones and ones that cannot encrypt."""


HIDDEN_RECIPIENT = "0" * 16
"""The key id of an anonymous recipient (RFC 4880, 5.1)."""


@dataclass(frozen=True)
class MessageInfo:
    """An OpenPGP message seen from outside, without decrypting it."""

    encrypted: bool
    recipients: tuple[str, ...]
    """Long key ids of the recipients; HIDDEN_RECIPIENT is an anonymous or unreadable one."""
    integrity: bool
    """Whether the data packet is integrity protected."""
    aead: bool
    what: str
    """The kind of the first bytes, such as `OpenPGP message` or `plain text`."""
    by_password: bool = False
    """Whether a password can also decrypt it."""
    complete: bool = True
    """Whether the message ends within the bytes that were read; meaningful only for a whole file."""
    begun: bool = True
    """Whether the data begins within the bytes that were read, after all recipients."""


@dataclass(frozen=True)
class HostAnswer:
    """A host's answer to a first request: URL, HTTP status, TLS, server time."""

    url: str
    status: int
    tls: bool
    date: datetime | None
    seconds: float
    location: str = ""
    """The redirect's target; never followed."""


class WordKind(StrEnum):
    """The kind of a word in an answer."""

    FIELD = "field"
    ERROR_CODE = "error code"
    STATUS = "status"
    TYPE = "type"
    FORMAT = "format"
    TIME_ZONE = "time zone"


@dataclass(frozen=True, order=True)
class FirstSeen:
    """An undocumented word and its place; never a value, or a name that a customer chose."""

    at: str
    """Product, call and place in the answer, such as `Responsys GET /connectJobs jobType`."""
    kind: WordKind
    word: str


def bare(text: str) -> str:
    """Return a name for comparison: `ACME_LIST1` and `acmeList2` are the same, as the digits of a word are masked."""
    return "".join("9" if char.isdigit() else char for char in text.casefold() if char.isalnum())
