"""CX Audience's link to the joined Responsys account: its login, the files that it fetches, what it brings over.

The real products meet over the network. Both twins live in one process, and a fault on a person's line does not keep
Oracle's products from each other, so the twins call one another directly.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.audience.account import Account, Source
from cxr_tui.sandbox.audience.ssh_key import SshKey
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.shared.rest import ApiError

FIRST_AFTER = timedelta(minutes=15)
EVERY = timedelta(hours=12)
"""How often is not documented; data arrives automatically, that is all the page says (facts C.5)."""

_REFUSALS_TO_STOP = 2
"""Five wrong logins lock the user; the twin stops before it comes to that, until the settings are saved again."""

_ARCHIVE = "archive"
_GIVEN_BY_THE_LIST = ("RIID_", "CREATED_DATE_", "MODIFIED_DATE_")
"""Each product gives these itself (inferred: RIID_ is an id of its own in each)."""


class ResponsysError(Exception):
    """Responsys cannot be used; the text is in the voice of CX Audience's page."""


class LoginRefusedError(ResponsysError):
    """Responsys answered, and refused the user or the password."""


class SourceError(Exception):
    """A file cannot be read; the text is the log line that says why."""


class Responsys(Protocol):
    """The Responsys account as far as the integration reaches."""

    @property
    def lists(self) -> Mapping[str, ListTable]:
        """The profile lists by name."""

    @property
    def integration_enabled(self) -> bool:
        """Whether the box in CX Audience settings is ticked and saved."""

    def sign_in(self, url: str, user_name: str, password: Secret) -> str:
        """Log in at a URL and return the account's name; ConnectionError (no such host), ApiError."""

    def file_folder(self, server: str, user_name: str, key: bytes | None) -> Path:
        """Return what a file server shows to a user with this SSH key; ConnectionError, PermissionError."""

    def publish(self, audience_name: str, list_name: str, riids: Sequence[str]) -> None:
        """Take over a published audience."""


class ResponsysLink:
    """Logs in as the integration user, reads and archives files, and from the first save on synchronises."""

    def __init__(self, account: Account, responsys: Responsys, clock: Clock, ssh_key: SshKey, own_files: Path) -> None:
        """`own_files` is CX Audience's own file server, with `upload`, `download` and `archive` (facts C.7)."""
        self.responsys = responsys
        self._account = account
        self._clock = clock
        self._ssh_key = ssh_key
        self._own_files = own_files
        self._ticket: int | None = None

    def sign_in(self, url: str, user_name: str, password: Secret) -> str:
        """Log in at the Account URL and return the name of the user's account; ResponsysError."""
        base = url.strip().rstrip("/")
        try:
            host = urlsplit(base).hostname
        except ValueError:
            host = None
        if not host:
            raise ResponsysError("Account URL: enter the login URL of Responsys, beginning with https://")
        try:
            return self.responsys.sign_in(base, user_name, password)
        except ConnectionError:
            raise ResponsysError(f"Account URL: {host} could not be reached") from None
        except ApiError as error:
            reason = " - ".join(part for part in (error.code, error.title, error.detail) if part)
            raise LoginRefusedError(f"Responsys refused the login of {user_name}: {reason}") from None

    def connected(self) -> bool:
        """Log in with the saved settings; where that fails, the settings page shows the reason."""
        settings, connection = self._account.settings, self._account.connection
        if settings is None or connection.refusals >= _REFUSALS_TO_STOP:
            return False
        try:
            self.sign_in(settings.account_url, settings.user_name, settings.password)
        except ResponsysError as error:
            connection.refusals += isinstance(error, LoginRefusedError)
            connection.problem = str(error)
            return False
        connection.refusals, connection.problem = 0, ""
        if not self.responsys.integration_enabled:
            connection.problem = "The integration is not enabled in Responsys any more"
        return not connection.problem

    def begin(self) -> None:
        """Start to synchronise, as a save of the settings does."""
        if self._ticket is not None:
            self._clock.cancel(self._ticket)
        self._schedule(FIRST_AFTER)

    def _schedule(self, after: timedelta) -> None:
        self._ticket = self._clock.at(self._clock.now() + after, self._synchronise, "CX Audience synchronisation")

    async def _synchronise(self) -> None:
        settings, table = self._account.settings, self._account.matched_list()
        if self.connected() and settings is not None and table is not None:
            if settings.insert_new:
                self._insert_new(table, settings.match_column)
            self._account.synchronised = True
        if self._account.connection.refusals < _REFUSALS_TO_STOP:
            self._schedule(EVERY)

    def records_with_behavior(self) -> int:
        """Return how many records have behavior: in the sandbox, everyone in Responsys was written to once."""
        settings, table = self._account.settings, self._account.matched_list()
        if settings is None or table is None or not self._account.synchronised:
            return 0
        column = settings.match_column
        known = {person_key(column, row) for there in self.lists_with(column).values() for row in there.rows()} - {""}
        return sum(person_key(column, row) in known for row in table.rows())

    def lists_with(self, column: str) -> dict[str, ListTable]:
        """Return the lists of Responsys that have a column, by name."""
        return {name: table for name, table in self.responsys.lists.items() if column in dict(table.columns)}

    def _insert_new(self, here: ListTable, match_column: str) -> None:
        """Insert the people whose match value no record here has; records that exist are left alone (facts C.4).

        A column that several rows of a person bring takes the value of the latest updated row (documented).
        """
        present = {person_key(match_column, row) for row in here.rows()} | {""}
        rows = [
            (row.get("MODIFIED_DATE_", ""), person_key(match_column, row), {column: row[column] for column in columns})
            for there in self.lists_with(match_column).values()
            if match_column in (columns := carried_columns(there, here))
            for row in there.rows()
        ]
        people: dict[str, dict[str, str]] = {}
        for _, key, values in sorted(rows, key=lambda row: row[0]):
            if key not in present:
                people.setdefault(key, {}).update(values)
        for values in people.values():
            here.insert(values, self._clock.now())

    def fetch(self, source: Source, name: str) -> bytes:
        """Return a file's content; SourceError."""
        try:
            return self._file(source, name).read_bytes()
        except FileNotFoundError:
            where = f" on {source.host}" if source.host else ""
            raise SourceError(f"The file {name} was not found in {source.directory}{where}") from None
        except OSError as error:
            raise SourceError(f"The file {name} could not be read: {error.strerror}") from None

    def archive(self, source: Source, name: str) -> str:
        """Move a file to the archive and return its path there; SourceError.

        The newest file keeps its plain name there, an older one of that name gets its own time added.
        """
        file = self._file(source, name)
        target = self._root(source) / _ARCHIVE / file.name
        try:
            target.parent.mkdir(exist_ok=True)
            if target.exists():
                written = datetime.fromtimestamp(target.stat().st_mtime, UTC)
                target.rename(target.with_name(f"{target.name}.{written:%Y%m%d_%H%M%S}"))
            file.rename(target)
        except OSError as error:
            raise SourceError(f"The file {name} could not be moved to {_ARCHIVE}: {error.strerror}") from None
        return posixpath.join(_ARCHIVE, file.name)

    def test(self, source: Source) -> None:
        """Try whether the server lets the account in and shows the directory; SourceError."""
        self._folder(source)

    def _file(self, source: Source, name: str) -> Path:
        folder = self._folder(source)
        file = (folder / name).resolve()
        if not file.is_relative_to(folder):
            raise SourceError(f"The file {name} was not found in {source.directory}")
        return file

    def _folder(self, source: Source) -> Path:
        root = self._root(source).resolve()
        folder = (root / source.directory.strip("/")).resolve()
        if not folder.is_relative_to(root) or not folder.is_dir():
            where = f" on {source.host}" if source.host else ""
            raise SourceError(f"The directory {source.directory} was not found{where}")
        return folder

    def _root(self, source: Source) -> Path:
        if not source.host:
            return self._own_files
        key = self._ssh_key.blob if source.password is None else None
        try:
            return self.responsys.file_folder(source.host, source.user_name, key)
        except ConnectionError:
            raise SourceError(f"{source.host} could not be reached") from None
        except PermissionError:
            how = "SSH2 key of CX Audience" if source.password is None else "password"
            raise SourceError(
                f"Authentication failed: {source.host} does not accept the {how} for {source.user_name}"
            ) from None


def carried_columns(there: ListTable, here: ListTable) -> tuple[str, ...]:
    """Return the columns that a profile insert brings over from one Responsys list.

    Name and type must be the same on both sides; permission and deliverability stay in Responsys (documented, where
    "same properties" is read as name and type, which is inferred).
    """
    types = dict(here.columns)
    return tuple(
        name
        for name, kind in there.columns
        if types.get(name) == kind
        and name not in _GIVEN_BY_THE_LIST
        and "_PERMISSION_" not in name
        and "_DELIVERABILITY_" not in name
    )


def person_key(match_column: str, row: Mapping[str, str]) -> str:
    """Return the value under which rows are the same person; addresses and hashes ignore case, as lists do."""
    value = row[match_column]
    return value.strip().lower() if match_column.startswith("EMAIL_") else value
