"""What one target of the fuzzing is, and what the parsers of several have in common."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from cxr_tui.domain.text import is_hidden

FOLDER = Path("/dev/shm") if Path("/dev/shm").is_dir() else Path("/tmp")


@dataclass(frozen=True)
class FuzzTarget:
    """One parser."""

    name: str
    parse: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    """Sound inputs, from which others are made."""
    shaped: st.SearchStrategy[bytes]
    """Inputs that look the part, for what only gets far with a form."""
    share: int = 10
    """Of all inputs, relative to the others; the slow ones have less."""


def assert_shown(words: str) -> None:
    """Assert that words hold nothing that cannot be seen."""
    assert not any(is_hidden(one) and one != "\n" for one in words), words[:200]


@cache
def scratch_file() -> Path:
    """Return where this process puts an input for a parser that reads a file."""
    return FOLDER / f"cxr-fuzz-{os.getpid()}"


def joined(parts: st.SearchStrategy[bytes], most: int = 40) -> st.SearchStrategy[bytes]:
    """Return inputs that string such parts together, with a few bytes of anything between them."""
    return st.lists(parts | st.binary(max_size=8), max_size=most).map(b"".join)
