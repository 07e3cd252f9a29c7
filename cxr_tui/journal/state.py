"""The journal folded into its present state: values, newest outcomes, confirmations, waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cxr_tui.domain.answers import Known, Value, digest
from cxr_tui.domain.finding import Outcome, Verdict
from cxr_tui.domain.first_seen import FirstSeen, WordKind
from cxr_tui.journal.events import ERASED, LoginEnd, outcome_from
from cxr_tui.journal.store import Entry, Record, RecordKind


@dataclass(frozen=True)
class CheckRecord:
    """A check's outcome with the moment and the digests of the values it rested on."""

    at: datetime
    outcome: Outcome
    basis: Mapping[str, str]
    on_entries: bool = False
    """Whether version 1 called it proven although no evidence came from outside."""


@dataclass(frozen=True)
class Confirmation:
    """A person's (or the operator's) word that a step was done, with the values it was given for."""

    at: datetime
    by: str
    basis: Mapping[str, str]
    overruled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Digests of what the overruled findings saw, by code."""
    sentence: str = ""
    """Why they were overruled."""


@dataclass(frozen=True)
class AnswerSource:
    """Where a value came from and when."""

    at: datetime
    source: str


@dataclass
class JournalState:
    """The folded journal; feed it every record once, in order."""

    seq: int = 0
    values: dict[str, Value] = field(default_factory=dict)
    """Answers, facts and secret versions by key `step.name`."""
    answer_sources: dict[str, AnswerSource] = field(default_factory=dict)
    """Provenance of the answers among the values."""
    checks: dict[str, CheckRecord] = field(default_factory=dict)
    """Newest outcome of each step that could look, else the newest that could not."""
    inconclusive: dict[str, CheckRecord] = field(default_factory=dict)
    """Newest outcome of each step, where the check could not look although an earlier one could."""
    confirmed: dict[str, Confirmation] = field(default_factory=dict)
    pending_secrets: set[str] = field(default_factory=set)
    """Keys of secrets whose keyring write was started and never confirmed."""
    waiting_since: dict[str, datetime] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)
    """Refused logins by keyring item, since its secret was last set or accepted."""
    unanswered: dict[str, tuple[datetime, ...]] = field(default_factory=dict)
    """When logins were sent and no answer came, by keyring item, since the same."""
    completed_visits: dict[str, set[str]] = field(default_factory=dict)
    """Digests of the visits that the operator has made for a step since its last check: not to be made twice."""
    answer_history: dict[str, list[tuple[datetime, Value]]] = field(default_factory=dict)
    """Every answer by key with the time it was given, oldest first: a job is judged by the schedule of its day.

    Of facts, those that changed: what was learned first counts from the beginning of time."""
    runs: dict[str, dict[str, Mapping[str, Any]]] = field(default_factory=dict)
    """Runs of the jobs that were seen, by job and the run's own key; a later look at the same run replaces it."""
    preflights: dict[str, Record] = field(default_factory=dict)
    """Newest record of preflight by its subject: an answer, or how far a rehearsal is."""
    notes: dict[str, list[Record]] = field(default_factory=dict)
    """Messages that are not known, by step, oldest first."""
    first_seen: dict[FirstSeen, datetime] = field(default_factory=dict)
    """Words of the products that no document mentions, with the time they were met first."""
    requested: dict[str, datetime] = field(default_factory=dict)
    """When others were asked for what a step needs, by step, where that was before its turn."""
    erased: set[str] = field(default_factory=set)
    """Keys whose values were erased; `*`: all of them."""

    def known(self) -> Known:
        """Return all values."""
        return Known(self.values)

    @property
    def wrong_logins(self) -> int:
        """How many logins with whatever secret count as refused, or as unanswered, at the moment."""
        return sum(self.refusals.values()) + sum(map(len, self.unanswered.values()))

    def rests_on_erased(self, entry: Entry) -> bool:
        """Say whether a record to be written rests on values that were erased since they were read."""
        rested_on = entry.body.get("basis", {})
        return any(
            was not in (digest(None), digest(self.values.get(key)))
            for key, was in rested_on.items()
            if key in self.erased or "*" in self.erased
        )

    def apply(self, records: Iterable[Record]) -> None:
        """Fold further records in."""
        for record in records:
            self.seq = record.seq
            self.fold(record)

    def fold(self, record: Record) -> None:
        """Fold one record in; a subclass adds the kinds that only it knows."""
        fold = _FOLDS.get(record.entry.kind)
        if fold is not None:
            fold(self, record)

    def _answer(self, record: Record) -> None:
        body = record.entry.body
        key = f"{record.entry.step}.{body['name']}"
        if ERASED in body:
            self.values.pop(key, None)
            self.answer_sources.pop(key, None)
            return
        if body["value"] is None:
            # An undone first answer: nothing stands there again, and what the operator did for it may be done anew.
            self.values.pop(key, None)
            self.answer_sources.pop(key, None)
            self.completed_visits.pop(record.entry.step, None)
            self.answer_history.setdefault(key, []).append((record.at, ""))
            return
        self.values[key] = body["value"]
        self.answer_sources[key] = AnswerSource(record.at, body["source"])
        self.answer_history.setdefault(key, []).append((record.at, body["value"]))

    def _secret(self, record: Record) -> None:
        body = record.entry.body
        key = f"{record.entry.step}.{body['name']}"
        self.values[key] = int(body["version"])
        if body.get("announced"):
            self.pending_secrets.add(key)
            return
        self.pending_secrets.discard(key)
        self.answer_sources[key] = AnswerSource(record.at, body["source"])
        self.forget_refusals(body["item"])

    def _outcome(self, record: Record) -> None:
        step, body = record.entry.step, record.entry.body
        outcome = outcome_from(body["outcome"])
        for name, value in outcome.facts.items():
            key = f"{step}.{name}"
            before = self.values.get(key, value)
            if before != value and key not in self.answer_sources:
                self.answer_history.setdefault(key, [(datetime.min.replace(tzinfo=UTC), before)]).append(
                    (record.at, value)
                )
            self.values[key] = value
        on_entries = body["outcome"]["verdict"] == "proven" and step not in _SEEN_OUTSIDE
        judged = CheckRecord(record.at, outcome, body["basis"], on_entries)
        if outcome.verdict is not Verdict.WAITING:  # what was done there is done, and only waited for
            self.completed_visits.pop(step, None)
        if outcome.verdict is Verdict.UNKNOWN and step in self.checks:
            self.inconclusive[step] = judged
        else:
            self.checks[step] = judged
            self.inconclusive.pop(step, None)
        if outcome.verdict is Verdict.WAITING:
            since = outcome.waiting.since if outcome.waiting else None
            self.waiting_since.setdefault(step, since or record.at)
        elif outcome.verdict is not Verdict.UNKNOWN:
            self.waiting_since.pop(step, None)

    def _confirmation(self, record: Record) -> None:
        step, body = record.entry.step, record.entry.body
        if body.get("withdrawn"):
            self.confirmed.pop(step, None)
            return
        overruled = {code: tuple(seen) for code, seen in body.get("overruled", {}).items()}
        self.confirmed[step] = Confirmation(record.at, body["by"], body["basis"], overruled, body.get("sentence", ""))

    def _refusal(self, record: Record) -> None:
        item, end = record.entry.body["item"], LoginEnd(record.entry.body.get("end", LoginEnd.REFUSED))
        if end is LoginEnd.ACCEPTED:
            self.forget_refusals(item)
        elif end is LoginEnd.REFUSED:
            self.refusals[item] = self.refusals.get(item, 0) + 1
        else:
            self.unanswered[item] = (*self.unanswered.get(item, ()), record.at)

    def forget_refusals(self, item: str) -> None:
        """Reset the counts of an item: its secret was accepted, or entered again."""
        self.refusals.pop(item, None)
        self.unanswered.pop(item, None)

    def _visit(self, record: Record) -> None:
        self.completed_visits.setdefault(record.entry.step, set()).add(record.entry.body["visit"])

    def _run(self, record: Record) -> None:
        self.runs.setdefault(record.entry.step, {})[record.entry.body["key"]] = record.entry.body

    def _preflight(self, record: Record) -> None:
        self.preflights[record.entry.body["what"]] = record

    def _note(self, record: Record) -> None:
        if ERASED not in record.entry.body:
            self.notes.setdefault(record.entry.step, []).append(record)

    def _first_seen(self, record: Record) -> None:
        body = record.entry.body
        if ERASED not in body:
            self.first_seen.setdefault(FirstSeen(body["at"], WordKind(body["kind"]), body["word"]), record.at)

    def _request(self, record: Record) -> None:
        step, body = record.entry.step, record.entry.body
        self.requested[step] = record.at
        self.values |= {f"{step}.requested_{name}": body[name] for name in ("on", "number", "for")}

    def _erasure(self, record: Record) -> None:
        self.erased.update(record.entry.body["fields"])


_FOLDS = {
    RecordKind.ANSWER: JournalState._answer,
    RecordKind.SECRET: JournalState._secret,
    RecordKind.OUTCOME: JournalState._outcome,
    RecordKind.CONFIRMATION: JournalState._confirmation,
    RecordKind.REFUSAL: JournalState._refusal,
    RecordKind.VISIT: JournalState._visit,
    RecordKind.RUN: JournalState._run,
    RecordKind.PREFLIGHT: JournalState._preflight,
    RecordKind.NOTE: JournalState._note,
    RecordKind.FIRST_SEEN: JournalState._first_seen,
    RecordKind.REQUEST: JournalState._request,
    RecordKind.ERASURE: JournalState._erasure,
}


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
"""Steps that version 1 called proven on evidence from outside; at all others it had read entries or a chosen file."""
