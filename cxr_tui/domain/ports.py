"""The outside systems as protocols: what the guide may ask of them. `gateways` implements them over real sockets.

All network methods are coroutines and raise the types of `cxr_tui.domain.errors`; none retries a refused login.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from cxr_tui.domain.answers import Value
from cxr_tui.domain.instruction import Shown, Site, Visit
from cxr_tui.domain.responsys_data import (
    ConnectJob,
    ConnectRun,
    Filter,
    HostAnswer,
    ListSchema,
    LogLine,
    MessageInfo,
    PublicKeyInfo,
    RemoteFile,
    UserInfo,
)
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.ssh_public_key import HostKey


class Responsys(Protocol):
    """Responsys REST v1.3 as one API user (facts A); the login is made at the first call and shared."""

    async def login(self) -> None:
        """Log in if no token is held; LoginRefusedError, LoginBudgetSpentError, ForeignEndpointError."""

    async def user_info(self) -> UserInfo:
        """Return what the account knows of this user."""

    async def lists(self) -> tuple[ListSchema, ...]:
        """Return the profile lists that this user can see, with columns; needs List Web Services Manager."""

    async def member_count(self, list_name: str) -> int:
        """Return the number of members of a list."""

    async def member(
        self, list_name: str, column: str, value: str, fields: Sequence[str] = ()
    ) -> Mapping[str, str] | None:
        """Return one member by match column (or RIID_), all fields where none are named; None: no such member."""

    async def supplemental_tables(self) -> tuple[str, ...]:
        """Return the names of supplemental tables; needs Table Web Services Manager."""

    async def campaigns(self) -> tuple[str, ...]:
        """Return names of campaigns; needs Campaign Web Services Manager."""

    async def folders(self) -> tuple[str, ...]:
        """Return names of folders; needs Folder Web Services Manager."""

    async def organizations(self) -> tuple[str, ...]:
        """Return the names of the account's organizations."""

    async def filters(self) -> tuple[Filter, ...]:
        """Return all filters and published audiences, all pages."""

    async def connect_jobs(self) -> tuple[ConnectJob, ...]:
        """Return the Connect jobs; needs a user that may use Connect."""

    async def connect_runs(self, job_id: int, since: datetime, until: datetime) -> tuple[ConnectRun, ...]:
        """Return the runs of a job between two days, newest first, each with status and counts."""

    async def connect_run(self, job_id: int, run_id: int) -> ConnectRun:
        """Return status and counts of one run, without its start."""

    async def connect_logs(self, job_id: int, run_id: int) -> tuple[LogLine, ...]:
        """Return the log of one run."""

    async def trigger(self, job_id: int) -> int:
        """Start a job now and return the run's id."""


class Audience(Protocol):
    """CX Audience REST as one API user (facts C.1): lists and single members, nothing else is documented."""

    async def login(self) -> None:
        """Log in if no token is held."""

    async def lists(self) -> tuple[ListSchema, ...]:
        """Return the customer data lists with columns."""

    async def member(
        self, list_name: str, column: str, value: str, fields: Sequence[str] = ()
    ) -> Mapping[str, str] | None:
        """Return one member by match column, None where there is none."""


class FileServer(Protocol):
    """The Responsys file server over SFTP (facts B.9), with the customer's own key."""

    async def host_key(self) -> HostKey:
        """Return the key that the server shows, without logging in."""

    async def listing(self, folder: str) -> tuple[RemoteFile, ...]:
        """Return what lies in a folder.

        Raises RemotePathError, HostKeyUnconfirmedError, HostKeyChangedError, SftpLoginError, KeyFileError.
        """

    async def stat(self, path: str) -> RemoteFile | None:
        """Return one file's size and time, None where it does not exist."""

    async def read(self, path: str, limit: int, offset: int = 0) -> bytes:
        """Return at most `limit` bytes of a file from `offset`."""


class OpenPgp(Protocol):
    """OpenPGP through gpg, in a home directory of its own."""

    async def read_public_key(self, data: bytes) -> PublicKeyInfo:
        """Read one public key; OpenPgpError names what the data is instead."""

    async def read_message(self, head: bytes) -> MessageInfo:
        """Read the outer packets of a message from its first bytes, without any private key."""


class Credentials(Protocol):
    """Secrets of one integration in the OS keyring."""

    @property
    def store(self) -> str:
        """Name of the store in words, such as `Secret Service` or `sandbox memory, gone with it`."""

    async def put(self, item: str, secret: Secret) -> None:
        """Write, read back and compare; StoreUnusableError."""

    async def get(self, item: str) -> Secret:
        """Return a secret; NothingStoredError, StoreUnusableError."""

    async def has(self, item: str) -> bool:
        """Say whether something is stored; StoreUnusableError."""

    async def drop(self, item: str) -> None:
        """Remove a secret; nothing happens where none is stored."""


class Screens(Protocol):
    """The products' screens, where a machine can read them: only in a sandbox, and there only on request."""

    async def look(self, site: Site, path: Sequence[str]) -> Mapping[str, Value]:
        """Return what a screen shows now, by label, without entering anything."""


class Operator(Screens, Protocol):
    """Whoever does the browser part on request: in the sandbox, the sandbox itself."""

    async def perform(self, visit: Visit, seen: Mapping[str, Value | Secret], credentials: Credentials) -> Shown:
        """Carry out one visit; `seen` are values that earlier visits of the step showed; VisitRefusedError."""


class World(Protocol):
    """The outside world of one integration, as far as the answers allow to reach it."""

    @property
    def credentials(self) -> Credentials:
        """The integration's secrets."""

    @property
    def openpgp(self) -> OpenPgp:
        """Local OpenPGP tools."""

    @property
    def operator(self) -> Operator | None:
        """The sandbox's operator; None against the real products."""

    @property
    def screens(self) -> Screens | None:
        """The screens that the operator sees; None under real conditions, where only a person can look."""

    def now(self) -> datetime:
        """Return the servers' time (aware, UTC): this machine's, corrected by the `Date` of their answers.

        For schedules only: login limits and records go by `own_time`.
        """

    def own_time(self) -> datetime:
        """Return this machine's time (aware, UTC), in a sandbox the sandbox's."""

    def clock_difference(self) -> timedelta | None:
        """Return how far the servers' clock is ahead of this machine's, None while that makes no difference."""

    async def wait(self, seconds: float) -> None:
        """Let time pass, in a sandbox its own; a long wait is told."""

    async def probe_host(self, url: str) -> HostAnswer:
        """Ask a host for any answer, without credentials; UnreachableError."""

    def responsys(self) -> Responsys:
        """Responsys as the integration user."""

    def connect(self) -> Responsys | None:
        """Responsys as the API user that may use Connect; None where none was given."""

    def audience(self) -> Audience | None:
        """CX Audience as its API user; None where none was given."""

    def file_server(self) -> FileServer | None:
        """Return the file server with the customer's own key; None where no key was given."""

    async def read_file(self, path: str, limit: int) -> bytes:
        """Return at most `limit` bytes of a local file that an answer names; OSError."""

    async def keep_file(self, name: str, content: bytes) -> Path:
        """Write a file that a check has mended beside the journal, and return where it lies; OSError."""

    def file_path(self, path: str) -> Path:
        """Return a local path with `~` resolved."""


Progress = Callable[[str], None]
"""Tells the person what a check does right now, in a few words."""
