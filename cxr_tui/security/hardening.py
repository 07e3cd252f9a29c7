"""Hardens the process: no core dumps, and new files are private by default."""

from __future__ import annotations

import contextlib
import os
import sys

_PR_SET_DUMPABLE = 4


def harden() -> None:
    """Turn core dumps off for this process and those that it starts, and make new files private.

    A dump holds the passwords in memory, and bug reports may include it. gpg and the sandbox inherit the limit. A
    system that pipes dumps into another program may ignore it, so on Linux the process is also marked as not dumpable.
    That mark also stops other processes of the same user from reading its memory and environment; it ends when the
    process starts another program in its place.
    """
    os.umask(0o077)
    if sys.platform != "win32":  # which has no such limits
        import resource

        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        _mark_undumpable()


def _mark_undumpable() -> None:
    # not every Python has ctypes, and not every C library the call
    with contextlib.suppress(ImportError, OSError, AttributeError):
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def os_user() -> str:
    """Return the name of the operating system's user."""
    if sys.platform != "win32":
        import pwd

        with contextlib.suppress(KeyError):  # a container without a line for the user
            return pwd.getpwuid(os.getuid()).pw_name
    import getpass

    with contextlib.suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return "unknown"
