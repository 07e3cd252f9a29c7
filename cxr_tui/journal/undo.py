"""The answers saved last and their earlier values; undoing writes the earlier values as new records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cxr_tui.domain.answers import Value
from cxr_tui.journal.events import ERASED, answer_entry
from cxr_tui.journal.store import Entry, Record, RecordKind

UNDO = "undo"
"""Source of an answer that restores an earlier value; None if there was no value."""


@dataclass(frozen=True)
class Saved:
    """Answers that were saved together, with their current and earlier values."""

    step_id: str
    at: datetime
    now: dict[str, Value]
    """By name of the field."""
    before: dict[str, Value | None]

    def entries(self) -> list[Entry]:
        """Return the entries that restore the earlier values."""
        return [answer_entry(self.step_id, name, value, UNDO) for name, value in self.before.items()]


def last_saved(records: Iterable[Record]) -> Saved | None:
    """Return the answers that were saved last and not undone; None if there are none.

    Answers of one transaction belong together. Undoing twice undoes the two latest saves, not the first undo. Secrets
    cannot be undone: the keyring keeps no old ones.
    """
    values: dict[str, Value | None] = {}
    saved: list[Saved] = []
    undone_at: tuple[datetime, str] | None = None
    for record in records:
        if record.entry.kind is not RecordKind.ANSWER:
            continue
        step, body = record.entry.step, record.entry.body
        name, key = body["name"], f"{step}.{body['name']}"
        if body["source"] == UNDO:
            if undone_at != (record.at, step) and saved:
                saved.pop()
            undone_at = (record.at, step)
        else:
            undone_at = None
            last = saved[-1] if saved else None
            if last is None or (last.at, last.step_id) != (record.at, step) or name in last.now:
                last = Saved(step, record.at, {}, {})
                saved.append(last)
            if ERASED not in body:  # an erased answer cannot be restored, but its undo still counts
                last.now[name], last.before[name] = body["value"], values.get(key)
        values[key] = body["value"]
    return next((one for one in reversed(saved) if one.now), None)
