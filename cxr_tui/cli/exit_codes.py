"""Exit codes: the contract with scripts."""

from __future__ import annotations

from enum import IntEnum

from cxr_tui.security.stdio import READER_GONE as BROKEN_PIPE

SIGNALED = 128
"""What shells add to the number of the signal that ended a program."""


class Exit(IntEnum):
    """How a command ended."""

    meaning: str

    def __new__(cls, code: int, meaning: str) -> Exit:
        """Give each code its meaning, for the manual."""
        member = int.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        return member

    OK = 0, "everything is in order"
    PROBLEM = 1, "a problem was found, or a step is not done yet"
    USAGE = 2, "the command line, the configuration or a file cannot be used"
    UNREACHABLE = 3, "an outside system cannot be reached"
    STORE = 4, "the credential store cannot be used"
    CRASH = 70, "internal error; a report was written"
    HUNG_UP = SIGNALED + 1, "the terminal was closed (SIGHUP)"
    INTERRUPTED = SIGNALED + 2, "interrupted (SIGINT, Ctrl+C)"
    READER_GONE = BROKEN_PIPE, "output pipe closed, for example by | head -1"
    TERMINATED = SIGNALED + 15, "terminated (SIGTERM)"
