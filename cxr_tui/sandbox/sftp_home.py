"""What an SFTP session may do inside the one home of the file server."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import paramiko
from paramiko.sftp import SFTP_EOF, SFTP_FAILURE, SFTP_OK, SFTP_PERMISSION_DENIED

from cxr_tui.sandbox.faults.sftp_faults import FileFaults


class Home:
    """A folder that looks like the whole file system from inside."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    def local(self, path: str) -> Path:
        """Return the local path; ValueError when a link would lead out of the home or the path has a zero byte."""
        if "\0" in path:
            raise ValueError(path)
        inside = os.path.normpath("/" + path).lstrip("/")  # `..` above the top stays at the top, as in a chroot
        found = self.folder / inside
        if not found.resolve().is_relative_to(self.folder):
            raise ValueError(path)
        return found


class SftpHome(paramiko.SFTPServerInterface):
    """File operations within a home; whatever would leave it is refused.

    Files that a client writes get the sandbox clock's time when they are closed, as a server's own clock would give.
    """

    def __init__(
        self,
        server: paramiko.ServerInterface,
        home: Home,
        now: Callable[[], datetime],
        faults: FileFaults | None = None,
    ) -> None:
        super().__init__(server)
        self._home = home
        self._now = now
        self._faults = faults

    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
        """Return what lies in a folder."""
        self._asked()
        try:
            folder = self._home.local(path)
            with os.scandir(folder) as entries:
                found = [_attributes(entry.stat(follow_symlinks=False), entry.name) for entry in entries]
            if self._faults is not None:
                self._faults.listed(folder, [one.filename for one in found])
            return found
        except OSError as error:
            return _number(error)
        except ValueError:
            return SFTP_PERMISSION_DENIED

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        """Return size and time of one file."""
        self._asked()
        try:
            return _attributes(self._home.local(path).stat(), None)
        except OSError as error:
            return _number(error)
        except ValueError:
            return SFTP_PERMISSION_DENIED

    def lstat(self, path: str) -> paramiko.SFTPAttributes | int:
        """Return the same as `stat`: the home has no links."""
        return self.stat(path)

    def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> paramiko.SFTPHandle | int:
        """Open a file as the flags say; attributes are the server's own affair."""
        writes = bool(flags & (os.O_WRONLY | os.O_RDWR))
        self._asked()
        try:
            local = self._home.local(path)
            if local.is_dir():
                return SFTP_PERMISSION_DENIED
            number = os.open(local, flags | getattr(os, "O_NOFOLLOW", 0), 0o600)
        except OSError as error:
            return _number(error)
        except ValueError:
            return SFTP_PERMISSION_DENIED
        mode = ("r+b" if flags & os.O_RDWR else "wb") if writes else "rb"
        if writes and flags & os.O_APPEND:
            mode = "a+b" if flags & os.O_RDWR else "ab"
        return _Handle(number, mode, flags, local if writes else None, self._now, self._faults)

    def remove(self, path: str) -> int:
        """Delete a file."""
        return self._do(path, lambda local: local.unlink())

    def mkdir(self, path: str, attr: paramiko.SFTPAttributes) -> int:
        """Make a folder; own directories are allowed (facts B.9)."""
        return self._do(path, lambda local: local.mkdir())

    def rmdir(self, path: str) -> int:
        """Remove an empty folder."""
        return self._do(path, lambda local: local.rmdir())

    def rename(self, oldpath: str, newpath: str) -> int:
        """Move a file; the new name must be free, as the protocol demands."""

        def move(local: Path) -> None:
            target = self._home.local(newpath)
            if target.exists():
                raise FileExistsError(errno.EEXIST, newpath)
            local.rename(target)

        return self._do(oldpath, move)

    def posix_rename(self, oldpath: str, newpath: str) -> int:
        """Move a file over whatever has the new name."""
        return self._do(oldpath, lambda local: local.replace(self._home.local(newpath)))

    def chattr(self, path: str, attr: paramiko.SFTPAttributes) -> int:
        """Change size or times; owner and mode stay the server's."""

        def change(local: Path) -> None:
            if attr.st_size is not None:
                os.truncate(local, attr.st_size)
            if attr.st_atime is not None and attr.st_mtime is not None:
                os.utime(local, (attr.st_atime, attr.st_mtime))

        return self._do(path, change)

    def _asked(self) -> None:
        if self._faults is not None:
            self._faults.asked()

    def _do(self, path: str, what: Callable[[Path], object]) -> int:
        try:
            local = self._home.local(path)
            if local == self._home.folder:
                return SFTP_PERMISSION_DENIED
            what(local)
        except OSError as error:
            return _number(error)
        except ValueError:
            return SFTP_PERMISSION_DENIED
        return SFTP_OK


class _Handle(paramiko.SFTPHandle):
    """An open file; when it was written, closing it sets its time."""

    def __init__(
        self,
        number: int,
        mode: str,
        flags: int,
        written: Path | None,
        now: Callable[[], datetime],
        faults: FileFaults | None,
    ) -> None:
        super().__init__(flags)
        self._faults = faults
        file = os.fdopen(number, mode)
        self.filename = str(written or "")
        self.readfile = file
        self.writefile = file
        self._written = written
        self._now = now

    def read(self, offset: int, length: int) -> bytes | int:
        if self._faults is not None:
            self._faults.asked()
            length = self._faults.length(offset, length)
            if not length:
                return SFTP_EOF
        return super().read(offset, length)

    def stat(self) -> paramiko.SFTPAttributes | int:
        try:
            return _attributes(os.fstat(self.readfile.fileno()), None)
        except OSError as error:
            return _number(error)

    def chattr(self, attr: paramiko.SFTPAttributes) -> int:
        return SFTP_OK

    def close(self) -> None:
        super().close()
        if self._written is not None and self._written.exists():
            moment = self._now().timestamp()
            os.utime(self._written, (moment, moment))


def _attributes(found: os.stat_result, name: str | None) -> paramiko.SFTPAttributes:
    return paramiko.SFTPAttributes.from_stat(found, name)


def _number(error: OSError) -> int:
    return paramiko.SFTPServer.convert_errno(error.errno) if error.errno else SFTP_FAILURE
