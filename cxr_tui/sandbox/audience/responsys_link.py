"""CX Audience's link to the joined Responsys account: its login, the files that it fetches, what it brings over.

The real products meet over the network. Both twins run in one process, and a fault of a person's network does not
concern Oracle's products, so the twins call each other directly.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.audience.account import Account, Source
from cxr_tui.sandbox.audience.keys import SshKey
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.shared.rest import ApiError

if TYPE_CHECKING:
    from cxr_tui.sandbox.responsys.product import ResponsysTwin

FIRST_AFTER = timedelta(minutes=15)
EVERY = timedelta(hours=12)
"""The interval is not documented; the page only says that data arrives automatically (facts C.5)."""

_REFUSALS_TO_STOP = 2
"""Five wrong logins lock the user; the twin stops before it comes to that, until the settings are saved again."""

_ARCHIVE = "archive"


class ResponsysError(Exception):
    """Responsys cannot be used; the text is in the voice of CX Audience's page."""


class LoginRefusedError(ResponsysError):
    """Responsys answered, and refused the user or the password."""


class SourceError(Exception):
    """A file cannot be read; the text is the log line with the reason."""


class ResponsysLink:
    """Logs in as the integration user, reads and archives files, and from the first save on synchronizes."""

    def __init__(self, account: Account, responsys: ResponsysTwin, clock: Clock, ssh_key: SshKey) -> None:
        self.responsys = responsys
        self._account = account
        self._clock = clock
        self._ssh_key = ssh_key
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
        account, settings = self._account, self._account.settings
        if settings is None or account.refusals >= _REFUSALS_TO_STOP:
            return False
        try:
            self.sign_in(settings.account_url, settings.user_name, settings.password)
        except ResponsysError as error:
            account.refusals += isinstance(error, LoginRefusedError)
            account.problem = str(error)
            return False
        account.refusals, account.problem = 0, ""
        if not self.responsys.integration_enabled:
            account.problem = "The integration is no longer enabled in Responsys"
        return not account.problem

    def begin(self) -> None:
        """Start to synchronize, as a save of the settings does."""
        if self._ticket is not None:
            self._clock.cancel(self._ticket)
        self._schedule(FIRST_AFTER)

    def _schedule(self, after: timedelta) -> None:
        self._ticket = self._clock.at(self._clock.now() + after, self._synchronize, "CX Audience synchronization")

    async def _synchronize(self) -> None:
        self._account.synchronized |= self.connected()
        if self._account.refusals < _REFUSALS_TO_STOP:
            self._schedule(EVERY)

    def records_with_behavior(self) -> int:
        """Return how many records have behavior: in the sandbox, everyone in Responsys was written to once."""
        settings, table = self._account.settings, self._account.matched_list()
        if settings is None or table is None or not self._account.synchronized:
            return 0
        column = settings.match_column
        known = {person_key(column, row) for there in self.lists_with(column).values() for row in there.rows()} - {""}
        return sum(person_key(column, row) in known for row in table.rows())

    def lists_with(self, column: str) -> dict[str, ListTable]:
        """Return the lists of Responsys that have a column, by name."""
        return {name: table for name, table in self.responsys.lists.items() if column in dict(table.columns)}

    def fetch(self, source: Source, name: str) -> bytes:
        """Return a file's content; SourceError."""
        try:
            return self._file(source, name).read_bytes()
        except FileNotFoundError:
            raise SourceError(f"The file {name} was not found in {source.directory} on {source.host}") from None
        except OSError as error:
            raise SourceError(f"The file {name} could not be read: {error.strerror}") from None

    def archive(self, source: Source, name: str) -> str:
        """Move a file to the archive and return its path there; SourceError.

        The newest file keeps its plain name there; an older file of that name gets its own time added.
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
            raise SourceError(f"The directory {source.directory} was not found on {source.host}")
        return folder

    def _root(self, source: Source) -> Path:
        try:
            return self.responsys.file_folder(source.host, source.user_name, self._ssh_key.blob)
        except ConnectionError:
            raise SourceError(f"{source.host} could not be reached") from None
        except PermissionError:
            raise SourceError(
                f"Authentication failed: {source.host} does not accept the SSH2 key of CX Audience for "
                f"{source.user_name}"
            ) from None


def person_key(match_column: str, row: Mapping[str, str]) -> str:
    """Return the value under which rows are the same person; addresses and hashes ignore case, as lists do."""
    value = row[match_column]
    return value.strip().lower() if match_column.startswith("EMAIL_") else value
