"""Records the journals that pictures are drawn from: `.venv/bin/python tests tools.record_journals`.

Each is a real rehearsal on a fresh sandbox, written down record by record; only paths and ports, which differ from run
to run and from machine to machine, are made the same. Record anew when a step, a finding or the journal changes.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys

from cxr_tui.cli.open_integration import rehearsed_sandbox
from cxr_tui.domain.answers import digest
from cxr_tui.guided.walk import Plan, StepAnswers, walk
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.state import JournalState
from cxr_tui.journal.store import Entry, Journal, Record
from cxr_tui.sandbox.client import SandboxOptions
from support.worlds.recorded_journals import FOLDER

PEOPLE = 300
RECORDINGS: dict[str, tuple[str, ...]] = {
    "whole": (),
    "missing-role": ("missing-list-role",),
    "wrong-recipient": ("file-wrong-recipient",),
}
"""Name of the recording, and the faults planted."""


def written(integration: Integration) -> list[str]:
    """Return the journal's records as lines of JSON, with everything that is this run's or this machine's taken out."""
    store = Journal(integration.place)
    ports: dict[str, str] = {}

    def port(found: re.Match[str]) -> str:
        return f"127.0.0.1:{ports.setdefault(found[1], str(40001 + len(ports)))}"

    journal = JournalState()
    lines = []
    try:
        for record in store.records_after():
            text = re.sub(r"127\.0\.0\.1:(\d+)", port, json.dumps(record.entry.body, ensure_ascii=False))
            body = json.loads(re.sub(r"/[^\"\s]*/cxr-[^/\"\s]+", "/home/jane/rehearsal", text))
            if "basis" in body:
                # What it rested on reads otherwise now, and must not look as if it had changed since.
                body["basis"] = {key: digest(journal.values.get(key)) for key in body["basis"]}
            entry = Entry(record.entry.kind, record.entry.step, body)
            journal.apply([Record(record.seq, record.at, entry)])
            told = {"at": record.at.isoformat(), "kind": entry.kind, "step": entry.step, "body": body}
            lines.append(json.dumps(told, ensure_ascii=False))
        return lines
    finally:
        store.close()


async def main() -> None:
    """Record them all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, scenarios in RECORDINGS.items():
        async with rehearsed_sandbox(SandboxOptions(people=PEOPLE, scenarios=scenarios)) as (integration, typed):
            answers = {
                key.partition(".")[0]: StepAnswers({key.partition(".")[2]: value}) for key, value in typed.items()
            }
            await walk(integration, Plan(answers, {}), lambda _: None)
            lines = written(integration)
        (FOLDER / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
        sys.stdout.write(f"{name}: {len(lines)} records\n")


if __name__ == "__main__":
    asyncio.run(main())
