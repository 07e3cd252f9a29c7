"""Writes to standard output and error safely: broken pipes, full disks, closed streams, limited encodings.

Everything that is printed goes through here, so that none of these is an error of the program with a report.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TextIO

READER_GONE = 141
"""Exit code if the reader closed the pipe (`| head -1`): 128 plus SIGPIPE, as shells report it for other tools.

Not 1 as in some programs, because to scripts 1 means that a problem was found.
"""
UNWRITABLE = 2
"""Exit code if standard output cannot be written, such as on a full disk."""


def write_out(text: str) -> None:
    """Write data at once; SystemExit if it cannot be written, because nothing is left to do then."""
    stream: TextIO | None = sys.stdout
    if stream is None:  # the parent process closed it
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
    """Write diagnostics at once; ignore errors, because the data may still be needed."""
    stream: TextIO | None = sys.stderr
    if stream is None:
        return
    try:
        _write(stream, text)
    except OSError:
        _let_go(stream)


def writable(text: str, stream: TextIO | None) -> bool:
    """Return whether the stream's encoding has every character of a text."""
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
    """Discard the rest; otherwise Python reports the error again at its end."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
