"""Data to standard output, diagnostics to standard error; secrets are masked, control characters made visible."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from cxr_tui.domain.text import json_printable, printable
from cxr_tui.security.redaction import redact, redact_document
from cxr_tui.security.stdio import writable, write_error, write_out

SCHEMA = 1
"""Version of the JSON documents without a version number; it grows only when readers have to change."""


def print_data(text: str) -> None:
    """Print data; nothing in it controls the terminal."""
    write_out(f"{printable(redact(text))}\n")


def print_diagnostic(text: str) -> None:
    """Print a diagnostic; nothing in it controls the terminal."""
    write_error(f"{printable(redact(text))}\n")


def print_json(document: Mapping[str, Any], *, one_line: bool = False) -> None:
    """Print a JSON document, schema version first; secrets are masked before and after JSON escapes them."""
    masked = redact_document({"schema": SCHEMA, **document})
    written = json.dumps(masked, ensure_ascii=False, indent=None if one_line else 2)
    printed = json_printable(redact(written))
    if not writable(printed, sys.stdout):  # the terminal's encoding lacks a character: JSON can escape it
        printed = json.dumps(json.loads(printed), indent=None if one_line else 2)
    write_out(f"{printed}\n")


def print_result(args: Namespace, document: Mapping[str, Any], text: str) -> None:
    """Print a result: the document where the command line asks for JSON, else the text."""
    if args.json:
        print_json(document)
    else:
        print_data(text)
