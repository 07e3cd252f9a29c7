"""The current state of a journal, folded from its records: values, latest outcomes, confirmations, waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cxr_tui.domain.answers import Known, Value, digest
from cxr_tui.domain.finding import Outcome, Verdict
from cxr_tui.domain.responsys_data import FirstSeen, WordKind
from cxr_tui.journal.events import ERASED, WAIT, LoginEnd, outcome_from
from cxr_tui.journal.store import Entry, Record, RecordKind


@dataclass(frozen=True)
class CheckRecord:
    """A check's outcome, with its time and the digests of the values it depends on."""

    at: datetime
    outcome: Outcome
    basis: Mapping[str, str]
    on_entries: bool = False
    """Whether version 1 called it proven without evidence from outside."""


@dataclass(frozen=True)
class Confirmation:
    """A confirmation of a step by a person or the operator, with the digests of the values it depends on."""

    at: datetime
    by: str
    basis: Mapping[str, str]
    overruled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Digests of the evidence of the overruled findings, by code."""
    sentence: str = ""
    """Why they were overruled."""


@dataclass(frozen=True)
class AnswerSource:
    """Source and time of a value."""

    at: datetime
    source: str


@dataclass
class JournalState:
    """The state of a journal; apply every record once, in order."""

    seq: int = 0
    values: dict[str, Value] = field(default_factory=dict)
    """Answers, facts and secret versions by key `step.name`."""
    answer_sources: dict[str, AnswerSource] = field(default_factory=dict)
    """Sources of the answers among the values."""
    checks: dict[str, CheckRecord] = field(default_factory=dict)
    """Latest conclusive outcome of each step, else the latest inconclusive one."""
    inconclusive: dict[str, CheckRecord] = field(default_factory=dict)
    """Latest outcome of each step that is inconclusive although an earlier one was not."""
    confirmed: dict[str, Confirmation] = field(default_factory=dict)
    pending_secrets: set[str] = field(default_factory=set)
    """Keys of secrets whose keyring write was started and never confirmed."""
    waiting_since: dict[str, datetime] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)
    """Refused logins by keyring item, since its secret was last set or accepted."""
    unanswered: dict[str, tuple[datetime, ...]] = field(default_factory=dict)
    """Times of logins without an answer by keyring item, since the same."""
    failed_before: dict[str, int] = field(default_factory=dict)
    """Failed logins with the same secret before it was entered again, by keyring item; they still count."""
    failed_with: dict[str, tuple[Known, ...]] = field(default_factory=dict)
    """All values at each of these refused or unanswered logins, by keyring item."""
    completed_visits: dict[str, set[str]] = field(default_factory=dict)
    """Digests of the instructions that the operator has carried out for a step since its last check."""
    answer_history: dict[str, list[tuple[datetime, Value]]] = field(default_factory=dict)
    """All answers by key with their times, oldest first."""
    changed_at: dict[str, datetime] = field(default_factory=dict)
    """When an answer was last saved, or a fact last changed; a fact that never changed has no time."""
    runs: dict[str, dict[str, Mapping[str, Any]]] = field(default_factory=dict)
    """Runs by job and key; a later record of the same run replaces an earlier one."""
    preflights: dict[str, Record] = field(default_factory=dict)
    """Latest preflight record by subject: a result, or the progress of a rehearsal."""
    notes: dict[str, list[Record]] = field(default_factory=dict)
    """Unknown messages by step, oldest first."""
    first_seen: dict[FirstSeen, datetime] = field(default_factory=dict)
    """Undocumented words of the products, with the time they were first seen."""
    requested: dict[str, datetime] = field(default_factory=dict)
    """Times of early requests by step."""
    erased: set[str] = field(default_factory=set)
    """Keys whose values were erased; `*`: all of them."""

    def known(self) -> Known:
        """Return all values."""
        return Known(self.values)

    @property
    def wrong_logins(self) -> int:
        """Number of refused and unanswered logins with any secret."""
        return sum(self.refusals.values()) + sum(map(len, self.unanswered.values()))

    def depends_on_erased(self, entry: Entry) -> bool:
        """Return whether an entry to write depends on values that were erased since they were read."""
        recorded = entry.body.get("basis", {})
        return any(
            was not in (digest(None), digest(self.values.get(key)))
            for key, was in recorded.items()
            if key in self.erased or "*" in self.erased
        )

    def apply(self, records: Iterable[Record]) -> None:
        """Apply further records."""
        for record in records:
            self.seq = record.seq
            self.apply_one(record)

    def apply_one(self, record: Record) -> None:
        """Apply the next record."""
        at, step, body = record.at, record.entry.step, record.body
        match record.entry.kind:
            case RecordKind.ANSWER:
                self._answer(record)
            case RecordKind.SECRET:
                self._secret(record)
            case RecordKind.OUTCOME:
                self._outcome(record)
            case RecordKind.CONFIRMATION if body.get("withdrawn"):
                self.confirmed.pop(step, None)
            case RecordKind.CONFIRMATION:
                seen = {code: tuple(digests) for code, digests in body.get("overruled", {}).items()}
                self.confirmed[step] = Confirmation(at, body["by"], body["basis"], seen, body.get("sentence", ""))
            case RecordKind.REFUSAL:
                self._refusal(record)
            case RecordKind.VISIT:
                self.completed_visits.setdefault(step, set()).add(body["visit"])
            case RecordKind.RUN:
                self.runs.setdefault(step, {})[body["key"]] = body
            case RecordKind.PREFLIGHT:
                self.preflights[body["what"]] = record
            case RecordKind.NOTE if ERASED not in body:
                self.notes.setdefault(step, []).append(record)
            case RecordKind.FIRST_SEEN if ERASED not in body:
                self.first_seen.setdefault(FirstSeen(body["at"], WordKind(body["kind"]), body["word"]), at)
            case RecordKind.REQUEST:
                self.requested[step] = at
                self.values |= {f"{step}.requested_{name}": body[name] for name in ("on", "number", "for")}
            case RecordKind.ERASURE:
                self.erased.update(body["fields"])
            case _:  # a rotation, which a subclass knows, or something erased
                pass

    def _answer(self, record: Record) -> None:
        step, body, at = record.entry.step, record.body, record.at
        key, value = f"{step}.{body['name']}", body["value"]
        if value is not None:
            self.values[key] = value
            self.answer_sources[key] = AnswerSource(at, body["source"])
        else:  # it was erased, or a first answer was undone
            self.values.pop(key, None)
            self.answer_sources.pop(key, None)
            if ERASED in body:
                return
            self.completed_visits.pop(step, None)  # the operator may repeat its instructions
        self.answer_history.setdefault(key, []).append((at, "" if value is None else value))
        self.changed_at[key] = at

    def _secret(self, record: Record) -> None:
        body = record.entry.body
        key = f"{record.entry.step}.{body['name']}"
        self.values[key] = int(body["version"])
        if body.get("announced"):
            self.pending_secrets.add(key)
            return
        self.pending_secrets.discard(key)
        self.answer_sources[key] = AnswerSource(record.at, body["source"])
        item = body["item"]
        failed = self.failed_before.get(item, 0) + self.refusals.get(item, 0) + len(self.unanswered.get(item, ()))
        failed_with = self.failed_with.get(item, ())
        self.forget_refusals(item)
        if body.get("again") and failed:
            self.failed_before[item], self.failed_with[item] = failed, failed_with

    def _outcome(self, record: Record) -> None:
        step, body = record.entry.step, record.entry.body
        outcome = outcome_from(body["outcome"])
        for name, value in outcome.facts.items():
            key = f"{step}.{name}"
            if self.values.get(key, value) != value:
                self.changed_at[key] = record.at
            self.values[key] = value
        on_entries = body["outcome"]["verdict"] == "proven" and step not in _SEEN_OUTSIDE
        checked = CheckRecord(record.at, outcome, body["basis"], on_entries)
        if outcome.verdict is Verdict.UNKNOWN and step in self.checks:
            self.inconclusive[step] = checked
        else:
            self.checks[step] = checked
            self.inconclusive.pop(step, None)
        if outcome.verdict is Verdict.WAITING:  # its instructions are done and only waited for
            since = outcome.waiting.since if outcome.waiting else None
            self.waiting_since.setdefault(step, since or record.at)
            visits = self.completed_visits.get(step, set())
            visits -= {one for one in visits if one.startswith(WAIT)}
            return
        self.completed_visits.pop(step, None)
        if outcome.verdict is not Verdict.UNKNOWN:
            self.waiting_since.pop(step, None)

    def _refusal(self, record: Record) -> None:
        item, end = record.entry.body["item"], LoginEnd(record.entry.body.get("end", LoginEnd.REFUSED))
        if end is LoginEnd.ACCEPTED:
            self.forget_refusals(item)
        elif end is LoginEnd.REFUSED:
            self.count_refusal(item)
        else:
            self.unanswered[item] = (*self.unanswered.get(item, ()), record.at)
            self._remember_failure(item)

    def count_refusal(self, item: str) -> None:
        """Count a refused login with the secret of an item."""
        self.refusals[item] = self.refusals.get(item, 0) + 1
        self._remember_failure(item)

    def _remember_failure(self, item: str) -> None:
        self.failed_with[item] = (*self.failed_with.get(item, ()), Known(dict(self.values)))

    def forget_refusals(self, item: str) -> None:
        """Reset the counts of an item: its secret was accepted, or entered again."""
        self.refusals.pop(item, None)
        self.unanswered.pop(item, None)
        self.failed_with.pop(item, None)
        self.failed_before.pop(item, None)


_SEEN_OUTSIDE = frozenset(
    {
        "account",
        "first-password",
        "destination-connectivity",
        "export-schedule",
        "exported-file",
        "imported-profiles",
        "go-live",
    }
)
"""Steps that version 1 proved by evidence from outside; at all others it had only read entries or a chosen file."""
