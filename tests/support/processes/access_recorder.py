"""What a process really touches, seen from outside of the product: files by Python's audit hooks, keyring items."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.compat.properties import classproperty

Sign = tuple[str, ...]

_WRITING = os.O_WRONLY | os.O_RDWR
_HTTP = (
    (r"/lists/[^/]+/members", "/lists/{list}/members"),
    (r"/connectJobs/[^/]+/jobRuns/[^/]+/", "/connectJobs/{job}/jobRuns/{run}/"),
    (r"/connectJobs/[^/]+/jobRuns", "/connectJobs/{job}/jobRuns"),
)


@dataclass
class Watched:
    """What was touched since the watch began."""

    opened: list[str] = field(default_factory=list)
    """Files opened for writing, made, moved or removed; files that SQLite opens; programs started."""


_watches: list[Watched] = []


def _hook(event: str, args: tuple[object, ...]) -> None:
    if not _watches:
        return
    match event, args:
        case "open", (path, mode, flags):
            writes = isinstance(flags, int) and flags & _WRITING
            writes = bool(writes) or (isinstance(mode, str) and bool(set(mode) & set("wax+")))
            if writes and isinstance(path, str | bytes | os.PathLike):
                _note(os.fsdecode(path))
        case (("os.mkdir" | "os.remove" | "os.rmdir" | "os.rename"), (path, *_)):
            _note(os.fsdecode(path))  # type: ignore[arg-type]  # the documented argument
        case "sqlite3.connect", (path, *_):
            _note(os.fsdecode(path))  # type: ignore[arg-type]  # likewise
        case "subprocess.Popen", (program, *_):
            _note(f"program {Path(os.fsdecode(program)).name}")  # type: ignore[arg-type]  # likewise
        case _:
            pass


def _note(what: str) -> None:
    if what.endswith(".pyc") or "__pycache__" in what or what.startswith(("/dev/", "/proc/")):
        return
    for watch in _watches:
        watch.opened.append(what)


sys.addaudithook(_hook)


@contextmanager
def watched() -> Iterator[Watched]:
    """Note what this process touches meanwhile."""
    watch = Watched()
    _watches.append(watch)
    try:
        yield watch
    finally:
        _watches.remove(watch)


class WatchedKeyring(KeyringBackend):
    """Hands every call on to a store, and notes it."""

    def __init__(self, inner: KeyringBackend) -> None:
        self._inner = inner
        self.calls: list[Sign] = []

    @classproperty
    def priority(cls) -> float:  # noqa: N805 - a property of the class
        return 1.0

    def get_password(self, service: str, username: str) -> str | None:
        self.calls.append(("read", service))
        return self._inner.get_password(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.calls.append(("write", service))
        self._inner.set_password(service, username, password)

    def delete_password(self, service: str, username: str) -> None:
        self.calls.append(("remove", service))
        self._inner.delete_password(service, username)

    def news(self) -> set[Sign]:
        """Return act and item of every call since the last look."""
        calls, self.calls = self.calls, []
        return {("keyring", act, service.rsplit("/", 1)[-1]) for act, service in calls}


def signs_of_log(calls: Sequence[tuple[str, str, str]]) -> set[Sign]:
    """Return the kinds of calls that a sandbox has seen, but for the control API, whose caller stands for a person."""
    return {
        ("sftp", method, _place(method, path)) if host == "sftp" else ("request", method, _template(path))
        for host, method, path in calls
        if host != "control-api"
    }


def _place(method: str, path: str) -> str:
    if method in ("stat", "read"):
        return "{ready file}" if path.endswith((".ready", ".rdy", ".txt")) else "{exported file}"
    return path.strip("/") or "/"


def _template(path: str) -> str:
    for pattern, template in _HTTP:
        path = re.sub(pattern, template, path)
    return path if path == "/" else path.rstrip("/")


def signs_of_files(opened: Sequence[str], directory: Path, *, journal_grew: bool) -> set[str]:
    """Return which files the product has written, by the names that a dry run gives them.

    What the operator saves in `downloads` is a browser's, not the product's.
    """
    signs = {"journal"} if journal_grew else set()
    for path in opened:
        if "/scratch" in path or path in _OF_GPG or path.startswith("program gpg"):
            signs.add("gpg-home")
        elif Path(path).is_dir():
            continue  # a folder that is there already is made without effect
        elif Path(path).name in ("rotation.lock", "operator.lock"):
            signs.add(Path(path).name)
        elif not Path(path).is_relative_to(directory / "downloads") and not path.startswith(("program ", "file:")):
            signs.add("journal" if Path(path).name.startswith("journal.db") else path)
    return signs


_OF_GPG = ("gpg-agent.conf", "private-keys-v1.d", "pubring.kbx", "pubring.kbx~", "trustdb.gpg", "S.gpg-agent")
"""What is removed with gpg's home, by names within it."""
