"""Integrations as they once stood: journals recorded from real rehearsals, opened without anything outside.

What a screen shows follows from the journal alone, so a recorded one shows the same picture on every machine.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cxr_tui.gateways.rest.server_clock import ServerClock
from cxr_tui.guide.registry import GUIDE
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.store import Entry, Journal, RecordKind
from support.paths import DATA
from support.worlds.demo_guide import DemoOperator
from support.worlds.toy_guide import MemoryCredentials

FOLDER = DATA / "journals"
FIRST_DAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
"""When all that is opened here begins, by its own clock."""


def records(name: str, until: Callable[[Entry], bool] | None = None) -> list[tuple[datetime, Entry]]:
    """Return a recording's records, up to and with the first one that `until` holds for."""
    lines = (FOLDER / f"{name}.jsonl").read_text().splitlines()
    told: list[dict[str, Any]] = [json.loads(line) for line in lines]
    kept: list[tuple[datetime, Entry]] = []
    for one in told:
        kept.append((datetime.fromisoformat(one["at"]), Entry(RecordKind(one["kind"]), one["step"], one["body"])))
        if until is not None and until(kept[-1][1]):
            break
    return kept


def waits_at(step_id: str) -> Callable[[Entry], bool]:
    """Return the fields of the record that says that a step waits for a person."""
    return lambda entry: (
        entry.kind is RecordKind.OUTCOME and entry.step == step_id and bool(entry.body["outcome"]["waiting"])
    )


def open_recorded(
    home: Path, name: str = "", until: Callable[[Entry], bool] | None = None, *, sandboxed: bool = False
) -> Integration:
    """Return an integration over a copy of a recording (without a name: empty); its clock shows the last record."""
    journal = Journal(home / f"{name or 'empty'}.db")
    kept = records(name, until) if name else []
    for at, entry in kept:
        journal.append(at, [entry])
    integration = Integration(GUIDE, journal, MemoryCredentials(), DemoOperator() if sandboxed else None, "acme")
    stands_at = kept[-1][0] if kept else FIRST_DAY
    integration.world._clock = ServerClock(lambda: stands_at)
    return integration
