"""Writes to standard output and error safely: broken pipes, full disks, closed streams, limited encodings.

Everything that is printed goes through here, so that none of these is an error of the program with a report.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TextIO

READER_GONE = 141
"""Exit code when whoever reads has gone (`| head -1`): 128 and the number of SIGPIPE, as shells tell it of other tools.

Not 1, as some programs have it: that says to scripts that something was found wrong.
"""
UNWRITABLE = 2
"""Exit code when standard output takes nothing: a full disk, say. It is a file that cannot be used."""


def write_out(text: str) -> None:
    """Write data at once; SystemExit where nobody takes it any more, for then there is nothing left to do."""
    stream: TextIO | None = sys.stdout
    if stream is None:  # closed by whoever started us, who wants nothing of it
        return
    try:
        _write(stream, text)
    except BrokenPipeError:
        _let_go(stream)
        raise SystemExit(READER_GONE) from None
    except OSError as error:
        _let_go(stream)
        write_error(f"cxr-tui: standard output cannot be written: {error.strerror or error}\n")
        raise SystemExit(UNWRITABLE) from None


def write_error(text: str) -> None:
    """Write diagnostics at once; where nobody takes them the work goes on, for the data may well be wanted."""
    stream: TextIO | None = sys.stderr
    if stream is None:
        return
    try:
        _write(stream, text)
    except OSError:
        _let_go(stream)


def writable(text: str, stream: TextIO | None) -> bool:
    """Say whether every character of a text is one of the stream's."""
    try:
        text.encode(_charset(stream))
    except UnicodeEncodeError:
        return False
    return True


def _write(stream: TextIO, text: str) -> None:
    charset = _charset(stream)
    stream.write(text.encode(charset, "backslashreplace").decode(charset))
    stream.flush()


def _charset(stream: TextIO | None) -> str:
    return getattr(stream, "encoding", None) or "utf-8"


def _let_go(stream: TextIO) -> None:
    """Send the rest nowhere; else Python fails at it once more when it ends, and says so."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
