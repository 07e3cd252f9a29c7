"""Data to standard output, diagnostics to standard error; a known secret is masked on both."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from cxr_tui.privacy.redaction import redact, redact_document

SCHEMA = 1
"""Version of every JSON document printed; grows only when a reader would have to change."""


def say(text: str) -> None:
    """Print one piece of data, with every known secret masked."""
    sys.stdout.write(f"{redact(text)}\n")
    sys.stdout.flush()


def tell(text: str) -> None:
    """Print one line of diagnostics, with every known secret masked."""
    sys.stderr.write(f"{redact(text)}\n")
    sys.stderr.flush()


def say_json(document: Mapping[str, Any]) -> None:
    """Print one JSON document with its schema version first; secrets are masked before JSON writes them its own way."""
    say(json.dumps(redact_document({"schema": SCHEMA, **document}), ensure_ascii=False, indent=2))
