"""The interfaces of the outside systems for the guide; `gateways` implements them.

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


class Members(Protocol):
    """The part that both products' APIs have in common; for CX Audience nothing else is documented (facts C.1)."""

    async def login(self) -> None:
        """Log in if no token is held; LoginRefusedError, LoginBudgetSpentError, ForeignEndpointError."""

    async def lists(self) -> tuple[ListSchema, ...]:
        """Return the lists that this user can see, with columns; in Responsys: List Web Services Manager."""

    async def member(self, list_name: str, column: str, value: str) -> Mapping[str, str] | None:
        """Return one member by match column or RIID_, with all columns; None if there is none."""


class Responsys(Members, Protocol):
    """Responsys REST v1.3 as one API user (facts A); the login is made at the first call and shared."""

    async def user_info(self) -> UserInfo:
        """Return the account's data about this user."""

    async def member_count(self, list_name: str) -> int:
        """Return the number of members of a list."""

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
        """Return the Connect jobs; needs a user with access to Connect."""

    async def connect_runs(self, job_id: int, since: datetime, until: datetime) -> tuple[ConnectRun, ...]:
        """Return the runs of a job between two days, newest first, each with status and counts."""

    async def connect_run(self, job_id: int, run_id: int) -> ConnectRun:
        """Return status and counts of one run, without its start."""

    async def connect_logs(self, job_id: int, run_id: int) -> tuple[LogLine, ...]:
        """Return the log of one run."""

    async def trigger(self, job_id: int) -> int:
        """Start a job now and return the run's id."""


class FileServer(Protocol):
    """The Responsys file server over SFTP (facts B.9), with the customer's own key."""

    async def host_key(self) -> HostKey:
        """Return the server's host key, without logging in."""

    async def listing(self, folder: str) -> tuple[RemoteFile, ...]:
        """Return the contents of a folder.

        Raises RemotePathError, HostKeyUnconfirmedError, HostKeyChangedError, SftpLoginError, KeyFileError.
        """

    async def stat(self, path: str) -> RemoteFile | None:
        """Return size and time of a file; None if it does not exist."""

    async def read(self, path: str, limit: int) -> bytes:
        """Return at most `limit` bytes of a file from its beginning."""

    async def stream(self, path: str, take: Callable[[bytes], None], offset: int = 0, *, gentle: bool = False) -> None:
        """Pass the bytes of a file from `offset` to its end to `take`, in order, in another thread.

        `gentle` sends few requests at once, for servers that hang otherwise.
        """


class OpenPgp(Protocol):
    """OpenPGP through gpg, with a separate home directory."""

    async def read_public_key(self, data: bytes) -> PublicKeyInfo:
        """Read one public key; raises OpenPgpError."""

    async def read_message(self, head: bytes) -> MessageInfo:
        """Read the outer packets of a message from its first bytes, without a private key."""


class Credentials(Protocol):
    """Secrets of one integration in the OS keyring."""

    @property
    def store(self) -> str:
        """Name of the store in words, such as `Secret Service`."""

    async def put(self, item: str, secret: Secret) -> None:
        """Write, read back and compare; StoreUnusableError."""

    async def get(self, item: str) -> Secret:
        """Return a secret; NothingStoredError, StoreUnusableError."""

    async def has(self, item: str) -> bool:
        """Return whether a secret is stored; raises StoreUnusableError."""

    async def drop(self, item: str) -> None:
        """Remove a secret if it is stored."""


class Screens(Protocol):
    """The products' screens; a program can read them only in a sandbox, and only on request."""

    async def look(self, site: Site, path: Sequence[str]) -> Mapping[str, Value]:
        """Return the current values of a screen, by label."""


class Operator(Screens, Protocol):
    """The sandbox's operator, which does the browser part on request."""

    async def perform(self, visit: Visit, seen: Mapping[str, Value | Secret], credentials: Credentials) -> Shown:
        """Carry out one visit; `seen` has values from earlier visits of the step; raises VisitRefusedError."""


class World(Protocol):
    """The outside systems of one integration, as far as its answers allow access."""

    @property
    def credentials(self) -> Credentials:
        """The integration's secrets."""

    @property
    def openpgp(self) -> OpenPgp:
        """Local OpenPGP tools."""

    @property
    def operator(self) -> Operator | None:
        """The sandbox's operator; None with the real products."""

    @property
    def screens(self) -> Screens | None:
        """The screens that the operator sees; None if only a person can see them."""

    def now(self) -> datetime:
        """Return the servers' time (aware, UTC): this computer's, corrected by the `Date` of their answers.

        For schedules only: login limits and records use `own_time`.
        """

    def own_time(self) -> datetime:
        """Return this computer's time (aware, UTC), or the sandbox's."""

    def clock_difference(self) -> timedelta | None:
        """Return how far the servers' clock is ahead of this computer's; None if the difference does not matter."""

    async def wait(self, seconds: float) -> None:
        """Wait, in a sandbox by its own clock; reports a long wait."""

    async def probe_host(self, url: str) -> HostAnswer:
        """Request any answer from a host, without credentials; raises UnreachableError."""

    def responsys(self) -> Responsys:
        """Responsys as the integration user."""

    def connect(self) -> Responsys | None:
        """Responsys as the API user with access to Connect; None without such a user."""

    def audience(self) -> Members | None:
        """CX Audience as its API user; None without such a user."""

    def file_server(self) -> FileServer | None:
        """Return the file server with the customer's own key; None without a key."""

    async def read_file(self, path: str, limit: int) -> bytes:
        """Return at most `limit` bytes of a local file; raises OSError."""

    async def keep_file(self, name: str, content: bytes) -> Path:
        """Write a file that a check has corrected next to the journal, and return its path; raises OSError."""


Progress = Callable[[str], None]
"""Shows the person what a check is doing, in a few words."""
