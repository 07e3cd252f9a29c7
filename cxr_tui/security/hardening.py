"""A process that leaves nothing of its memory behind, and whose files are private even where nobody asked for it."""

from __future__ import annotations

import contextlib
import os
import sys

_PR_SET_DUMPABLE = 4


def harden() -> None:
    """Let this process, and those that it starts, write no core dump, and give others no rights to new files.

    A dump holds whatever passwords are in memory at that moment, lies where the system likes, and is sent to strangers
    in bug reports. The limit is inherited by gpg and the sandbox and cannot be raised again. A system that pipes dumps
    into a program of its own may disregard it, so where Linux allows the process is also marked as one not to be
    dumped; that ends with the next program started in it, and by it no other process of the same user can read this
    one's memory or environment either.
    """
    os.umask(0o077)
    if sys.platform != "win32":  # which has no such limits
        import resource

        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        _mark_as_not_to_be_dumped()


def _mark_as_not_to_be_dumped() -> None:
    # not every Python has ctypes, and not every C library the call
    with contextlib.suppress(ImportError, OSError, AttributeError):
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def os_user() -> str:
    """Return the name of the user of this machine who runs the program, as the system knows it."""
    if sys.platform != "win32":
        import pwd

        with contextlib.suppress(KeyError):  # a container without a line for the user
            return pwd.getpwuid(os.getuid()).pw_name
    import getpass

    with contextlib.suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return "unknown"
