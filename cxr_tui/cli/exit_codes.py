"""Exit codes: the contract with scripts."""

from enum import IntEnum

from cxr_tui.security.stdio import READER_GONE as GONE

SIGNALLED = 128
"""What shells add to the number of the signal that ended a program."""


class Exit(IntEnum):
    """How a command ended."""

    OK = 0
    """Everything is in order."""
    PROBLEM = 1
    """A problem was found, or something is not done yet."""
    USAGE = 2
    """The command line or a file it names cannot be used."""
    UNREACHABLE = 3
    """An outside system could not be reached."""
    STORE = 4
    """The credential store cannot be used."""
    CRASH = 70
    """An error of the program itself."""
    HUNG_UP = SIGNALLED + 1
    """SIGHUP: the terminal is gone."""
    INTERRUPTED = SIGNALLED + 2
    """SIGINT: Ctrl+C."""
    READER_GONE = GONE
    """Broken pipe, as with `| head -1`."""
    TERMINATED = SIGNALLED + 15
    """SIGTERM."""
