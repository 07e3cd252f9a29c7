"""Data to standard output, diagnostics to standard error; secrets are masked, and nothing foreign is more than text."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from cxr_tui.domain.text import json_printable, printable
from cxr_tui.security.redaction import redact, redact_document
from cxr_tui.security.stdio import writable, write_error, write_out

SCHEMA = 1
"""Version of the JSON documents that name none of their own; grows only when a reader would have to change."""


def say(text: str) -> None:
    """Print one piece of data; nothing in it steers the terminal."""
    write_out(f"{printable(redact(text))}\n")


def tell(text: str) -> None:
    """Print one line of diagnostics; nothing in it steers the terminal."""
    write_error(f"{printable(redact(text))}\n")


def say_json(document: Mapping[str, Any], *, one_line: bool = False) -> None:
    """Print one JSON document with its schema version first; secrets are masked before JSON writes them its own way."""
    masked = redact_document({"schema": SCHEMA, **document})
    written = json.dumps(masked, ensure_ascii=False, indent=None if one_line else 2)
    printed = json_printable(redact(written))
    if not writable(printed, sys.stdout):  # JSON has a way of its own to write what the terminal has no letters for
        printed = json.dumps(json.loads(printed), indent=None if one_line else 2)
    write_out(f"{printed}\n")


def clear_screen() -> None:
    """Empty the terminal, for what is printed again and again in its place."""
    write_out("\x1b[H\x1b[2J")
