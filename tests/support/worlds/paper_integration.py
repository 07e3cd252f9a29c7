"""An integration as a recorded rehearsal left it, in memory: no sandbox, no keyring."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from time import monotonic

from cxr_tui.gateways.rest.server_clock import ServerClock
from cxr_tui.guide.registry import GUIDE
from cxr_tui.integration.integration import Integration
from cxr_tui.integration.paths import journal_path
from cxr_tui.journal.store import Journal, Record, RecordKind
from support.worlds.recorded_journals import records as recorded
from support.worlds.toy_guide import MemoryCredentials

NOWHERE = Path("/nowhere/journal.db")


def opened(records: list[Record], name: str = "acme", path: Path = NOWHERE) -> Integration:
    """Return an integration with these records; its clock goes on from the last of them."""
    integration = Integration(GUIDE, Journal.in_memory(path, records), MemoryCredentials(), None, name)
    if records:
        begun, started = records[-1].at, monotonic()
        integration.world._clock = ServerClock(lambda: begun + timedelta(seconds=monotonic() - started))
    return integration


def walked(until: str = "") -> list[Record]:
    """Return the records of a whole rehearsal, or those up to the step `until` is done."""
    found = [Record(seq, at, entry) for seq, (at, entry) in enumerate(recorded("whole"), 1)]
    if not until:
        return found
    later = {step.id for step in GUIDE.steps[GUIDE.number(until) :]}
    kept = []
    for record in found:
        if record.entry.step in later and record.entry.kind is not RecordKind.REQUEST:
            break
        kept.append(record)
    return kept


def written(home: Path, name: str = "acme", records: list[Record] | None = None) -> Path:
    """Write such records into a data home and return the journal's path."""
    path = journal_path(home, name)
    path.parent.mkdir(parents=True)
    journal = Journal(path)
    for record in walked() if records is None else records:
        journal.append(record.at, [record.entry])
    journal.close()
    return path
