"""Which answers were confirmed last, and what stood there before: the journal only grows, so undoing writes again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from cxr_tui.domain.answers import Value
from cxr_tui.journal.events import ERASED, answer_entry
from cxr_tui.journal.store import Entry, Record, RecordKind

UNDO = "undo"
"""Source of an answer that puts back what stood there before; its value is None where nothing did."""


@dataclass(frozen=True)
class Saved:
    """Answers that were confirmed together: of each, what it is and what it was."""

    step_id: str
    at: datetime
    now: Mapping[str, Value]
    """By name of the field."""
    before: Mapping[str, Value | None]

    def entries(self) -> list[Entry]:
        """Return the records that put back what was."""
        return [answer_entry(self.step_id, name, value, UNDO) for name, value in self.before.items()]


def last_saved(records: Iterable[Record]) -> Saved | None:
    """Return what was saved last and is not taken back yet; None: nothing.

    Several answers of one transaction are one confirmation. An undoing takes one confirmation off again, so that
    undoing twice takes back the one before, not the undoing. Secrets do not take part: the keyring keeps no old ones.
    """
    values: dict[str, Value | None] = {}
    confirmed: list[Saved] = []
    undone_at: tuple[datetime, str] | None = None
    for record in records:
        if record.entry.kind is not RecordKind.ANSWER:
            continue
        step, body = record.entry.step, record.entry.body
        name, key = body["name"], f"{step}.{body['name']}"
        if body["source"] == UNDO:
            if undone_at != (record.at, step) and confirmed:
                confirmed.pop()
            undone_at = (record.at, step)
        else:
            undone_at = None
            last = confirmed[-1] if confirmed else None
            if last is None or (last.at, last.step_id) != (record.at, step) or name in last.now:
                last = Saved(step, record.at, {}, {})
                confirmed.append(last)
            if ERASED not in body:  # an erased answer cannot be taken back; the undoing of one still is one
                confirmed[-1] = Saved(
                    step, record.at, {**last.now, name: body["value"]}, {**last.before, name: values.get(key)}
                )
        values[key] = body["value"]
    return next((one for one in reversed(confirmed) if one.now), None)
